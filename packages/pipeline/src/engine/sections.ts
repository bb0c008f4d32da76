/** The parts of a Deployment stage that are resolved before its steps: what they come to is what `service`, `infra`, … mean. */
import { chooseSection, sectionOutcomes, type Outcomes } from '../plan/deployment.ts';
import type { SectionNode } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { resolveWithSecrets, type Resolved } from './evaluation.ts';
import { failNode, failureOf } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { ancestry } from './nodes.ts';
import { noteSecrets } from './section-secrets.ts';
import type { Value } from '../expressions/values.ts';

export function startSection(draft: Draft, id: NodeExecutionId, plan: SectionNode): void {
  const resolved = resolveSection(draft, id, plan);
  if (resolved.kind === 'error') {
    failNode(draft, id, { status: 'Failed', failure: failureOf(resolved.message) });
    return;
  }
  const { spec, outcomes } = resolved.value;
  draft.update(id, { status: 'Running', stepParameters: spec });
  draft.end(id, 'Success', { outcomes });
}

export interface ResolvedSection {
  readonly spec: Value;
  readonly outcomes: Outcomes;
}

export function resolveSection(draft: Draft, id: NodeExecutionId, plan: SectionNode): Resolved<ResolvedSection> {
  const spec = resolveWithSecrets(draft, id, sectionSpec(draft, id, plan));
  if (spec.kind === 'error') return failed(plan, spec.message);
  const { value, secrets } = spec.value;
  const noted = noteSecrets(secrets);
  if (noted.kind === 'misplaced') {
    return failed(plan, `${noted.place} uses a secret, and Bridle knows secrets in its variables only`);
  }
  const outcomes = { ...sectionOutcomes(plan.section, value), ...noted.outcomes };
  return { kind: 'value', value: { spec: value, outcomes } };
}

/** As it is written, for the turn of the loops around it. */
export function sectionSpec(draft: Draft, id: NodeExecutionId, plan: SectionNode): Value {
  return chooseSection(plan.spec, matrixOf(draft, id));
}

function failed(plan: SectionNode, why: string): Resolved<never> {
  return { kind: 'error', message: `The ${plan.section} of the stage cannot be resolved: ${why}` };
}

/** Several services or environments are a loop around the stage: its turn says which are meant. */
function matrixOf(draft: Draft, id: NodeExecutionId): Readonly<Record<string, Value>> {
  const turns = [...ancestry(draft, id)].flatMap(({ node }) => node.iteration?.matrix ?? []);
  return Object.assign({}, ...turns.toReversed()) as Readonly<Record<string, Value>>;
}
