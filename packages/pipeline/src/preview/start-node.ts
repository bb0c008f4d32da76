/** How a preview begins what the engine begins: the same decisions, and notes of what they cannot tell yet. */
import { Pending } from '../expressions/errors.ts';
import type { Draft } from '../engine/draft.ts';
import { resolveSelectors, resolveSpec, resolveValue, type Resolved } from '../engine/evaluation.ts';
import type { NodeExecutionId } from '../engine/ids.ts';
import { resolveSection } from '../engine/sections.ts';
import { member, memberText } from '../engine/spec-members.ts';
import { taskStage } from '../engine/task-stage.ts';
import { readDuration, resolveTimeout } from '../engine/timeout.ts';
import type { PlanNode, SectionNode, StageNode, StepNode } from '../plan/plan.ts';
import type { Value } from '../expressions/values.ts';
import type { Notes } from './notes.ts';
import type { PreviewTimeout, Wait } from './preview.ts';
import { ASKED_ROOT } from './preview-foresight.ts';
import { givesOutputs } from './step-outputs.ts';
import { readWait } from './waits.ts';

export interface Ground {
  readonly draft: Draft;
  readonly notes: Notes;
}

/** `undefined` = it is known later; noted as such. */
export function attempt<T>(id: NodeExecutionId, notes: Map<NodeExecutionId, Wait>, decide: () => T): T | undefined {
  try {
    return decide();
  } catch (thrown) {
    if (!(thrown instanceof Pending)) throw thrown;
    notes.set(id, readWait(thrown.waitsFor));
    return undefined;
  }
}

/** The timeout, or why the node fails for want of one. */
export function startTimeout(
  { draft, notes }: Ground,
  id: NodeExecutionId,
  plan: PlanNode,
): readonly [PreviewTimeout | undefined, string?] {
  const isAsked = plan.executionInputs?.some(({ path }) => path.join('.') === 'timeout') === true;
  const asked: Wait = { kind: 'executionInput', node: plan.fqn, text: `the timeout of ${plan.name}, asked for then` };
  if (isAsked) notes.openTimeouts.set(id, asked);
  const resolved = isAsked ? undefined : attempt(id, notes.openTimeouts, () => resolveTimeout(draft, id));
  if (resolved === undefined) {
    const wait = notes.openTimeouts.get(id);
    return [{ kind: 'knownLater', waitsFor: wait === undefined ? [] : [wait] }];
  }
  if (resolved.kind === 'error') return [undefined, resolved.failure.message];
  if (resolved.ms === undefined) return [undefined];
  draft.update(id, { timeoutMs: resolved.ms });
  return [{ kind: 'value', ms: resolved.ms, isDefault: plan.timeout === undefined }];
}

/** Where people are asked for values there stands a name for them. */
export function askForInputs({ draft }: Ground, id: NodeExecutionId, { executionInputs = [] }: PlanNode): void {
  if (executionInputs.length === 0) return;
  const inputs = executionInputs.map(({ path }): [string, Value] => {
    const written = path.join('.');
    return [written, `<+${ASKED_ROOT}[${JSON.stringify(written)}]>`];
  });
  draft.update(id, { inputs: Object.fromEntries(inputs) });
}

/** Answers with why it cannot start. */
export function startStep({ draft, notes }: Ground, id: NodeExecutionId, plan: StepNode): string | undefined {
  // A custom approval has its script resolved by the step that asks.
  const isLate = plan.stepType === 'CustomApproval';
  if (isLate) notes.openSpecs.set(id, { kind: 'time', node: plan.fqn, text: `what ${plan.name} is told` });
  const asked = isLate
    ? attempt(id, notes.openSpecs, () => resolveValue(draft, id, member(plan.spec, 'retryInterval')))
    : undefined;
  const spec = isLate ? undefined : attempt(id, notes.openSpecs, () => resolveSpec(draft, id, plan));
  if (spec?.kind === 'value') draft.update(id, { stepParameters: spec.value.value });
  const why = [
    asked,
    spec,
    spec?.kind === 'value' ? duration(plan, spec.value.value) : undefined,
    ...(givesOutputs(plan.stepType)
      ? [attempt(id, new Map(), () => resolveSelectors(draft, id)), attempt(id, new Map(), () => taskStage(draft, id))]
      : []),
  ].find((decision) => decision?.kind === 'error');
  draft.update(id, { status: 'Running' });
  draft.end(id, 'Success');
  return why?.kind === 'error' ? `${plan.name} cannot start: ${why.message}` : undefined;
}

/** Of a pause, which is none without it. */
function duration({ stepType, name }: StepNode, spec: Value): Resolved<number | undefined> | undefined {
  if (stepType !== 'Wait') return undefined;
  const read = readDuration(memberText(spec, 'duration'), `The duration of ${name}`);
  return read.kind === 'error' ? { kind: 'error', message: read.failure.message } : { kind: 'value', value: read.ms };
}

/** One that is not known as a whole has no end: its parts are then asked for one by one. */
export function startSection({ draft, notes }: Ground, id: NodeExecutionId, plan: SectionNode): string | undefined {
  const resolved = attempt(id, notes.openSpecs, () => resolveSection(draft, id, plan));
  draft.update(id, { status: 'Running' });
  if (resolved?.kind === 'value') {
    const { spec, outcomes } = resolved.value;
    draft.update(id, { stepParameters: spec });
    draft.end(id, 'Success', { outcomes });
  } else draft.update(id, { status: 'Success' });
  return resolved?.kind === 'error' ? resolved.message : undefined;
}

export function startChain(
  { draft, notes }: Ground,
  id: NodeExecutionId,
  { orgIdentifier, projectIdentifier, pipelineIdentifier, inputs, inputSetReferences }: NonNullable<StageNode['chain']>,
): string | undefined {
  const asked = {
    orgIdentifier,
    projectIdentifier,
    pipelineIdentifier,
    inputs,
    inputSetReferences: [...inputSetReferences],
  };
  const resolved = attempt(id, notes.openSpecs, () => resolveValue(draft, id, asked));
  return resolved?.kind === 'error' ? resolved.message : undefined;
}
