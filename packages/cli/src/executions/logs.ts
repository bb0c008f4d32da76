/** `bridle logs`: what the steps of an execution print. */
import type { ExecutionGraph, ExecutionLogLine, LogOptions } from '@bridle/sdk';
import { isFailed } from '@bridle/sdk';
import { stripAnsi } from '@bridle/text';
import { parseDuration } from '@bridle/pipeline';
import type { CommandContext } from '../command-line/command.ts';
import type { Options } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { logText } from '../view/pieces.ts';
import { select } from '../command-line/json.ts';
import { namedNodes, placeOf, stageOf } from './find-node.ts';
import { findExecution, firstPage } from './target.ts';

const TAIL_MAX = 1_000_000;

export const logs = inProject(async (connection, context, input) => {
  const { options } = input;
  const { signal } = context;
  const wish = readWish(options);
  const id = await findExecution(connection, input, context);
  const execution = connection.harness.executions.of(id);
  const place = placeOfWords(input.arguments[1]);
  const follow = options.isOn('follow');
  // It also tells whether there is such an execution, and such a step.
  const { executionGraph } = await execution.details({ signal });
  const chosen = chosenNodes(executionGraph, place, options.isOn('failed'));
  if (chosen !== undefined && chosen.length === 0 && !follow) {
    if (options.isOn('failed')) {
      await context.terminal.err.line('No step has failed.');
      return 0;
    }
    throw new UsageError(`The execution has no step "${input.arguments[1] ?? ''}".`, known(executionGraph), 5);
  }
  const printer = new LogPrinter(context, options, wish, chosen?.length === 1);
  const wanted: LogOptions = { ...place, follow, signal };
  if (wish.tail === undefined) await printer.printAll(execution.logs(wanted), chosen);
  else await printTail(execution.logs({ ...wanted, follow: false }), wish.tail, printer, chosen);
  if (wish.tail !== undefined && follow) await printer.printAll(execution.logs(wanted), chosen);
  return 0;
}, firstPage);

interface Wish {
  readonly sinceMs: number | undefined;
  readonly tail: number | undefined;
  readonly pattern: RegExp | undefined;
}

function readWish(options: Options): Wish {
  const since = options.text('since');
  const tail = options.text('tail');
  const pattern = options.text('grep');
  return {
    sinceMs: since === undefined ? undefined : timeOf(since),
    tail: tail === undefined ? undefined : countOf(tail),
    pattern: pattern === undefined ? undefined : patternOf(pattern),
  };
}

function timeOf(text: string): number {
  const ms = parseDuration(text);
  const time = ms === undefined ? Date.parse(text) : Date.now() - ms;
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`--since ${text} is no time.`, 'Write 10m, 2h, or 2026-11-26T21:40:00Z.');
}

function countOf(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : -1;
  if (count >= 0 && count <= TAIL_MAX) return count;
  throw new UsageError(`--tail takes a number up to ${TAIL_MAX}.`);
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'v');
  } catch (error) {
    throw new UsageError(`--grep ${text} is no pattern: ${(error as Error).message}`);
  }
}

/** `STAGE`, or `STAGE/STEP`; a dot does as well. */
export function placeOfWords(given: string | undefined): Pick<LogOptions, 'stage' | 'step'> {
  if (given === undefined) return {};
  const [stage, step] = given.split(/[/.]/, 2);
  return { ...(stage === undefined || stage === '' ? {} : { stage }), ...(step === undefined ? {} : { step }) };
}

/** Ids of the steps that are meant; `undefined` = all. */
export function chosenNodes(
  graph: ExecutionGraph | undefined,
  { stage, step }: Pick<LogOptions, 'stage' | 'step'>,
  isFailedOnly: boolean,
): readonly string[] | undefined {
  if (stage === undefined && !isFailedOnly) return undefined;
  const isCalled = (name: string, wanted: string | undefined): boolean =>
    wanted === undefined ||
    name === wanted ||
    (name.startsWith(`${wanted}_`) && /^(?:_\d+)+$/.test(name.slice(wanted.length)));
  return namedNodes(graph)
    .filter(({ logBaseKey, status }) => logBaseKey !== null && (!isFailedOnly || isFailed(status)))
    .filter(({ baseFqn, identifier }) => isCalled(stageOf(baseFqn), stage) && isCalled(identifier, step))
    .map(({ uuid }) => uuid);
}

export function known(graph: ExecutionGraph | undefined): string {
  const places = namedNodes(graph)
    .filter(({ logBaseKey }) => logBaseKey !== null)
    .map(placeOf);
  return places.length === 0 ? 'No step has begun yet.' : `Steps: ${[...new Set(places)].join(', ')}.`;
}

/** The last lines of each step. */
async function printTail(
  lines: AsyncIterable<ExecutionLogLine>,
  count: number,
  printer: LogPrinter,
  chosen: readonly string[] | undefined,
): Promise<void> {
  const tails = new Map<string, ExecutionLogLine[]>();
  for await (const line of lines) {
    if (!printer.wants(line, chosen)) continue;
    const tail = tails.get(line.nodeExecutionId) ?? [];
    tail.push(line);
    if (tail.length > count) tail.shift();
    tails.set(line.nodeExecutionId, tail);
  }
  for (const tail of tails.values()) for (const line of tail) await printer.print(line);
}

class LogPrinter {
  readonly #context: CommandContext;
  readonly #fields: readonly string[] | undefined;
  readonly #wish: Wish;
  readonly #isRaw: boolean;
  readonly #hasTimes: boolean;
  readonly #isAlone: boolean;
  /** What was printed of each step: a tail is not repeated by what follows it. */
  readonly #printed = new Map<string, number>();

  constructor(context: CommandContext, options: Options, wish: Wish, isAlone: boolean) {
    this.#context = context;
    this.#fields = options.fields();
    this.#wish = wish;
    this.#isRaw = options.isOn('raw');
    this.#hasTimes = options.isOn('timestamps');
    this.#isAlone = isAlone;
  }

  wants({ nodeExecutionId, time, text, line }: ExecutionLogLine, chosen: readonly string[] | undefined): boolean {
    const { sinceMs, pattern } = this.#wish;
    if (chosen !== undefined && !chosen.includes(nodeExecutionId)) return false;
    if (line <= (this.#printed.get(nodeExecutionId) ?? -1)) return false;
    if (sinceMs !== undefined && time !== undefined && time < sinceMs) return false;
    return pattern === undefined || pattern.test(stripAnsi(text));
  }

  async printAll(lines: AsyncIterable<ExecutionLogLine>, chosen: readonly string[] | undefined): Promise<void> {
    for await (const line of lines) if (this.wants(line, chosen)) await this.print(line);
  }

  async print(line: ExecutionLogLine): Promise<void> {
    const { out, symbols } = this.#context.terminal;
    this.#printed.set(line.nodeExecutionId, line.line);
    if (this.#fields !== undefined) {
      await out.line(JSON.stringify(select(line, this.#fields)));
      return;
    }
    const time = this.#hasTimes
      ? `${out.style.faint(line.time === undefined ? '-' : new Date(line.time).toISOString())} `
      : '';
    const label = this.#isAlone || this.#isRaw ? '' : out.style.faint(`${line.stage}.${line.step} ${symbols.bar} `);
    await out.line(`${time}${label}${this.#isRaw ? line.text : logText(line.text, out.style)}`);
  }
}
