/** `bridle execution list`: the executions of a project, newest first. */
import type { ExecutionStatus, PipelineExecutionSummary } from '@bridle/sdk';
import { formatDuration } from '@bridle/text';
import type { RunExecutionEvent } from '@bridle/protocol';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { inProject } from '../connection/connect.ts';
import { lookOf, paintOf, symbolOf } from '../view/status-look.ts';
import { printTable, type Cell } from '../view/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { pipelineNamed } from './target.ts';

const LIMIT = 20;
const LIMIT_MAX = 10_000;

export const listExecutions = inProject(async ({ harness }, { terminal, signal }, { options }) => {
  const limit = limitOf(options.text('limit'));
  const pipelines = options.texts('pipeline').map(pipelineNamed);
  const status = options.texts('status') as readonly ExecutionStatus[];
  const pages = harness.executions.list({
    ...(pipelines.length === 0 ? {} : { pipelines }),
    ...(status.length === 0 ? {} : { status }),
    ...(options.text('since') === undefined ? {} : { since: options.text('since') }),
    ...(options.isOn('mine') ? { mine: true } : {}),
    pageSize: Math.min(limit, 100),
    signal,
  });
  const found: PipelineExecutionSummary[] = [];
  for await (const execution of pages) {
    found.push(execution);
    if (found.length >= limit) break;
  }
  const fields = options.fields();
  if (fields !== undefined) {
    await printJson(terminal.out, found, fields);
    return 0;
  }
  if (found.length === 0) await terminal.err.line('Nothing has run here yet, or nothing that was asked for.');
  await printTable(
    terminal,
    ['EXECUTION', 'PIPELINE', 'STATUS', 'STARTED', 'TOOK', 'BY'],
    found.map((each) => row(each, terminal)),
  );
  return 0;
});

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? LIMIT : /^\d+$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new UsageError(`--limit takes a number from 1 to ${LIMIT_MAX}.`);
}

function row(execution: PipelineExecutionSummary, { out }: Terminal): readonly (Cell | string)[] {
  const { planExecutionId, pipelineIdentifier, runSequence, status, startTs, endTs, executionTriggerInfo } = execution;
  return [
    planExecutionId,
    `${pipelineIdentifier} #${runSequence}`,
    statusCell(status, out.style),
    startTs === undefined ? '' : localTime(startTs),
    startTs === undefined || endTs === undefined ? '' : formatDuration(endTs - startTs),
    executionTriggerInfo.triggeredBy.identifier,
  ];
}

export function statusCell(status: ExecutionStatus, style: Terminal['out']['style']): Cell {
  const look = lookOf(status as RunExecutionEvent['status']);
  return { text: status, paint: paintOf(look, style) };
}

export function statusMark(status: ExecutionStatus, { symbols }: Terminal): string {
  return symbolOf(lookOf(status as RunExecutionEvent['status']), symbols);
}

/** `2026-11-26 21:40:07`, where the reader is. */
export function localTime(time: number): string {
  const date = new Date(time);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
