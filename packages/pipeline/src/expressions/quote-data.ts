/** Resolved values → text that means the same when it is resolved again: data never becomes an expression (S9). */
import type { SecretUse } from './evaluate.ts';
import type { Value } from './values.ts';

/** `<+` as an expression that gives `<`, and the rest of the mark as text. */
const QUOTED = '<+"<">+';

/**
 * For values that are handed to another resolution, such as the inputs of a chained pipeline. Uses of secrets
 * (`Resolution.secretRefs`) stay references; keys are kept as they are, because they are never resolved.
 */
export function quoteData(value: Value, secretRefs: readonly SecretUse[] = []): Value {
  if (typeof value === 'string')
    return quoteText(
      value,
      secretRefs.filter(({ path }) => path.length === 0),
    );
  if (typeof value !== 'object' || value === null) return value;
  const below = (key: string | number): readonly SecretUse[] =>
    secretRefs.flatMap(({ path: [first, ...path], ...use }) => (first === key ? [{ ...use, path }] : []));
  if (Array.isArray(value)) return (value as readonly Value[]).map((item, index) => quoteData(item, below(index)));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, quoteData(item, below(key))]));
}

function quoteText(text: string, uses: readonly SecretUse[]): string {
  let quoted = '';
  let at = 0;
  for (const { span } of uses.toSorted((a, b) => a.span.start - b.span.start)) {
    quoted += quoteMarks(text.slice(at, span.start)) + text.slice(span.start, span.end);
    at = span.end;
  }
  return quoted + quoteMarks(text.slice(at));
}

function quoteMarks(text: string): string {
  return text.replaceAll('<+', QUOTED);
}
