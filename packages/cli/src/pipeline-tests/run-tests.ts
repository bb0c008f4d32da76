import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { updateTest } from '@bridle/pipeline';
import type { CommandAction, CommandContext } from '../command-line/command.ts';
import type { ExitCode } from '../command-line/exit-codes.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { shownPath } from '../diagnostics/sources.ts';
import { findTests, type TestFile } from './find-tests.ts';
import { toJsonReport, type CoveredPipeline } from './print-json.ts';
import { toJunit } from './print-junit.ts';
import { printCoverage, printFile, printTotals } from './print-text.ts';
import { coverageOf, runFile, type FileResult } from './run-file.ts';
import { totalsOf, type Totals } from './totals.ts';

const STOPPED_BY_CTRL_C = 130;

export const runTests: CommandAction = async (context, { arguments: [given], options }) => {
  const { folder, terminal, signal } = context;
  const begunAt = performance.now();
  const filter = options.text('filter');
  const fields = options.fields();
  const isText = fields === undefined;
  const results: FileResult[] = [];
  for (const file of findTests(folder, given)) {
    if (signal.aborted) return STOPPED_BY_CTRL_C;
    let result = await runFile(file, { filter, signal });
    if (options.isOn('update')) result = await update(result, filter, context);
    results.push(result);
    if (isText) await printLines(printFile(result, shownPipeline(result, folder), look(context)), terminal.out);
  }
  if (signal.aborted) return STOPPED_BY_CTRL_C;
  const totals = totalsOf(results);
  if (totals.passed + totals.failed === 0 && totals.broken === 0) {
    throw new UsageError(`No case is named like "${String(filter)}".`, undefined, 5);
  }
  const junit = options.text('junit');
  if (junit !== undefined) writeJunit(resolve(folder, junit), junit, results);
  const coverage = options.isOn('coverage') ? coverAll(results, folder) : undefined;
  if (fields === undefined) await printEnd(context, totals, coverage ?? [], performance.now() - begunAt);
  else {
    const report = toJsonReport(results, totals, coverage, (result) => shownPipeline(result, folder));
    await printJson(terminal.out, report, fields);
  }
  return exitCodeOf(totals);
};

function exitCodeOf({ broken, failed }: Totals): ExitCode {
  if (broken > 0) return 2;
  return failed > 0 ? 1 : 0;
}

function shownPipeline({ pipeline }: FileResult, folder: string): string | undefined {
  return pipeline === undefined ? undefined : shownPath(pipeline.file.path, folder);
}

function look({ terminal: { out, symbols } }: CommandContext): Parameters<typeof printFile>[2] {
  return { style: out.style, symbols };
}

async function printLines(lines: readonly string[], stream: CommandContext['terminal']['out']): Promise<void> {
  for (const line of lines) await stream.line(line);
}

async function printEnd(
  context: CommandContext,
  totals: Totals,
  coverage: readonly CoveredPipeline[],
  elapsedMs: number,
): Promise<void> {
  const { out, err, symbols, isQuiet } = context.terminal;
  for (const { pipeline, coverage: covered } of coverage) {
    await printLines(printCoverage(pipeline, covered, out.style), out);
  }
  if (!isQuiet) await err.line(printTotals(totals, elapsedMs, { style: err.style, symbols }));
}

/** Several files may test one pipeline. */
function coverAll(results: readonly FileResult[], folder: string): readonly CoveredPipeline[] {
  const byPipeline = new Map<string, FileResult[]>();
  for (const result of results) {
    const pipeline = shownPipeline(result, folder);
    if (pipeline === undefined) continue;
    byPipeline.set(pipeline, [...(byPipeline.get(pipeline) ?? []), result]);
  }
  return [...byPipeline].map(([pipeline, files]) => ({ pipeline, coverage: coverageOf(files) }));
}

/** Writes what came of the cases into the test, and runs it again: what cannot be written still fails. */
async function update(result: FileResult, filter: string | undefined, context: CommandContext): Promise<FileResult> {
  const { file, cases, diagnostics } = result;
  const mismatches = cases.flatMap((each) => each.mismatches);
  if (diagnostics.length > 0 || mismatches.length === 0) return result;
  const { err, isQuiet } = context.terminal;
  const text = updateTest(file.text, mismatches);
  if (text === file.text) {
    if (!isQuiet) await err.line(`${file.name} was not updated: what failed in it cannot be written.`);
    return result;
  }
  writeFileSync(file.path, text);
  if (!isQuiet) await err.line(`${file.name} was updated.`);
  const updated: TestFile = { ...file, text };
  return runFile(updated, { filter, signal: context.signal });
}

function writeJunit(path: string, shown: string, results: readonly FileResult[]): void {
  try {
    writeFileSync(path, toJunit(results));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`The JUnit report ${shown} cannot be written (${reason}).`);
  }
}
