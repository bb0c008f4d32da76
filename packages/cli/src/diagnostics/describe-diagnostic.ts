/** A diagnostic for people: what, where, the lines around it with a caret under the place, and the next step. */
import type { Diagnostic } from '@bridle/pipeline';
import type { Style } from '../terminal/style.ts';

export interface DescribedSource {
  /** As it is shown, such as `.harness/build.yaml`. */
  readonly name: string;
  readonly text: string;
}

const LINES_BEFORE = 2;
/** Wider lines are cut around the place. */
const COLUMNS_MAX = 120;

/** @param source - the document the diagnostic is about; absent = its text is not to be had */
export function describeDiagnostic(diagnostic: Diagnostic, source: DescribedSource | undefined, style: Style): string {
  const { code, message, hint, range, document } = diagnostic;
  const { line, column } = range.start;
  const name = source?.name ?? document ?? '';
  const head = `${levelWord(diagnostic, style)} ${style.bold(message)} ${style.faint(`[${code}]`)}`;
  const place = `  ${style.cyan(`${name}:${line}:${column}`)}`;
  const excerpt = source === undefined ? [] : describeExcerpt(source.text, range, style);
  return [head, place, ...excerpt, ...(hint === undefined ? [] : [`  ${style.green('hint:')} ${hint}`])].join('\n');
}

/** Whether it keeps the document from being saved or run. */
export function isError({ blocks }: Diagnostic): boolean {
  return blocks !== 'nothing';
}

function levelWord(diagnostic: Diagnostic, style: Style): string {
  return isError(diagnostic) ? style.red('error:') : style.yellow('warning:');
}

/** The lines before the place and the place itself, marked; a place over several lines is marked on its first one. */
export function describeExcerpt(text: string, { start, end }: Diagnostic['range'], style: Style): readonly string[] {
  const lines = text.split(/\r?\n/);
  const marked = lines[start.line - 1];
  if (marked === undefined) return [];
  const width = String(start.line).length;
  const gutter = (number: string): string => style.faint(`  ${number.padStart(width)} |`);
  const from = Math.max(0, start.column - 1 - Math.floor(COLUMNS_MAX / 2));
  const shown = (line: string): string => cut(line, marked.length > COLUMNS_MAX ? from : 0).replaceAll('\t', ' ');
  const before = lines.slice(Math.max(0, start.line - 1 - LINES_BEFORE), start.line - 1);
  const first = start.line - before.length;
  const endColumn = end.line === start.line ? end.column : marked.length + 1;
  const offset = marked.length > COLUMNS_MAX ? from : 0;
  const carets = '^'.repeat(Math.max(1, Math.min(endColumn, offset + COLUMNS_MAX + 1) - start.column));
  return [
    ...before.map((line, index) => `${gutter(String(first + index))} ${style.faint(shown(line))}`.trimEnd()),
    `${gutter(String(start.line))} ${shown(marked)}`,
    `${gutter('')} ${' '.repeat(start.column - 1 - offset)}${style.red(carets)}`,
  ];
}

function cut(line: string, from: number): string {
  return line.slice(from, from + COLUMNS_MAX);
}
