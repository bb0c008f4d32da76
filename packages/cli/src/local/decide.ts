/** What people decide about a run, held against its state: the rules are those of a server. */
import { randomBytes } from 'node:crypto';
import {
  checkExecutionInputs,
  NODE_INTERRUPTS,
  nodeExecutionId,
  type Execution,
  type ExecutionId,
  type InterruptType,
} from '@bridle/pipeline';
import {
  answerObjectionOf,
  interruptObjection,
  waitObjection,
  type ApprovalAnswer,
  type ControlRefusal,
  type ExecutionRunner,
  type ExecutionStore,
  type MakeEvent,
} from '@bridle/runtime';
import type { Decision } from './local-run.ts';

export interface DecideTools {
  readonly store: Pick<ExecutionStore, 'find'>;
  readonly runner: ExecutionRunner;
  /** All of the run, chained ones included. */
  readonly executions: readonly ExecutionId[];
}

const ID_BYTES = 16;

/** The objection, if there is one. */
export async function decide(decision: Decision, tools: DecideTools): Promise<string | undefined> {
  const execution = await findExecution(decision, tools);
  if (execution === undefined) return 'Nothing waits for this answer (any more).';
  const made = makeAnswer(decision, execution);
  if (made.kind === 'objection') return made.text;
  await tools.runner.deliver(execution.id, made.event);
  return undefined;
}

async function findExecution({ node }: Decision, { store, executions }: DecideTools): Promise<Execution | undefined> {
  for (const id of executions) {
    const execution = await store.find(id);
    if (execution?.nodes[node] !== undefined) return execution;
  }
  return undefined;
}

type Made =
  | { readonly kind: 'event'; readonly event: MakeEvent }
  | { readonly kind: 'objection'; readonly text: string };

const objection = (text: string): Made => ({ kind: 'objection', text });

function makeAnswer(decision: Decision, execution: Execution): Made {
  const id = nodeExecutionId(decision.node);
  switch (decision.kind) {
    case 'approval': {
      const { action, comments, inputs } = decision;
      const given = execution.nodes[id]?.approval?.activities.length ?? 0;
      const answer: ApprovalAnswer = { user: approver(given), action, comments, approverInputs: inputs };
      const refusal = answerObjectionOf(execution, id, answer);
      if (refusal !== undefined) return objection(textOf(refusal));
      return {
        kind: 'event',
        event: (at) => ({ kind: 'approvalDecided', at, nodeExecutionId: id, activity: { ...answer, at } }),
      };
    }
    case 'intervention': {
      const type = NODE_INTERRUPTS.find((known) => known.toLowerCase() === decision.action.toLowerCase());
      if (type === undefined)
        return objection(`${decision.action} is no answer; there are ${NODE_INTERRUPTS.join(', ')}.`);
      return interrupt(execution, decision, type);
    }
    case 'inputs': {
      const refusal = waitObjection(execution, id, 'InputWaiting');
      if (refusal !== undefined) return objection(textOf(refusal));
      const plan = execution.plan.nodes[execution.nodes[id]?.nodeId ?? execution.plan.rootId];
      const { values, problems } = checkExecutionInputs(plan?.executionInputs ?? [], decision.values);
      if (problems.length > 0) return objection(problems.map(({ path, message }) => `${path}: ${message}`).join(' '));
      return {
        kind: 'event',
        event: (at) => ({ kind: 'inputSubmitted', at, nodeExecutionId: id, inputs: values }),
      };
    }
  }
}

function interrupt(execution: Execution, { node }: Decision, type: InterruptType): Made {
  const order = { type, nodeExecutionId: node, by: YOU };
  const refusal = interruptObjection(execution, order);
  if (refusal !== undefined) return objection(textOf(refusal));
  const interruptId = randomBytes(ID_BYTES).toString('base64url');
  return {
    kind: 'event',
    event: (at) => ({ kind: 'interruptRequested', at, interrupt: { ...order, interruptId, at } }),
  };
}

const YOU = { userId: 'local', name: 'you', email: '' };

/** One person stands for as many as an approval wants, and for one who did not start the run. */
function approver(index: number): ApprovalAnswer['user'] {
  return { ...YOU, userId: `local-approver-${String(index + 1)}` };
}

function textOf(refusal: ControlRefusal): string {
  switch (refusal.kind) {
    case 'refused':
      return refusal.message;
    case 'alreadyFinal':
      return `The execution has ended already, with the status ${refusal.status}.`;
    case 'unknown':
    case 'unknownNode':
    case 'alreadyRequested':
      return 'Nothing waits for this answer (any more).';
  }
}
