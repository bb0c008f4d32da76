/** `--json`: exactly one document on standard output; `--json=a,b` selects fields of it. */
import type { Stream } from '../terminal/terminal.ts';
import type { OptionDefinition } from './command.ts';
import { UsageError } from './usage-error.ts';

export const JSON_OPTION: OptionDefinition = {
  flags: '--json [fields]',
  description: 'print one JSON document; --json=a,b selects fields',
};

/** Commander would take the word after a bare `--json` for its value. */
export function closeJsonOption(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => (word === '--json' && (end < 0 || index < end) ? '--json=' : word));
}

/**
 * @param fields - those of the document, or of each of its elements where it is a list; empty = all
 * @throws UsageError for a field that is not there
 */
export async function printJson(out: Stream, document: object, fields: readonly string[]): Promise<void> {
  await out.line(JSON.stringify(select(document, fields), undefined, 2));
}

/** The same without printing; for streams of documents. */
export function select(document: object, fields: readonly string[]): unknown {
  if (fields.length === 0) return document;
  if (Array.isArray(document)) return document.map((each: object) => select(each, fields));
  const known = Object.keys(document);
  return Object.fromEntries(
    fields.map((field) => {
      if (!known.includes(field)) {
        throw new UsageError(`There is no field "${field}" to print.`, `Fields: ${known.join(', ')}.`);
      }
      return [field, Reflect.get(document, field)];
    }),
  );
}
