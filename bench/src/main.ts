/**
 * `npm run bench [-- CASE …]`: each case at least five times, in turns with its floor; prints a table and puts each result into
 * bench/results.json, beside those of the other cases.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { BenchCase } from './bench-case.ts';
import { abuse } from './cases/abuse.ts';
import { cliHelp, validateCold } from './cases/cli.ts';
import { backlogLease, backlogList } from './cases/backlog.ts';
import { coldStart, warmStart } from './cases/cold-start.ts';
import { detailsGraph, detailsList } from './cases/details.ts';
import { expressions } from './cases/expressions.ts';
import { idleDelegates } from './cases/idle-delegates.ts';
import { logThroughput } from './cases/log-throughput.ts';
import { matrix1024, matrix256 } from './cases/matrix.ts';
import { noop3 } from './cases/noop-3.ts';
import { stepToStep } from './cases/step-to-step.ts';
import { triggerToStep } from './cases/trigger-to-step.ts';
import { transitions } from './cases/transitions.ts';
import { validateWarm } from './cases/validate.ts';
import { webhookAck } from './cases/webhook-ack.ts';
import { Opened } from './opened.ts';
import { mergeResults, type Measured, type Result } from './results.ts';
import { figuresOf, type Run } from './samples.ts';

const CASES: readonly BenchCase[] = [
  webhookAck,
  triggerToStep,
  stepToStep,
  noop3,
  logThroughput,
  transitions,
  expressions,
  cliHelp,
  validateCold,
  validateWarm,
  matrix256,
  matrix1024,
  idleDelegates,
  backlogLease,
  backlogList,
  detailsGraph,
  detailsList,
  abuse,
  coldStart,
  warmStart,
];
const RUNS_MIN = 5;

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = names.filter((name) => !CASES.some((candidate) => candidate.name === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no case ${unknown.join(', ')}. Known: ${CASES.map(({ name }) => name).join(', ')}.\n`);
  process.exit(2);
}

const machine = { cores: availableParallelism(), memoryGiB: Math.round(totalmem() / 2 ** 30) };
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const file = new URL('../results.json', import.meta.url);
const measured: Measured[] = [];
for (const each of CASES) {
  if (names.length > 0 && !names.includes(each.name)) continue;
  process.stderr.write(`${each.name} …\n`);
  const result = await measure(each);
  measured.push(result);
  keep({ ...result, commit, machine });
}
process.stdout.write(table(measured));

/** At once: what was measured is not lost with a later case. */
function keep(result: Result): void {
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { results: readonly Result[] }).results
    : [];
  const cases = CASES.map(({ name }) => name);
  writeFileSync(file, `${JSON.stringify({ results: mergeResults(kept, [result], cases) }, undefined, 2)}\n`);
}

async function measure(each: BenchCase): Promise<Measured> {
  const opened = new Opened();
  const runs: Run[] = [];
  const floors: Run[] = [];
  try {
    const prepared = await each.prepare(opened);
    if ('close' in prepared) opened.keep(prepared, (closing) => closing.close());
    for (let run = 0; run < RUNS_MIN; run += 1) {
      floors.push(await prepared.measureFloor());
      runs.push(await prepared.measure());
    }
  } finally {
    await opened.close();
  }
  const figures = figuresOf(runs);
  const floor = figuresOf(floors);
  return {
    case: each.name,
    timed: each.timed,
    floorOf: each.floor,
    target: each.target,
    runs: runs.length,
    figures,
    floor,
    ratio: figures.p50 / floor.p50,
  };
}

function table(rows: readonly Measured[]): string {
  const head = [
    'case',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'per second',
    'floor p50 ms',
    'floor per second',
    'ratio',
    'target',
  ];
  const body = rows.map(({ figures, floor, ...row }) => [
    row.case,
    shown(figures.p50),
    shown(figures.p95),
    shown(figures.p99),
    rate(figures.perSecond),
    shown(floor.p50),
    rate(floor.perSecond),
    row.ratio.toFixed(1),
    row.target,
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + body.map(line).join('');
}

function shown(ms: number): string {
  return ms < 100 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en');
}

function rate(perSecond: number | undefined): string {
  return perSecond === undefined ? '–' : Math.round(perSecond).toLocaleString('en');
}
