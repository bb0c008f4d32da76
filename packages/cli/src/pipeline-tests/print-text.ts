/** The results for people: a line per case, what failed with its place in the test, the totals. */
import type { Mismatch, PipelineCoverage } from '@bridle/pipeline';
import { printDuration } from '@bridle/pipeline';
import { describeDiagnostic, describeExcerpt } from '../diagnostics/describe-diagnostic.ts';
import type { Style } from '../terminal/style.ts';
import type { Symbols } from '../terminal/symbols.ts';
import type { TestFile } from './find-tests.ts';
import type { CaseResult } from './run-case.ts';
import type { FileResult } from './run-file.ts';
import type { Totals } from './totals.ts';

interface Look {
  readonly style: Style;
  readonly symbols: Symbols;
}

/** @param pipeline - as it is shown */
export function printFile(
  result: FileResult,
  pipeline: string | undefined,
  { style, symbols }: Look,
): readonly string[] {
  const { file, cases, diagnostics } = result;
  const about = pipeline === undefined ? '' : style.faint(` ${symbols.arrow} ${pipeline}`);
  const head = `${style.bold(file.name)}${about}`;
  if (diagnostics.length > 0) {
    const described = diagnostics.map((each) => describeDiagnostic(each, { name: file.name, text: file.text }, style));
    return [head, ...described.flatMap((text) => ['', indented(text)]), ''];
  }
  if (cases.length === 0) return [];
  const lines = cases.flatMap((each) => printCase(each, file, { style, symbols }));
  return [head, ...lines, ...(lines.at(-1) === '' ? [] : [''])];
}

function printCase(result: CaseResult, file: TestFile, { style, symbols }: Look): readonly string[] {
  const took = result.durationMs === undefined ? '' : style.faint(` (${printDuration(result.durationMs)})`);
  if (result.outcome === 'passed') return [`  ${style.green(`${symbols.success} passed`)}  ${result.name}${took}`];
  return [
    `  ${style.red(`${symbols.failure} failed`)}  ${result.name}${took}`,
    ...result.mismatches.flatMap((mismatch) => ['', ...printMismatch(mismatch, file, style)]),
    ...printUnused(result, file, style),
    '',
  ];
}

/** Only where something failed: mocks that all cases share are not used by each. */
function printUnused({ unusedMocks = [] }: CaseResult, file: TestFile, style: Style): readonly string[] {
  const lines = unusedMocks.map(({ subject: { name } }) => {
    const place = `${file.name}:${String(name.place.range.start.line)}`;
    return `    ${style.yellow('note')}  nothing came to the mock of ${name.value} ${style.cyan(place)}`;
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function printMismatch(
  { title, place, expected, actual, message }: Mismatch,
  file: TestFile,
  style: Style,
): readonly string[] {
  const { line, column } = place.range.start;
  return [
    `    ${style.bold(title)}`,
    `      expected  ${style.green(oneLine(expected))}`,
    `      actual    ${style.red(oneLine(actual))}`,
    ...(message === undefined ? [] : [`      because   ${oneLine(message)}`]),
    `      ${style.cyan(`${file.name}:${String(line)}:${String(column)}`)}`,
    ...describeExcerpt(file.text, place.range, style).map((excerpt) => `    ${excerpt}`),
  ];
}

const SHOWN_MAX = 400;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s*\n\s*/g, ' ');
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line;
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

export function printTotals(
  { files, broken, passed, failed }: Totals,
  elapsedMs: number,
  { style, symbols }: Look,
): string {
  const counts = [
    ...(failed > 0 ? [`${String(failed)} failed`] : []),
    `${String(passed)} passed`,
    ...(broken > 0 ? [`${String(broken)} of ${String(files)} files cannot be run`] : []),
  ];
  const text = `${counts.join(', ')} in ${(elapsedMs / 1_000).toFixed(1)}s`;
  return failed > 0 || broken > 0 ? style.red(`${symbols.failure} ${text}`) : style.green(`${symbols.success} ${text}`);
}

const SHOWN_KINDS = [
  ['stage', 'stages'],
  ['step', 'steps'],
  ['branch', 'branches'],
  ['loop', 'loops'],
  ['failureStrategy', 'failure strategies'],
] as const;

/** @param pipeline - as it is shown */
export function printCoverage(pipeline: string, { counts, missed }: PipelineCoverage, style: Style): readonly string[] {
  const shown = SHOWN_KINDS.filter(([kind]) => counts[kind].total > 0).map(
    ([kind, words]) => `${words} ${String(counts[kind].reached)}/${String(counts[kind].total)}`,
  );
  return [
    `${style.bold(`coverage of ${pipeline}`)}: ${shown.join(', ')}`,
    ...missed.map(({ kind, name, line, way }) => {
      const place = line === 0 ? pipeline : `${pipeline}:${String(line)}`;
      const what = way === '' ? `the ${kind} ${name}` : `${name}: ${way}`;
      return `  ${style.yellow('never reached')}  ${what}  ${style.cyan(place)}`;
    }),
    '',
  ];
}
