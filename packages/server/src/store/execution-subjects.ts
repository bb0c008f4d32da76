/** What executions are about, as JSON that an index knows. */
import { sql, type RawBuilder } from 'kysely';

/** One thing that a subject must say; any of the values will do. */
export interface SubjectCondition {
  readonly part: 'build' | 'deployment';
  readonly path: readonly string[];
  /** A list there, that has one of the values. */
  readonly isList?: true;
  readonly values: readonly string[];
}

export function isAbout({ part, path, isList, values }: SubjectCondition): RawBuilder<boolean> {
  const wanted = values.map((value) => {
    const text = subjectText(value);
    const leaf: unknown = isList === true ? [text] : text;
    return JSON.stringify({ [part]: path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), leaf) });
  });
  return sql<boolean>`subject @> any(${wanted}::jsonb[])`;
}

/** As it is kept: the database takes neither NUL nor half a character. */
export function subjectText(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}').toWellFormed();
}
