/**
 * Asks people what a run waits for: approvals, decisions about failures, values.
 *
 * Invariants:
 * - P1 One question at a time, in the order in which they came up; the live view makes room for it.
 * - P2 A question that needs no answer any more (answered elsewhere, timed out, aborted) goes away by itself.
 * - P3 After `close` nothing reads what is typed.
 */
import { nodeExecutionId } from '@bridle/pipeline';
import type { RunEvent, RunWaitingEvent } from '@bridle/protocol';
import type { Decision } from '../local/local-run.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { Asker, type Answer } from './ask-value.ts';
import { nameOf } from './node-line.ts';
import type { RunPrinter } from './printer.ts';
import { pathOf, RunTree } from './run-tree.ts';
import { lookOf } from './status-look.ts';

export interface PrompterOptions {
  readonly terminal: Terminal;
  readonly printer: RunPrinter;
  /** Answers with the objection, if there is one. */
  readonly decide: (decision: Decision) => Promise<string | undefined>;
  /** Ctrl-C was pressed while a question was open. */
  readonly interrupt: () => void;
}

export interface Prompter {
  /** Hears all events of the run, and never makes it wait. */
  readonly on: (event: RunEvent) => void;
  /** Resolves when no question is open any more. */
  close(): Promise<void>;
}

type Wish = Answer<Decision>;

const LEAVE = 'leave';

/** What each answer to a failure does, in the order of how much it changes. */
const ACTIONS: readonly (readonly [type: string, label: string, effect: string])[] = [
  ['Retry', 'Retry', 'run it again'],
  ['Ignore', 'Ignore', 'go on as if it had not failed; the failure stays visible'],
  ['MarkAsSuccess', 'Mark as success', 'go on; it counts as successful'],
  ['MarkAsFailure', 'Mark as failed', 'it fails, and its stage with it'],
  ['ProceedWithDefaultValues', 'Proceed with default values', 'go on with the defaults of its inputs'],
  ['StepGroupRollback', 'Roll back step group', 'run the rollback steps of its group'],
  ['StageRollback', 'Roll back stage', 'run the rollback steps of its stage'],
  ['PipelineRollback', 'Roll back pipeline', 'run the rollback steps of all stages'],
  ['Abort', 'Abort', 'it ends as aborted, and its stage with it'],
];

export function createPrompter({ terminal, printer, decide, interrupt }: PrompterOptions): Prompter {
  const tree = new RunTree();
  const queue: RunWaitingEvent[] = [];
  /** Questions that were put off, until somebody presses Enter. */
  const left: RunWaitingEvent[] = [];
  let open: { readonly node: string; readonly controller: AbortController } | undefined;
  let asking: Promise<void> | undefined;
  let isClosed = false;

  function on(event: RunEvent): void {
    // Logs are none of its business.
    if (event.type === 'node' || event.type === 'execution') tree.apply(event);
    if (event.type === 'waiting' && event.isAnswered !== true) {
      forget(event.node);
      queue.push(event);
      askAll();
    } else if (event.type === 'node' && lookOf(event.status).phase !== 'person') {
      forget(event.node);
    }
  }

  function forget(node: string): void {
    for (const list of [queue, left]) {
      const index = list.findIndex((waiting) => waiting.node === node);
      if (index >= 0) list.splice(index, 1);
    }
    if (open?.node === node) open.controller.abort();
    if (left.length === 0) stopListening();
  }

  function askAll(): void {
    if (isClosed || queue.length === 0) return;
    asking ??= askQueue().finally(() => {
      asking = undefined;
      askAll();
    });
  }

  async function askQueue(): Promise<void> {
    for (let next = queue.shift(); next !== undefined && !isClosed; next = queue.shift()) {
      const waiting = next;
      await printer.aside(() => ask(waiting));
    }
    if (left.length > 0) listen();
  }

  async function ask(waiting: RunWaitingEvent): Promise<void> {
    const controller = new AbortController();
    open = { node: waiting.node, controller };
    try {
      let objection: string | undefined;
      do {
        if (objection !== undefined) await terminal.err.line(`${terminal.symbols.warning} ${objection}`);
        const wish = await questionsOf(new Asker(terminal, controller.signal), waiting, titleOf(waiting));
        if (wish.kind === 'interrupted') interrupt();
        if (wish.kind === 'left') {
          left.push(waiting);
          await terminal.err.line('Left waiting. Press Enter to be asked again.');
        }
        if (wish.kind === 'closed' && !isClosed) await terminal.err.line('It needs no answer any more.');
        objection = wish.kind === 'given' ? await decide(wish.value) : undefined;
      } while (objection !== undefined && !controller.signal.aborted);
      await terminal.err.write('\n');
    } finally {
      open = undefined;
    }
  }

  function titleOf({ node }: RunWaitingEvent): string {
    const found = tree.find(node);
    return found === undefined ? node : pathOf(found).map(nameOf).join(` ${terminal.symbols.pathSeparator} `);
  }

  function again(): void {
    stopListening();
    printer.typed();
    queue.push(...left.splice(0));
    askAll();
  }

  function listen(): void {
    terminal.input.stream.once('data', again).resume();
  }

  function stopListening(): void {
    if (terminal.input.stream.listeners('data').includes(again)) {
      terminal.input.stream.off('data', again).pause();
    }
  }

  return {
    on,
    async close() {
      isClosed = true;
      stopListening();
      open?.controller.abort();
      await asking;
    },
  };
}

