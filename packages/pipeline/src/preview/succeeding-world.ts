/**
 * For tests: a world in which everything succeeds, in any order. What has been asked of the world waits until it is picked;
 * a list of numbers says what is picked, so that the same numbers give the same run.
 */
import { advance, createExecution } from '../engine/advance.ts';
import type { Effect, TaskRequest } from '../engine/effects.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { Execution, ExecutionHeader } from '../engine/execution.ts';
import { executionId, type NodeExecutionId } from '../engine/ids.ts';
import { fillDefaults } from '../engine/node-inputs.ts';
import { readTimerId } from '../engine/timers.ts';
import type { Value } from '../expressions/values.ts';
import { GIT_CLONE_OUTPUTS } from '../steps/git-clone.ts';

export interface Succeeding {
  /** What a step gives out, by its identifier without a postfix. */
  readonly outputs: Readonly<
    Record<string, { readonly result: string; readonly list: string; readonly exitCode: number }>
  >;
  readonly picks: readonly number[];
}

interface Make {
  readonly make: (at: number) => EngineEvent;
  /** What can happen after it only. */
  readonly then?: Make;
}

/** More events than any of the pipelines needs. */
const EVENTS_MAX = 5_000;

export function runToSuccess(header: ExecutionHeader, world: Succeeding): Execution {
  let execution = createExecution(header, 0);
  const open: Make[] = [{ make: (at) => ({ kind: 'executionStarted', at }) }];
  const asked = new Set<NodeExecutionId>();
  for (let at = 1; open.length > 0; at += 1) {
    if (at > EVENTS_MAX) throw new Error('The run does not end.');
    const index = (world.picks[at % Math.max(1, world.picks.length)] ?? 0) % open.length;
    const [picked] = open.splice(index, 1);
    if (picked === undefined) break;
    if (picked.then !== undefined) open.push(picked.then);
    const result = advance(execution, picked.make(at));
    execution = result.execution;
    for (const effect of result.effects) open.push(...answersTo(effect, execution, world));
    open.push(...peopleOf(execution, asked));
  }
  return execution;
}

function answersTo(effect: Effect, execution: Execution, world: Succeeding): readonly Make[] {
  switch (effect.kind) {
    case 'enqueueTask':
      return [
        {
          make: (at) => ({ kind: 'taskStarted', at, nodeExecutionId: effect.task.taskId, delegate: DELEGATE }),
          then: endOf(effect.task, execution, world),
        },
      ];
    case 'startTimer': {
      const { purpose } = readTimerId(effect.timerId);
      // Nothing takes too long here.
      return purpose === 'wait' || purpose === 'poll'
        ? [{ make: (at) => ({ kind: 'timerFired', at, timerId: effect.timerId }) }]
        : [];
    }
    case 'acquireResource':
      return [{ make: (at) => ({ kind: 'resourceAcquired', at, nodeExecutionId: effect.nodeExecutionId }) }];
    case 'startChild': {
      const { nodeExecutionId, request } = effect;
      const outputs = Object.fromEntries(request.outputs.map(({ name }) => [name, 'a']));
      return [
        {
          make: (at) => ({ kind: 'childStarted', at, nodeExecutionId, childExecutionId: executionId('child') }),
          then: { make: (at) => ({ kind: 'childEnded', at, nodeExecutionId, status: 'Success', outputs }) },
        },
      ];
    }
    default:
      return [];
  }
}

const DELEGATE = { id: 'd', name: 'laptop' };

function endOf(task: TaskRequest, execution: Execution, { outputs }: Succeeding): Make {
  const node = execution.nodes[task.taskId];
  const plan = node === undefined ? undefined : execution.plan.nodes[node.nodeId];
  const given = outputs[plan?.identifier ?? ''] ?? { result: 'a', list: 'x,y', exitCode: 0 };
  const { exitCode } = given;
  return {
    make: (at) => ({
      kind: 'taskCompleted',
      at,
      nodeExecutionId: task.taskId,
      outcome: { kind: 'succeeded', exitCode, outputs: outputsOf(task, given) },
    }),
  };
}

function outputsOf(
  { stepType }: TaskRequest,
  { result, list }: { readonly result: string; readonly list: string },
): Readonly<Record<string, Value>> {
  const outputVariables = { result, list, ok: 'yes' };
  switch (stepType) {
    case 'Http':
      return {
        httpUrl: 'u',
        httpMethod: 'GET',
        httpResponseCode: 200,
        httpResponseBody: result,
        status: 'SUCCESS',
        outputVariables: { result },
      };
    case 'GitClone':
      return Object.fromEntries(GIT_CLONE_OUTPUTS.map((name) => [name, name === 'prNumber' ? null : result]));
    default:
      return { outputVariables, other: result };
  }
}

/** Whoever is asked says yes, and gives what is wanted. */
function peopleOf(execution: Execution, asked: Set<NodeExecutionId>): readonly Make[] {
  return Object.values(execution.nodes).flatMap(({ id, nodeId, status, approval, inputs }): readonly Make[] => {
    const plan = execution.plan.nodes[nodeId];
    if (asked.has(id)) return [];
    if (status === 'ApprovalWaiting' && approval !== undefined) {
      asked.add(id);
      const user = { userId: 'ada', name: 'Ada', email: 'ada@example.com' };
      return [
        {
          make: (at) => ({
            kind: 'approvalDecided',
            at,
            nodeExecutionId: id,
            activity: { user, action: 'APPROVE', comments: '', approverInputs: { wave: 'a' }, at },
          }),
        },
      ];
    }
    const wanted = plan?.executionInputs ?? [];
    if (status !== 'InputWaiting' || inputs !== undefined || wanted.length === 0) return [];
    asked.add(id);
    const values = Object.fromEntries(wanted.map(({ path }) => [path.join('.'), 'a']));
    return [
      { make: (at) => ({ kind: 'inputSubmitted', at, nodeExecutionId: id, inputs: fillDefaults(wanted, values) }) },
    ];
  });
}
