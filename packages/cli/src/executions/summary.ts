/** `bridle execution summary`: what went wrong, in one call and within so many bytes: for chats, and for programs that help. */
import { isFailed, type Execution, type ExecutionNode, type PipelineExecutionSummary } from '@bridle/sdk';
import { stripAnsi } from '@bridle/text';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject, type ProjectConnection } from '../connection/connect.ts';
import { namedNodes, placeOf } from './find-node.ts';
import { executionUrl, findExecution, firstPage } from './target.ts';

const BYTES = 16_384;
const BYTES_MAX = 1_048_576;
const LINES = 30;
const LINES_MAX = 1_000;
const FAILED_MAX = 10;
/** Lines that name an error; the last of them is the middle of what is shown. */
const ERROR = /\b(?:error|exception|fatal|failed|failure|panic|traceback|not found|denied)\b/i;

interface Failure {
  readonly place: string;
  readonly status: string;
  readonly message: string;
  readonly lines: readonly string[];
}

export interface Skipped {
  readonly place: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface Summary {
  readonly planExecutionId: string;
  readonly pipeline: string;
  readonly status: string;
  readonly page: string;
  readonly failed: readonly Failure[];
  readonly skipped: readonly Skipped[];
  /** Whether something was left out for want of room. */
  readonly isCut: boolean;
}

export const summaryCommand = inProject(async (connection, context, input) => {
  const { options } = input;
  const budget = numberOf(options.text('bytes'), BYTES, BYTES_MAX, '--bytes');
  const lines = numberOf(options.text('lines'), LINES, LINES_MAX, '--lines');
  const id = await findExecution(connection, input, context);
  const summary = await summarise(connection, id, { lines, budget, signal: context.signal });
  const fields = options.fields();
  if (fields !== undefined) await printJson(context.terminal.out, summary, fields);
  else await context.terminal.out.line(summaryText(summary));
  return 0;
}, firstPage);

/** How much of it is told: lines of each log, and bytes of the text as a whole. */
interface Bounds {
  readonly lines?: number;
  readonly budget?: number;
  readonly signal: AbortSignal;
}

export async function summarise(
  connection: ProjectConnection,
  id: string,
  { lines = LINES, budget = BYTES, signal }: Bounds,
): Promise<Summary> {
  const execution = connection.harness.executions.of(id);
  const { pipelineExecutionSummary, executionGraph } = await execution.details({ signal });
  const nodes = namedNodes(executionGraph);
  const failed = failedLeaves(nodes);
  const failures: Failure[] = [];
  for (const node of failed.slice(0, FAILED_MAX)) {
    failures.push(await failureOf(execution, node, lines, signal));
  }
  return fit(
    {
      ...headOf(pipelineExecutionSummary, executionUrl(connection, id, pipelineExecutionSummary.pipelineIdentifier)),
      failed: failures,
      skipped: nodes.flatMap(skippedOf),
      isCut: failed.length > failures.length,
    },
    budget,
  );
}

function headOf({ planExecutionId, pipelineIdentifier, status }: PipelineExecutionSummary, page: string) {
  return { planExecutionId, pipeline: pipelineIdentifier, status, page };
}

/** What failed by itself, and not because of what is in it. */
function failedLeaves(nodes: readonly ExecutionNode[]): readonly ExecutionNode[] {
  const failed = nodes.filter(({ status }) => isFailed(status));
  return failed.filter(
    ({ uuid, baseFqn }) => !failed.some((other) => other.uuid !== uuid && other.baseFqn.startsWith(`${baseFqn}.`)),
  );
}

async function failureOf(
  execution: Execution,
  node: ExecutionNode,
  count: number,
  signal: AbortSignal,
): Promise<Failure> {
  const text: string[] = [];
  if (node.logBaseKey !== null) {
    for await (const line of execution.logs({ nodeExecutionId: node.uuid, signal })) text.push(stripAnsi(line.text));
  }
  return {
    place: placeOf(node),
    status: node.status,
    message: node.failureInfo.message,
    lines: aroundError(text, count),
  };
}

/** The lines around the last one that names an error, as many as asked for; the last ones where none does. */
export function aroundError(lines: readonly string[], count: number): readonly string[] {
  if (lines.length <= count) return lines;
  const at = lines.findLastIndex((line) => ERROR.test(line));
  const end = at < 0 ? lines.length : Math.min(lines.length, Math.max(count, at + 1 + Math.floor(count / 3)));
  return lines.slice(end - count, end);
}

export function skippedOf(node: ExecutionNode): readonly Skipped[] {
  const { nodeRunInfo, status } = node;
  if (status !== 'Skipped' || nodeRunInfo === null) return [];
  const values = nodeRunInfo.expressions.map(({ expression, expressionValue }) => [expression, expressionValue]);
  return [
    {
      place: placeOf(node),
      condition: nodeRunInfo.whenCondition,
      values: Object.fromEntries(values) as Record<string, string>,
    },
  ];
}

/** Takes lines away, the oldest of the longest log first, until the text is short enough; then conditions; then failures. */
export function fit(summary: Summary, budget: number): Summary {
  let fitted = summary;
  while (Buffer.byteLength(summaryText(fitted)) > budget) {
    const longest = fitted.failed.reduce<Failure | undefined>(
      (found, each) => (each.lines.length > (found?.lines.length ?? 0) ? each : found),
      undefined,
    );
    if (longest !== undefined) {
      // A half at a time: a long log is not worth a long calculation.
      const kept = longest.lines.slice(Math.ceil(longest.lines.length / 2));
      fitted = {
        ...fitted,
        isCut: true,
        failed: fitted.failed.map((each) => (each === longest ? { ...each, lines: kept } : each)),
      };
    } else if (fitted.skipped.length > 0) fitted = { ...fitted, isCut: true, skipped: fitted.skipped.slice(0, -1) };
    else if (fitted.failed.length > 0) fitted = { ...fitted, isCut: true, failed: fitted.failed.slice(0, -1) };
    else return fitted;
  }
  return fitted;
}

export function summaryText({ planExecutionId, pipeline, status, page, failed, skipped, isCut }: Summary): string {
  const lines = [`${status}  ${pipeline}  ${planExecutionId}`, page];
  for (const failure of failed) {
    lines.push('', `${failure.place}  ${failure.status}`);
    if (failure.message !== '') lines.push(`  ${failure.message.trim().replaceAll('\n', '\n  ')}`);
    lines.push(...failure.lines.map((line) => `  | ${line}`));
  }
  if (skipped.length > 0) lines.push('', 'Skipped:');
  for (const { place, condition, values } of skipped) {
    lines.push(`  ${place}  ${condition}`);
    for (const [expression, value] of Object.entries(values)) lines.push(`    ${expression} = ${value}`);
  }
  if (isCut) lines.push('', 'Something was left out: --bytes, bridle logs.');
  return lines.join('\n');
}

function numberOf(text: string | undefined, usual: number, max: number, option: string): number {
  const number = text === undefined ? usual : /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= max) return number;
  throw new UsageError(`${option} takes a number from 1 to ${max}.`);
}
