/** `codebase` (pipelines.md §3.5): what the CI stage around the text has cloned; null elsewhere, and before the clone has ended. */
import type { ScopeValue } from '../expressions/scope.ts';
import { CLONE_STEP } from '../steps/git-clone.ts';
import { readCloneOutputs } from './ci-stage.ts';
import { childNamed } from './scope-nodes.ts';
import { stateOf, type Seat, type SeatedView } from './scope-seats.ts';

/** What only a provider of pull requests or the event of a trigger could tell, and nobody has told. */
const UNKNOWN = ['prTitle', 'pullRequestBody', 'pullRequestLink', 'gitUserId', 'gitUserAvatar', 'state'] as const;

export function codebaseObject(view: SeatedView, path: readonly Seat[]): ScopeValue {
  const stage = path.find(({ plan }) => plan.kind === 'stage');
  if (stage?.plan.kind !== 'stage' || stage.plan.stageType !== 'CI') return null;
  const clone = childNamed(view, stage, CLONE_STEP);
  const output = clone === undefined ? undefined : stateOf(view, clone)?.outcomes['output'];
  if (output === undefined) return null;
  const { buildType, ...found } = readCloneOutputs(output);
  return { ...Object.fromEntries(UNKNOWN.map((name) => [name, null])), ...found, build: { type: buildType } };
}
