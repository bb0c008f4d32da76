/** Shows an execution on a server as `bridle run` shows one of this machine, until it ends or whoever watches looks away. */
import type { FinalStatus } from '@bridle/pipeline';
import type { ExecutionNode, PipelineExecutionSummary } from '@bridle/sdk';
import type { RunEvent } from '@bridle/protocol';
import type { CommandContext } from '../command-line/command.ts';
import { exitCodeOf, type ExitCode } from '../command-line/exit-codes.ts';
import type { Options } from '../command-line/options.ts';
import type { ProjectConnection } from '../connection/connect.ts';
import { timeoutOf } from '../local/run-options.ts';
import { canAsk } from '../view/ask-inputs.ts';
import { Asker } from '../view/ask-value.ts';
import { choosePrinter } from '../view/choose-printer.ts';
import { createPrompter } from '../view/prompter.ts';
import type { RunPrinter } from '../view/printer.ts';
import { follow } from './follow.ts';
import { decide } from './waiting.ts';

/** Time for a second Ctrl-C. */
const SECOND_STOP_MS = 3_000;

type Outcome =
  | { readonly kind: 'ended'; readonly execution: PipelineExecutionSummary }
  | { readonly kind: 'detached' | 'timeout' | 'person' };

export async function watchExecution(
  connection: ProjectConnection,
  planExecutionId: string,
  context: CommandContext,
  options: Options,
): Promise<ExitCode> {
  const { terminal, environment } = context;
  const fields = options.fields();
  const hasLogs = options.isOn('logs');
  const printer = choosePrinter(terminal, { fields, hasLogs, keepsLogs: !hasLogs }, environment);
  const isAsking = canAsk(terminal) && fields === undefined && !options.isOff('wait-on-approval');
  const waitsForPeople = isAsking || options.isOn('wait-on-approval');
  const outcome = await watch(connection, planExecutionId, context, {
    printer,
    isAsking,
    waitsForPeople,
    hasLogs: fields === undefined || hasLogs,
    timeoutMs: timeoutOf(options),
  });
  if (outcome.kind === 'ended') {
    await printer.end({
      status: outcome.execution.status as FinalStatus,
      durationMs: durationOf(outcome.execution),
      neededPerson: false,
    });
    return exitCodeOf(outcome.execution.status as FinalStatus);
  }
  await printer.detach();
  return await leave(connection, planExecutionId, context, outcome.kind);
}

interface WatchOptions {
  readonly printer: RunPrinter;
  readonly isAsking: boolean;
  readonly waitsForPeople: boolean;
  readonly hasLogs: boolean;
  readonly timeoutMs: number | undefined;
}

async function watch(
  connection: ProjectConnection,
  planExecutionId: string,
  { terminal, signal }: CommandContext,
  { printer, isAsking, waitsForPeople, hasLogs, timeoutMs }: WatchOptions,
): Promise<Outcome> {
  const nodes = new Map<string, ExecutionNode>();
  const enough = new AbortController();
  let why: 'timeout' | 'person' | undefined;
  const stop = (reason: 'timeout' | 'person'): void => {
    why ??= reason;
    enough.abort();
  };
  const prompter = isAsking
    ? createPrompter({
        terminal,
        printer,
        decide: async (decision) => {
          const node = nodes.get(decision.node);
          return node === undefined ? undefined : await decide(connection, planExecutionId, node, decision);
        },
        interrupt: () => void process.kill(process.pid, 'SIGINT'),
      })
    : undefined;
  const on = async (event: RunEvent): Promise<void> => {
    prompter?.on(event);
    await printer.on(event);
    if (event.type === 'waiting' && !waitsForPeople) stop('person');
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop('timeout'), timeoutMs);
  try {
    const execution = await follow(connection, planExecutionId, {
      signal: AbortSignal.any([signal, enough.signal]),
      hasLogs,
      on,
      onNode: (node) => void nodes.set(node.uuid, node),
    });
    return { kind: 'ended', execution };
  } catch (error) {
    if (signal.aborted) return { kind: 'detached' };
    if (why !== undefined) return { kind: why };
    throw error;
  } finally {
    clearTimeout(timer);
    await prompter?.close();
  }
}

/** The execution goes on; says so, and how to come back. */
async function leave(
  connection: ProjectConnection,
  planExecutionId: string,
  context: CommandContext,
  why: 'detached' | 'timeout' | 'person',
): Promise<ExitCode> {
  const { err } = context.terminal;
  const again = `bridle execution watch ${planExecutionId}`;
  switch (why) {
    case 'timeout':
      await err.line(`The time is over; the execution goes on. Watch it: ${again}`);
      return 7;
    case 'person':
      await err.line(
        `The execution needs a person, and goes on then. Answer: bridle execution approve ${planExecutionId}, reject, intervene or submit. Wait for others: --wait-on-approval.`,
      );
      return 6;
    case 'detached':
      await err.line(`You look away; the execution goes on. Watch it: ${again}`);
      await offerAbort(connection, planExecutionId, context);
      return 130;
  }
}

/** On a terminal a second Ctrl-C asks whether the execution is to be aborted. */
async function offerAbort(
  { harness }: ProjectConnection,
  planExecutionId: string,
  { terminal, onSecondStop }: CommandContext,
): Promise<void> {
  if (!canAsk(terminal)) return;
  await terminal.err.line(terminal.err.style.faint('Ctrl-C once more to abort it.'));
  const second = Promise.withResolvers<boolean>();
  onSecondStop(() => second.resolve(true));
  const timer = setTimeout(() => second.resolve(false), SECOND_STOP_MS);
  const isAsked = await second.promise;
  clearTimeout(timer);
  if (!isAsked) return;
  const answer = await new Asker(terminal).choice('Abort the execution?', [
    { value: 'no', label: 'No', hint: 'it goes on' },
    { value: 'yes', label: 'Yes', hint: 'its steps are ended' },
  ]);
  if (answer.kind !== 'given' || answer.value !== 'yes') return;
  await harness.executions.abort(planExecutionId);
  await terminal.err.line('It is being aborted.');
}

function durationOf({ startTs, endTs, createdAt }: PipelineExecutionSummary): number {
  const start = startTs ?? createdAt;
  return Math.max(0, (endTs ?? start) - start);
}
