/** Starting one step: its spec is resolved now, with the outputs of all that is finished (late binding). */
import type { Value } from '../expressions/values.ts';
import type { StepNode } from '../plan/plan.ts';
import { DELEGATE_STEP_TYPES, type DelegateStepType } from '../steps/step-types.ts';
import { startApproval } from './approvals.ts';
import { startCustomApproval } from './custom-approval.ts';
import type { Draft } from './draft.ts';
import type { TaskRequest, TaskSecret } from './effects.ts';
import { stepEnvironment, type StepEnvironment } from './environment.ts';
import { resolveSelectors, resolveSpec, type WithSecrets } from './evaluation.ts';
import { failNode, failureOf } from './failures.ts';
import type { NodeExecutionId } from './ids.ts';
import { logKeyOf } from './log-key.ts';
import { nodeIdentity, parentOf, repeatsAround } from './nodes.ts';
import { startQueue } from './queues.ts';
import { memberText } from './spec-members.ts';
import { taskStage } from './task-stage.ts';
import { readDuration } from './timeout.ts';
import { makeTimerId } from './timers.ts';
import { findWorkspaceKey } from './workspace.ts';

export function startStep(draft: Draft, id: NodeExecutionId, plan: StepNode): void {
  const { stepType } = plan;
  switch (stepType) {
    case 'CustomApproval':
      startCustomApproval(draft, id, plan);
      return;
    case 'HarnessApproval':
      startResolved(draft, id, plan, (spec) => startApproval(draft, id, spec));
      return;
    case 'Wait':
      startResolved(draft, id, plan, (spec) => startWait(draft, id, plan, spec));
      return;
    case 'Barrier':
      startResolved(draft, id, plan, () => draft.update(id, { status: 'ResourceWaiting' }));
      return;
    case 'Queue':
      startResolved(draft, id, plan, (spec) => startQueue(draft, id, spec));
      return;
    default:
      if (isDelegateStep(stepType))
        startResolved(draft, id, plan, (value, secrets) => startTask(draft, id, plan, stepType, { value, secrets }));
  }
}

function isDelegateStep(type: StepNode['stepType']): type is DelegateStepType {
  return (DELEGATE_STEP_TYPES as readonly string[]).includes(type);
}

/** Goes on with the resolved spec, or fails the step. */
function startResolved(
  draft: Draft,
  id: NodeExecutionId,
  plan: StepNode,
  start: (spec: Value, secrets: WithSecrets['secrets']) => void,
): void {
  const spec = resolveSpec(draft, id, plan);
  if (spec.kind === 'error') {
    fail(draft, id, `${plan.name} cannot start: ${spec.message}`);
    return;
  }
  draft.update(id, { stepParameters: spec.value.value });
  start(spec.value.value, spec.value.secrets);
}

function startTask(
  draft: Draft,
  id: NodeExecutionId,
  plan: StepNode,
  stepType: DelegateStepType,
  spec: WithSecrets,
): void {
  const selectors = resolveSelectors(draft, id);
  if (selectors.kind === 'error') {
    fail(draft, id, `${plan.name} cannot start: ${selectors.message}`);
    return;
  }
  const stage = taskStage(draft, id);
  if (stage.kind === 'error') {
    fail(draft, id, `${plan.name} cannot start: ${stage.message}`);
    return;
  }
  const workspaceKey = findWorkspaceKey(draft, id);
  const { actor } = draft.execution;
  const node = draft.get(id);
  const { identifier, name, fqn } = nodeIdentity({ plan: draft.execution.plan, nodes: draft.nodes }, node);
  const around = repeatsAround(draft, parentOf(draft, node)).map(({ attempt }) => attempt);
  const logKey = logKeyOf(draft.execution, fqn, node.attempt, around.toReversed());
  draft.update(id, { status: 'TaskWaiting', logKey });
  draft.effects.push({
    kind: 'enqueueTask',
    task: {
      taskId: id,
      stepType,
      identifier,
      name,
      fqn,
      spec: spec.value,
      ...environmentOf(spec, stepEnvironment(draft, id)),
      selectors: selectors.value,
      ...(workspaceKey === undefined ? {} : { workspaceKey }),
      ...stage.value,
      logKey,
      ...(actor === undefined ? {} : { actor }),
    },
  });
}

/** The environment's values, and where they and the spec use secrets. */
function environmentOf(spec: WithSecrets, environment: StepEnvironment): Pick<TaskRequest, 'environment' | 'secrets'> {
  const values: Record<string, string> = {};
  const secrets: TaskSecret[] = placesOf(['spec'], spec);
  for (const [name, variable] of Object.entries(environment)) {
    values[name] = variable.value;
    if (variable.secrets.length > 0) secrets.push(...placesOf(['environment', name], variable));
  }
  return secrets.length === 0 ? { environment: values } : { environment: values, secrets };
}

function placesOf(at: readonly string[], { secrets }: WithSecrets): TaskSecret[] {
  return secrets.map(({ path, span, kind, identifier }) => ({
    path: [...at, ...path],
    start: span.start,
    end: span.end,
    source: kind === 'stored' ? { kind, identifier } : { kind, sealed: identifier },
  }));
}

function startWait(draft: Draft, id: NodeExecutionId, plan: StepNode, spec: Value): void {
  const duration = readDuration(memberText(spec, 'duration'), `The duration of ${plan.name}`);
  if (duration.kind === 'error') {
    fail(draft, id, duration.failure.message);
    return;
  }
  draft.update(id, { status: 'WaitStepRunning' });
  draft.startTimer(id, makeTimerId(id, 'wait'), draft.at + (duration.ms ?? 0));
}

function fail(draft: Draft, id: NodeExecutionId, message: string): void {
  failNode(draft, id, { status: 'Failed', failure: failureOf(message) });
}