function questionsOf(asker: Asker, waiting: RunWaitingEvent, title: string): Promise<Wish> {
  switch (waiting.for) {
    case 'approval':
      return askApproval(asker, waiting, title);
    case 'intervention':
      return askIntervention(asker, waiting, title);
    case 'input':
      return askValues(asker, waiting, title);
  }
}

async function askApproval(
  asker: Asker,
  { node, message, inputs = [] }: RunWaitingEvent,
  title: string,
): Promise<Wish> {
  const action = await asker.choice(`${title} waits for approval\n${message}`, [
    { value: 'APPROVE', label: 'Approve' },
    { value: 'REJECT', label: 'Reject' },
    { value: LEAVE, label: 'Leave it waiting', hint: 'it can be answered later' },
  ]);
  if (action.kind !== 'given') return action;
  if (action.value === LEAVE) return { kind: 'left' };
  const values: Record<string, string> = {};
  for (const input of action.value === 'APPROVE' ? inputs : []) {
    const answer = await asker.value(input);
    if (answer.kind !== 'given') return answer;
    values[input.name] = answer.value;
  }
  const comment = await asker.text('Comment', { placeholder: 'none' });
  if (comment.kind !== 'given') return comment;
  return {
    kind: 'given',
    value: {
      kind: 'approval',
      node: nodeExecutionId(node),
      action: action.value === 'APPROVE' ? 'APPROVE' : 'REJECT',
      comments: comment.value,
      inputs: values,
    },
  };
}

async function askIntervention(
  asker: Asker,
  { node, message, choices }: RunWaitingEvent,
  title: string,
): Promise<Wish> {
  const known = ACTIONS.filter(([type]) => choices.includes(type));
  const others = choices.filter((choice) => !ACTIONS.some(([type]) => type === choice));
  const action = await asker.choice<string>(`${title} failed. What now?\n${message}`, [
    ...known.map(([value, label, hint]) => ({ value, label, hint })),
    ...others.map((value) => ({ value, label: value })),
    { value: LEAVE, label: 'Leave it waiting', hint: 'it can be decided later' },
  ]);
  if (action.kind !== 'given') return action;
  if (action.value === LEAVE) return { kind: 'left' };
  return { kind: 'given', value: { kind: 'intervention', node: nodeExecutionId(node), action: action.value } };
}

async function askValues(asker: Asker, { node, inputs = [] }: RunWaitingEvent, title: string): Promise<Wish> {
  const values: Record<string, string> = {};
  for (const [index, input] of inputs.entries()) {
    const introduction = index === 0 ? `${title} waits for input\n` : '';
    const answer = await asker.value({ ...input, name: `${introduction}${input.name}` });
    if (answer.kind !== 'given') return answer;
    values[input.name] = answer.value;
  }
  return { kind: 'given', value: { kind: 'inputs', node: nodeExecutionId(node), values } };
}
