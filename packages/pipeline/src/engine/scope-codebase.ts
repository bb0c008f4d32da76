/**
 * `codebase` (pipelines.md §3.5): what the CI stage around the text has cloned; null elsewhere, and before the clone has ended.
 * What only a provider knows is told by the event that started the execution, when what was cloned is what it is about.
 */
import type { ScopeValue } from '../expressions/scope.ts';
import { CLONE_STEP, type GitCloneOutputs } from '../steps/git-clone.ts';
import type { GitEvent } from '../triggers/git/git-event.ts';
import { readCloneOutputs } from './ci-stage.ts';
import { readRepositoryUrl } from './repository-url.ts';
import { childNamed } from './scope-nodes.ts';
import { stateOf, type Seat, type SeatedView } from './scope-seats.ts';

export function codebaseObject(view: SeatedView, path: readonly Seat[]): ScopeValue {
  const stage = path.find(({ plan }) => plan.kind === 'stage');
  if (stage?.plan.kind !== 'stage' || stage.plan.stageType !== 'CI') return null;
  const clone = childNamed(view, stage, CLONE_STEP);
  const output = clone === undefined ? undefined : stateOf(view, clone)?.outcomes['output'];
  if (output === undefined) return null;
  const cloned = readCloneOutputs(output);
  const { buildType, ...found } = cloned;
  const { git } = view.draft.execution.cause.trigger ?? {};
  const told = git !== undefined && isAbout(git, cloned) ? toldBy(git) : NOTHING_TOLD;
  return { ...told, ...found, build: { type: buildType } };
}

const NOTHING_TOLD = {
  prTitle: null,
  pullRequestBody: null,
  pullRequestLink: null,
  gitUserId: null,
  gitUserAvatar: null,
  state: null,
};

function toldBy(event: GitEvent): Readonly<Record<keyof typeof NOTHING_TOLD, string | null>> {
  const { login, avatar = null } = event.user;
  const user = { gitUserId: login, gitUserAvatar: avatar };
  if (event.kind === 'push') return { ...NOTHING_TOLD, ...user };
  const { title: prTitle, body: pullRequestBody, link: pullRequestLink = null, state } = event;
  return { ...user, prTitle, pullRequestBody, pullRequestLink, state };
}

/** A stage may clone another repository than the one whose event started it, or another build of it. */
function isAbout(event: GitEvent, cloned: GitCloneOutputs): boolean {
  if (!isSameRepository(event, cloned.repoUrl)) return false;
  if (event.kind === 'pullRequest') return cloned.prNumber === event.number;
  if (event.ref.kind === 'branch' && cloned.branch === event.ref.name) return cloned.prNumber === null;
  if (event.ref.kind === 'tag' && cloned.tag === event.ref.name) return true;
  return event.commitSha !== undefined && cloned.commitSha === event.commitSha;
}

/** By owner and name; a clone of a folder says nothing of either, and is taken for what the event is about. */
function isSameRepository({ repository }: GitEvent, repoUrl: string | null): boolean {
  if (repoUrl === null) return true;
  const { owner, name, kind } = readRepositoryUrl(repoUrl);
  if (kind === 'other') return true;
  const cloned = `${owner}/${name}`.toLowerCase();
  // A server may have its repositories below a path of its own, as in `/scm/team/app`.
  return `/${cloned}`.endsWith(`/${repository.fullName.toLowerCase()}`);
}
