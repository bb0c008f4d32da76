/**
 * Search in the text of logs as a reader sees it, without escape sequences. Patterns are matched in linear time (re2js), and one
 * call looks at a bounded part: the answer says where to go on.
 */
import { stripAnsi } from '@bridle/text';
import { RE2JS } from 're2js';
import type { LogLine, LogPage, LogRead } from './logs.ts';

export const SEARCH_TEXT_LENGTH_MAX = 1_000;
export const SEARCH_MATCHES_MAX = 1_000;
/** Of log text, in one call. */
const SEARCH_BYTES_MAX = 64 * 1024 * 1024;
const SEARCH_MS_MAX = 2_000;
/** Looked at before others get their turn. */
const LINES_PER_TURN = 2_000;
const BYTES_PER_TURN = 262_144;
/** Of a line that a pattern looks at; also what a pattern may come to with its repetitions written out: their product is work. */
const PATTERN_LINE_LENGTH_MAX = 65_536;
const PATTERN_SIZE_MAX = 1_000;
/** Characters shown before a match, and of a line in all. */
const BEFORE_LENGTH = 80;
const EXCERPT_LENGTH = 400;

export interface LogQuery {
  readonly text: string;
  readonly isRegex: boolean;
  readonly isCaseSensitive: boolean;
}

export interface LogMatch {
  readonly line: number;
  readonly time: number;
  /** The part of the line around the first match, without escape sequences. */
  readonly excerpt: string;
  /** Where the match lies in the excerpt, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export interface LogMatches {
  readonly matches: readonly LogMatch[];
  /** Where to go on; absent when the log was searched to its end as it is now. */
  readonly nextLine?: number;
}

/** Thrown when a pattern is none. The message is for whoever wrote it. */
export class LogQueryError extends Error {
  override readonly name = 'LogQueryError';
}

/** Finds the first match of a line. */
type Matcher = (text: string) => { readonly start: number; readonly end: number } | undefined;

/** What a search may still do: one budget for all logs of an execution. */
export class SearchBudget {
  readonly #until = performance.now() + SEARCH_MS_MAX;
  #bytes = SEARCH_BYTES_MAX;
  #matches: number;

  constructor(matchesMax: number) {
    this.#matches = Math.min(matchesMax, SEARCH_MATCHES_MAX);
  }

  get isSpent(): boolean {
    return this.#matches <= 0 || this.#bytes <= 0 || performance.now() > this.#until;
  }

  read(line: LogLine): void {
    this.#bytes -= line.text.length + 1;
  }

  found(): void {
    this.#matches -= 1;
  }
}

/** @throws LogQueryError */
export function matcherOf({ text, isRegex, isCaseSensitive }: LogQuery): Matcher {
  if (text === '' || text.length > SEARCH_TEXT_LENGTH_MAX)
    throw new LogQueryError(`A search text has 1 to ${SEARCH_TEXT_LENGTH_MAX} characters.`);
  if (isRegex) return regexMatcher(text, isCaseSensitive);
  if (isCaseSensitive)
    return (line) => {
      const start = line.indexOf(text);
      return start < 0 ? undefined : { start, end: start + text.length };
    };
  // Of a text without any operator: linear whatever the engine. Lower case would move characters that change their length.
  const literal = new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'iu');
  return (line) => {
    const found = literal.exec(line);
    return found === null ? undefined : { start: found.index, end: found.index + found[0].length };
  };
}

function regexMatcher(text: string, isCaseSensitive: boolean): Matcher {
  let size = text.length;
  for (const [, least = '', most = ''] of text.matchAll(/\{(\d+)(?:,(\d*))?\}/g))
    size *= Math.max(1, Number(least), Number(most));
  if (size > PATTERN_SIZE_MAX) throw new LogQueryError('This pattern is too large: its repetitions multiply.');
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(text, isCaseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    throw new LogQueryError(`This is no pattern: ${error instanceof Error ? error.message : String(error)}`);
  }
  return (line) => {
    const matcher = pattern.matcher(line.slice(0, PATTERN_LINE_LENGTH_MAX));
    return matcher.find() ? { start: matcher.start(), end: matcher.end() } : undefined;
  };
}

/** Looks at lines from `fromLine` on, as far as the budget goes; at least a turn. `undefined` = there is no such log. */
export async function searchLog(
  read: (request: LogRead) => Promise<LogPage | undefined>,
  match: Matcher,
  fromLine: number,
  budget: SearchBudget,
): Promise<LogMatches | undefined> {
  const matches: LogMatch[] = [];
  for (let next = fromLine; ;) {
    const page = await read({ fromLine: next, linesMax: LINES_PER_TURN, bytesMax: BYTES_PER_TURN });
    if (page === undefined) return undefined;
    for (const line of page.lines) {
      // At least one line: who goes on from here gets on.
      if (budget.isSpent && line.number > fromLine) return { matches, nextLine: line.number };
      budget.read(line);
      const found = matchLine(line, match);
      if (found === undefined) continue;
      matches.push(found);
      budget.found();
    }
    if (page.nextLine === undefined) return { matches };
    next = page.nextLine;
  }
}

function matchLine({ number, time, text }: LogLine, match: Matcher): LogMatch | undefined {
  const shown = stripAnsi(text).trimEnd();
  const found = match(shown);
  if (found === undefined) return undefined;
  const from = Math.max(0, found.start - BEFORE_LENGTH);
  const excerpt = shown.slice(from, from + EXCERPT_LENGTH);
  const start = found.start - from;
  return { line: number, time, excerpt, start, end: Math.min(found.end - from, excerpt.length) };
}
