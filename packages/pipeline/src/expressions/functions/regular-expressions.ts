/**
 * Regular expressions: Java's dialect as far as RE2 has it (no look-around, no back-references), in linear time.
 * Compiling depends on the pattern alone, so the results are kept in a bounded memo.
 */
import { RE2JS } from 're2js';
import { Failure, shorten } from '../errors.ts';
import {
  REGEX_CACHE_ENTRIES_MAX,
  REGEX_LENGTH_MAX,
  REGEX_PROGRAM_MAX,
  REGEX_WORK_PER_STEP,
  STEPS_PER_INSTRUCTION,
} from '../limits.ts';
import type { Budget } from '../operands.ts';

const compiled = new Map<string, RE2JS>();

/** Compiles a pattern, refusing what is wrong or too large. `dotAll` lets `.` match line breaks. Throws `Failure`. */
export function compileRegex(pattern: string, dotAll = false): RE2JS {
  const key = `${dotAll ? 's' : '-'}${pattern}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const fresh = compile(pattern, dotAll);
  const oldest = compiled.size >= REGEX_CACHE_ENTRIES_MAX ? compiled.keys().next() : undefined;
  if (oldest?.done === false) compiled.delete(oldest.value);
  compiled.set(key, fresh);
  return fresh;
}

function compile(pattern: string, dotAll: boolean): RE2JS {
  if (pattern.length > REGEX_LENGTH_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `a regular expression is longer than ${REGEX_LENGTH_MAX} characters`);
  }
  if (writtenOutSize(pattern) > REGEX_PROGRAM_MAX) {
    throw new Failure(
      'EXPRESSION_LIMIT',
      `the regular expression "${shorten(pattern, 100)}" is too large: its repetitions multiply`,
    );
  }
  try {
    return RE2JS.compile(pattern, dotAll ? RE2JS.DOTALL : 0);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new Failure(
      'EXPRESSION_VALUE',
      `"${shorten(pattern, 100)}" is not a regular expression Bridle can run: ${shorten(reason)}`,
    );
  }
}

/** The number of atoms once counted repetitions are written out: what compiling costs. Read leniently; RE2 judges the syntax. */
function writtenOutSize(pattern: string): number {
  const groups: { total: number; last: number }[] = [];
  let group = { total: 0, last: 0 };
  const atom = (size: number): void => {
    group.total += group.last;
    group.last = size;
  };
  for (const [token, least = '0', most = '0'] of pattern.matchAll(ATOM)) {
    if (token === '(') {
      groups.push(group);
      group = { total: 0, last: 0 };
    } else if (token === ')') {
      const size = group.total + group.last + 1;
      group = groups.pop() ?? { total: 0, last: 0 };
      atom(size);
    } else if (token.length > 1 && token.startsWith('{')) {
      group.last *= Math.max(1, Number(least), Number(most === '' ? '0' : most));
    } else atom(1);
  }
  return [...groups, group].reduce((size, { total, last }) => size + total + last, 0);
}

/** One of: an escaped character, a character class, a counted repetition, any other character. */
const ATOM = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|[\s\S]/g;

/** The compiled pattern, paid for running over `text` once. */
export function regexOver(pattern: string, text: string, budget: Budget, dotAll = false): RE2JS {
  const regex = compileRegex(pattern, dotAll);
  budget.spend(regex.programSize() * (STEPS_PER_INSTRUCTION + text.length / REGEX_WORK_PER_STEP));
  return regex;
}

export function matchesWhole(pattern: string, text: string, budget: Budget, dotAll = false): boolean {
  return regexOver(pattern, text, budget, dotAll).matches(text);
}
