/** Starting one step: its spec is resolved now, with the outputs of all that is finished (late binding). */
import type { Value } from '../expressions/values.ts';
import type { StepNode } from '../plan/plan.ts';
import { DELEGATE_STEP_TYPES, type DelegateStepType } from '../steps/step-types.ts';
import type { Draft } from './draft.ts';
import { stepEnvironment } from './environment.ts';
import { resolveSelectors, resolveSpec } from './evaluation.ts';
import type { NodeExecutionId } from './ids.ts';
import { logKeyOf } from './log-key.ts';
import { readDuration } from './timeout.ts';
import { makeTimerId } from './timers.ts';
import { valueText } from './value-text.ts';
import { findWorkspaceKey } from './workspace.ts';

export function startStep(draft: Draft, id: NodeExecutionId, plan: StepNode): void {
  const { stepType } = plan;
  if (isDelegateStep(stepType)) startTask(draft, id, plan, stepType);
  else startWait(draft, id, plan);
}

function isDelegateStep(type: StepNode['stepType']): type is DelegateStepType {
  return (DELEGATE_STEP_TYPES as readonly string[]).includes(type);
}

function startTask(draft: Draft, id: NodeExecutionId, plan: StepNode, stepType: DelegateStepType): void {
  const spec = resolveSpec(draft, id, plan);
  if (spec.kind === 'error') return fail(draft, id, `${plan.name} cannot start: ${spec.message}`);
  const selectors = resolveSelectors(draft, id);
  if (selectors.kind === 'error') return fail(draft, id, `${plan.name} cannot start: ${selectors.message}`);
  const workspaceKey = findWorkspaceKey(draft, id);
  const logKey = logKeyOf(draft.execution, plan.fqn, draft.get(id).attempt);
  draft.update(id, { status: 'TaskWaiting', stepParameters: spec.value, logKey });
  draft.effects.push({
    kind: 'enqueueTask',
    task: {
      taskId: id,
      stepType,
      identifier: plan.identifier,
      name: plan.name,
      fqn: plan.fqn,
      spec: spec.value,
      environment: stepEnvironment(draft, id),
      selectors: selectors.value,
      ...(workspaceKey === undefined ? {} : { workspaceKey }),
      logKey,
    },
  });
}

function startWait(draft: Draft, id: NodeExecutionId, plan: StepNode): void {
  const spec = resolveSpec(draft, id, plan);
  if (spec.kind === 'error') return fail(draft, id, `${plan.name} cannot start: ${spec.message}`);
  const { value } = spec;
  const duration = readDuration(durationOf(value), `The duration of ${plan.name}`);
  if (duration.kind === 'error') return fail(draft, id, duration.failure.message);
  draft.update(id, { status: 'WaitStepRunning', stepParameters: value });
  draft.startTimer(id, makeTimerId(id, 'wait'), draft.at + (duration.ms ?? 0));
}

function durationOf(spec: Value): string {
  return typeof spec === 'object' && spec !== null && 'duration' in spec ? valueText(spec['duration']) : '';
}

function fail(draft: Draft, id: NodeExecutionId, message: string): void {
  draft.end(id, 'Failed', { failure: { message, types: ['APPLICATION_ERROR'] } });
}
