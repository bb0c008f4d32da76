import type { Diagnostic } from '@bridle/pipeline';
import { isError, type DescribedSource } from '../diagnostics/describe-diagnostic.ts';

/** One document with what was found in it. */
export interface CheckedFile {
  /** As it is shown. */
  readonly name: string;
  readonly findings: readonly Finding[];
}

/** A diagnostic, and the text it points into: another document's where a template is at fault. */
export interface Finding {
  readonly diagnostic: Diagnostic;
  readonly source: DescribedSource | undefined;
}

export interface Counts {
  readonly files: number;
  readonly errors: number;
  readonly warnings: number;
}

export function count(checked: readonly CheckedFile[]): Counts {
  const all = checked.flatMap(({ findings }) => findings);
  const errors = all.filter(({ diagnostic }) => isError(diagnostic)).length;
  return { files: checked.length, errors, warnings: all.length - errors };
}

export function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
