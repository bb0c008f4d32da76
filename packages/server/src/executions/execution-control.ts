/** Delivers what people ask of executions, after it was held against the stored state. */
import { randomBytes } from 'node:crypto';
import { isFinal, type EngineEvent, type Execution, type ExecutionId, type NodeExecutionId } from '@bridle/pipeline';
import type { ExecutionRunner, ExecutionStore } from '@bridle/runtime';
import {
  answerObjectionOf,
  interruptObjection,
  waitObjection,
  type ApprovalAnswer,
  type ControlRefusal,
  type ControlResult,
  type InterruptOrder,
  type SubmittedInputs,
} from './control.ts';

const INTERRUPT_ID_BYTES = 16;

export class ExecutionControl {
  readonly #store: Pick<ExecutionStore, 'find'>;
  readonly #runner: ExecutionRunner;

  constructor(store: Pick<ExecutionStore, 'find'>, runner: ExecutionRunner) {
    this.#store = store;
    this.#runner = runner;
  }

  interrupt(id: ExecutionId, order: InterruptOrder): Promise<ControlResult> {
    const { type, nodeExecutionId, by } = order;
    return this.#deliver(
      id,
      (execution) => interruptObjection(execution, order),
      (at, interruptId) => ({
        kind: 'interruptRequested',
        at,
        interrupt: { interruptId, type, at, by, ...(nodeExecutionId === undefined ? {} : { nodeExecutionId }) },
      }),
    );
  }

  async answerApproval(
    id: ExecutionId,
    nodeExecutionId: NodeExecutionId,
    answer: ApprovalAnswer,
  ): Promise<ControlResult> {
    let answeredAt = 0;
    const result = await this.#deliver(
      id,
      (execution) => answerObjectionOf(execution, nodeExecutionId, answer),
      (at) => {
        answeredAt = at;
        return { kind: 'approvalDecided', at, nodeExecutionId, activity: { ...answer, at } };
      },
    );
    if (result.kind !== 'done') return result;
    // Somebody else, or the same person once more, was faster between the look and the answer.
    const activities = result.execution.nodes[nodeExecutionId]?.approval?.activities ?? [];
    const isHeard = activities.some(({ user, at }) => user.userId === answer.user.userId && at === answeredAt);
    return isHeard ? result : { kind: 'refused', message: 'The approval was settled before this answer came.' };
  }

  submitInputs(id: ExecutionId, nodeExecutionId: NodeExecutionId, inputs: SubmittedInputs): Promise<ControlResult> {
    return this.#deliver(
      id,
      (execution) => waitObjection(execution, nodeExecutionId, 'InputWaiting'),
      (at) => ({ kind: 'inputSubmitted', at, nodeExecutionId, inputs }),
    );
  }

  /** Judged by the stored state: what this process remembers may be older (X3 of `ExecutionRunner`). */
  async #deliver(
    id: ExecutionId,
    objection: (execution: Execution) => ControlRefusal | undefined,
    makeEvent: (at: number, interruptId: string) => EngineEvent,
  ): Promise<ControlResult> {
    const now = await this.#store.find(id);
    if (now === undefined) return { kind: 'unknown' };
    if (isFinal(now.status)) return { kind: 'alreadyFinal', status: now.status };
    const refusal = objection(now);
    if (refusal !== undefined) return refusal;
    const interruptId = randomBytes(INTERRUPT_ID_BYTES).toString('base64url');
    const result = await this.#runner.deliver(id, (at, before) => {
      if (isFinal(before.status)) return undefined;
      const event = makeEvent(at, interruptId);
      // Two who abort at once: an abort stays, so that the second one may be declined by any state that shows it.
      const isAbort = event.kind === 'interruptRequested' && event.interrupt.type === 'AbortAll';
      return isAbort && now.abort === undefined && before.abort !== undefined ? undefined : event;
    });
    switch (result.kind) {
      case 'applied':
        return { kind: 'done', execution: result.execution, interruptId };
      case 'declined': {
        const { status } = result.execution;
        return isFinal(status) ? { kind: 'alreadyFinal', status } : { kind: 'alreadyRequested' };
      }
      case 'stale':
      case 'unknownExecution':
        return { kind: 'unknown' };
    }
  }
}
