/** Methods of text that take a regular expression, with Java's rules for empty matches, trailing parts and `$1`. */
import { Failure } from '../errors.ts';
import { STEPS_PER_MATCH, VALUE_SIZE_MAX } from '../limits.ts';
import type { Budget } from '../operands.ts';
import { regexOver } from './regular-expressions.ts';

const ONE_PLAIN_CHARACTER = /^(?:[^.$|()[{^?*+\\]|\\[^a-zA-Z0-9])$/;

/**
 * Java's `split`: the separator is a regular expression; trailing empty parts are removed unless a limit is given (positive: at
 * most so many parts; negative: all); an empty match at the beginning makes no part; without a match the text itself.
 */
export function split(text: string, separator: string, limit: number, budget: Budget): readonly string[] {
  budget.spendOn(text.length);
  const parts =
    limit === 0 && ONE_PLAIN_CHARACTER.test(separator)
      ? text.split(separator.at(-1) ?? '')
      : splitByRegex(text, separator, limit, budget);
  budget.spend(parts.length);
  if (limit !== 0 || parts.length === 1) return parts;
  let length = parts.length;
  while (length > 0 && parts[length - 1] === '') length--;
  return parts.slice(0, length);
}

function splitByRegex(text: string, separator: string, limit: number, budget: Budget): string[] {
  const matcher = regexOver(separator, text, budget).matcher(text);
  const parts: string[] = [];
  let from = 0;
  while ((limit <= 0 || parts.length < limit - 1) && matcher.find()) {
    budget.spend(STEPS_PER_MATCH);
    const isEmptyAtStart = matcher.start() === 0 && matcher.end() === 0;
    if (isEmptyAtStart) continue;
    parts.push(text.slice(from, matcher.start()));
    from = matcher.end();
  }
  parts.push(text.slice(from));
  return parts;
}

export function replaceAll(text: string, pattern: string, replacement: string, budget: Budget): string {
  return replaceMatches(text, pattern, replacement, budget, false);
}

export function replaceFirst(text: string, pattern: string, replacement: string, budget: Budget): string {
  return replaceMatches(text, pattern, replacement, budget, true);
}

function replaceMatches(
  text: string,
  pattern: string,
  replacement: string,
  budget: Budget,
  onlyFirst: boolean,
): string {
  const matcher = regexOver(pattern, text, budget).matcher(text);
  const pieces = readReplacement(replacement);
  let result = '';
  let from = 0;
  while (matcher.find()) {
    budget.spend(STEPS_PER_MATCH + pieces.length);
    result += text.slice(from, matcher.start());
    for (const piece of pieces) result += typeof piece === 'string' ? piece : group(piece.group, matcher);
    if (result.length > VALUE_SIZE_MAX)
      throw new Failure('EXPRESSION_LIMIT', `a value is larger than ${VALUE_SIZE_MAX} characters`);
    from = matcher.end();
    if (onlyFirst) break;
  }
  return result + text.slice(from);
}

function group(
  group: number | string,
  matcher: { groupCount(): number; group(group: number | string): string | null },
): string {
  if (typeof group === 'number' && group > matcher.groupCount()) {
    throw new Failure(
      'EXPRESSION_VALUE',
      `the replacement names group ${group}, which the regular expression does not have`,
    );
  }
  try {
    return matcher.group(group) ?? '';
  } catch {
    throw new Failure(
      'EXPRESSION_VALUE',
      `the replacement names group "${group}", which the regular expression does not have`,
    );
  }
}

/** Java's replacement text: `$1`, `${name}`, and a backslash that takes the next character as it is. */
function readReplacement(replacement: string): readonly (string | { readonly group: number | string })[] {
  const pieces: (string | { readonly group: number | string })[] = [];
  let at = 0;
  while (at < replacement.length) {
    const token = /^(?:\$(\d)|\$\{([a-zA-Z]\w*)\}|\\([\s\S])|([^$\\]+))/.exec(replacement.slice(at));
    if (token === null) {
      throw new Failure(
        'EXPRESSION_VALUE',
        'in a replacement "$" names a group and "\\" takes the next character as it is: write "\\$" or "\\\\"',
      );
    }
    const [whole, digit, name, escaped, plain] = token;
    if (digit !== undefined) pieces.push({ group: Number(digit) });
    else if (name !== undefined) pieces.push({ group: name });
    else pieces.push(escaped ?? plain ?? '');
    at += whole.length;
  }
  return pieces;
}
