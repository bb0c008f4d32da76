/** The parts of a Deployment stage that are resolved before its steps: what they come to is what `service`, `infra`, … mean. */
import { chooseSection, sectionOutcomes } from '../plan/deployment.ts';
import type { SectionNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { resolveWithSecrets } from './evaluation.ts';
import { failNode, failureOf } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { ancestry } from './nodes.ts';
import { noteSecrets } from './section-secrets.ts';
import type { Value } from '../expressions/values.ts';

export function startSection(draft: Draft, id: NodeExecutionId, plan: SectionNode): void {
  const spec = resolveWithSecrets(draft, id, chooseSection(plan.spec, matrixOf(draft, id)));
  if (spec.kind === 'error') {
    fail(draft, id, plan, spec.message);
    return;
  }
  const { value, secrets } = spec.value;
  const noted = noteSecrets(secrets);
  if (noted.kind === 'misplaced') {
    fail(draft, id, plan, `${noted.place} uses a secret, and Bridle knows secrets in its variables only`);
    return;
  }
  draft.update(id, { status: 'Running', stepParameters: value });
  draft.end(id, 'Success', { outcomes: { ...sectionOutcomes(plan.section, value), ...noted.outcomes } });
}

function fail(draft: Draft, id: NodeExecutionId, plan: SectionNode, why: string): void {
  const message = `The ${plan.section} of the stage cannot be resolved: ${why}`;
  failNode(draft, id, { status: 'Failed', failure: failureOf(message) });
}

/** Several services or environments are a loop around the stage: its turn says which are meant. */
function matrixOf(draft: Draft, id: NodeExecutionId): Readonly<Record<string, Value>> {
  const turns = [...ancestry(draft, id)].flatMap(({ node }) => node.iteration?.matrix ?? []);
  return Object.assign({}, ...turns.toReversed()) as Readonly<Record<string, Value>>;
}
