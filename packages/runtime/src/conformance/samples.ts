import {
  executionId,
  nodeExecutionId,
  nodeId,
  timerId,
  type Effect,
  type EngineEvent,
  type Execution,
  type ExecutionHeader,
  type NodeExecutionId,
  type Plan,
  type ProjectScope,
  type TaskRequest,
  type TimerId,
} from '@bridle/pipeline';
import { beginExecution } from '../begin-execution.ts';
import type { DelegateView, Transition } from '../ports.ts';

let count = 0;

/** A new id of the usual 22 characters, told apart by its number. */
function nextId(prefix: string): string {
  count += 1;
  return `${prefix}${count}`.padEnd(22, '-');
}

export const sampleTaskId = (): NodeExecutionId => nodeExecutionId(nextId('task'));

export const sampleTimerId = (node: NodeExecutionId): TimerId => timerId(`${node}:timeout`);

export function sampleTask(change: Partial<TaskRequest> = {}): TaskRequest {
  const taskId = change.taskId ?? sampleTaskId();
  return {
    taskId,
    stepType: 'ShellScript',
    identifier: 'greet',
    name: 'Greet',
    fqn: 'pipeline.stages.only.spec.execution.steps.greet',
    spec: { shell: 'Bash', source: { type: 'Inline', spec: { script: 'echo "Grüezi 🐎"' } } },
    environment: { GREETING: 'hello\nworld' },
    selectors: [],
    logKey: `logs/${taskId}`,
    ...change,
  };
}

export function sampleDelegate(
  scope: ProjectScope,
  delegateId: string,
  change: Partial<DelegateView> = {},
): DelegateView {
  return { delegateId, accountId: scope.accountId, tags: [delegateId.toLowerCase()], ...change };
}

function samplePlan(): Plan {
  const [root, stage, step] = [nodeId(nextId('root')), nodeId(nextId('stage')), nodeId(nextId('step'))];
  const common = { description: '', tags: {}, when: { status: 'Success' }, line: 0 } as const;
  return {
    semanticsVersion: 1,
    rootId: root,
    nodes: {
      [root]: {
        ...common,
        kind: 'pipeline',
        id: root,
        identifier: 'sample',
        name: 'sample',
        fqn: 'pipeline',
        variables: [],
        delegateSelectors: [],
        children: [stage],
        allowStageExecutions: false,
        properties: null,
      },
      [stage]: {
        ...common,
        kind: 'stage',
        id: stage,
        parentId: root,
        identifier: 'only',
        name: 'only',
        fqn: 'pipeline.stages.only',
        stageType: 'Custom',
        variables: [],
        delegateSelectors: [],
        children: [step],
        spec: {},
      },
      [step]: {
        ...common,
        kind: 'step',
        id: step,
        parentId: stage,
        identifier: 'greet',
        name: 'Greet',
        fqn: 'pipeline.stages.only.spec.execution.steps.greet',
        stepType: 'ShellScript',
        spec: {
          shell: 'Bash',
          source: { type: 'Inline', spec: { script: 'true' } },
          environmentVariables: [],
          outputVariables: [],
        },
        delegateSelectors: [],
      },
    },
  };
}

/** The start of a new execution with the given effects instead of the engine's. */
export function sampleStart(scope: ProjectScope, at: number, effects: readonly Effect[] = []): Transition {
  const id = executionId(nextId('execution'));
  const header: ExecutionHeader = {
    id,
    scope,
    pipelineIdentifier: 'sample',
    runSequence: count,
    seed: `seed of ${id}`,
    plan: samplePlan(),
    cause: { triggerType: 'MANUAL', triggeredBy: { uuid: 'user', identifier: 'admin', email: 'admin@example.test' } },
    executionUrl: `http://localhost/executions/${id}`,
    defaults: { pipelineTimeoutMs: 86_400_000, stepTimeoutMs: 36_000_000 },
  };
  return { ...beginExecution(header, at), effects };
}

/** A later transition: one event that changes nothing but the version, and the given effects. */
export function sampleStep(
  before: Execution,
  effects: readonly Effect[] = [],
  rest: Partial<Transition> = {},
): Transition {
  const event: EngineEvent = {
    kind: 'taskUnassignable',
    at: before.createdAt + before.version,
    nodeExecutionId: sampleTaskId(),
    reason: 'sample',
  };
  return {
    expectedVersion: before.version,
    execution: { ...before, version: before.version + 1 },
    events: [event],
    effects,
    ...rest,
  };
}
