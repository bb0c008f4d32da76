/** People of a virtual run: they are asked once about each node that begins to wait for them, and act at their times. */
import {
  isFinal,
  type ApprovalActivity,
  type EngineEvent,
  type Execution,
  type ExecutionId,
  type InterruptType,
  type NodeExecution,
  type NodeExecutionId,
  type Value,
} from '@bridle/pipeline';
import { answerObjectionOf, interruptObjection, textOfRefusal, waitObjection, type Actor } from './control.ts';
import type { ExecutionRunner } from './execution-runner.ts';

export interface WaitingNode {
  readonly kind: 'approval' | 'intervention' | 'input';
  readonly node: NodeExecution;
}

/** What a person does, counted from when the node began to wait. */
export type PersonAnswer = {
  readonly afterMs: number;
  /** Default: nobody in particular, who did not start the execution. */
  readonly by?: Actor;
} & (
  | {
      readonly kind: 'approval';
      readonly action: ApprovalActivity['action'];
      readonly comments?: string;
      readonly approverInputs?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'interrupt'; readonly type: InterruptType }
  /** By path joined with `.`; checked before (`checkExecutionInputs`). */
  | { readonly kind: 'inputs'; readonly inputs: Readonly<Record<string, Value>> }
);

/** An answer that changed nothing. */
export interface UnheardAnswer {
  readonly executionId: ExecutionId;
  readonly nodeExecutionId: NodeExecutionId;
  readonly answer: PersonAnswer;
  readonly reason: string;
  /** The node did not wait any more. */
  readonly isLate: boolean;
}

export interface VirtualPeopleOptions {
  readonly runner: ExecutionRunner;
  readonly answer: (waiting: WaitingNode, execution: Execution) => readonly PersonAnswer[];
  readonly later: (ms: number, work: () => Promise<unknown>) => void;
}

const SOMEBODY: Actor = { userId: 'somebody', name: 'somebody', email: 'somebody@example.com' };

export class VirtualPeople {
  readonly unheard: UnheardAnswer[] = [];
  readonly #options: VirtualPeopleOptions;
  /** What nodes wait for, as they were seen last. */
  readonly #waiting = new Map<NodeExecutionId, WaitingNode['kind']>();
  #interrupts = 0;

  constructor(options: VirtualPeopleOptions) {
    this.#options = options;
  }

  /** After each event. */
  look(execution: Execution): void {
    const { id: executionId, version, nodes } = execution;
    for (const node of Object.values(nodes)) {
      if (node.changedAtVersion !== version) continue;
      const kind = waitOf(execution, node);
      const before = this.#waiting.get(node.id);
      if (kind === before) continue;
      if (kind === undefined) {
        this.#waiting.delete(node.id);
        continue;
      }
      this.#waiting.set(node.id, kind);
      for (const answer of this.#options.answer({ kind, node }, execution)) {
        this.#options.later(answer.afterMs, () => this.#give(executionId, node.id, answer));
      }
    }
  }

  async #give(executionId: ExecutionId, nodeExecutionId: NodeExecutionId, answer: PersonAnswer): Promise<void> {
    let reason: string | undefined;
    let isLate = false;
    await this.#options.runner.deliver(executionId, (at, execution) => {
      const node = execution.nodes[nodeExecutionId];
      isLate = node === undefined || waitOf(execution, node) === undefined;
      reason = this.#objection(execution, nodeExecutionId, answer);
      return reason === undefined ? this.#event(at, nodeExecutionId, answer) : undefined;
    });
    if (reason !== undefined) this.unheard.push({ executionId, nodeExecutionId, answer, reason, isLate });
  }

  #objection(execution: Execution, id: NodeExecutionId, answer: PersonAnswer): string | undefined {
    if (isFinal(execution.status)) return 'The execution was over.';
    switch (answer.kind) {
      case 'approval':
        return textOfRefusal(answerObjectionOf(execution, id, activityOf(answer)));
      case 'inputs':
        return textOfRefusal(waitObjection(execution, id, 'InputWaiting'));
      case 'interrupt':
        return textOfRefusal(
          interruptObjection(execution, { type: answer.type, nodeExecutionId: id, by: answer.by ?? SOMEBODY }),
        );
    }
  }

  #event(at: number, nodeExecutionId: NodeExecutionId, answer: PersonAnswer): EngineEvent {
    switch (answer.kind) {
      case 'approval':
        return { kind: 'approvalDecided', at, nodeExecutionId, activity: { ...activityOf(answer), at } };
      case 'inputs':
        return { kind: 'inputSubmitted', at, nodeExecutionId, inputs: answer.inputs };
      case 'interrupt': {
        this.#interrupts += 1;
        const interruptId = `interrupt ${String(this.#interrupts)}`;
        const { type, by = SOMEBODY } = answer;
        return { kind: 'interruptRequested', at, interrupt: { interruptId, type, at, by, nodeExecutionId } };
      }
    }
  }
}

/** What the node itself waits for: what holds it shows the same status. */
function waitOf({ plan }: Execution, node: NodeExecution): WaitingNode['kind'] | undefined {
  switch (node.status) {
    case 'ApprovalWaiting':
      return node.approval === undefined ? undefined : 'approval';
    case 'InterventionWaiting':
      return node.intervention === undefined ? undefined : 'intervention';
    case 'InputWaiting': {
      const asks = (plan.nodes[node.nodeId]?.executionInputs ?? []).length > 0;
      return asks && node.inputs === undefined ? 'input' : undefined;
    }
    default:
      return undefined;
  }
}

function activityOf({
  by = SOMEBODY,
  action,
  comments = '',
  approverInputs = {},
}: Extract<PersonAnswer, { readonly kind: 'approval' }>): Omit<ApprovalActivity, 'at'> {
  return { user: by, action, comments, approverInputs };
}
