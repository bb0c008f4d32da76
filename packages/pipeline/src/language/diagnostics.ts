/**
 * Diagnostics: a user's mistake is a value with a stable code, a place, a text and a hint. They are collected, never thrown.
 */
import type { DiagnosticCode } from './diagnostic-codes.ts';

/** A place in the YAML text the author wrote. Lines and columns are 1-based, offsets 0-based UTF-16 units; `end` is exclusive. */
export interface SourceRange {
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

export interface SourcePosition {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  /** The document the position is in, such as `template org.build 1.2`; absent = the document that was asked about. */
  readonly document?: string;
}

/** What a diagnostic prevents: saving (and so running), running only, or nothing (a warning). */
export type Blocks = 'save' | 'run' | 'nothing';

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly blocks: Blocks;
  /** Names the thing and what is wrong with it, in one sentence. */
  readonly message: string;
  /** The next step, when one is known. */
  readonly hint?: string;
  readonly range: SourceRange;
  /** Where in the document, as `pipeline.stages[0].stage.identifier`. */
  readonly path: string;
  /** Set when `range` is not in the document itself: `inputs` for the supplied inputs, else the name of a referenced document. */
  readonly document?: string;
}

/** Where a diagnostic points. */
export interface Place {
  readonly path: string;
  readonly range: SourceRange;
}

export const START_OF_TEXT: SourceRange = {
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1, offset: 0 },
};

/** No document needs more to be understood; the rest would only cost memory. The first that blocks is always kept. */
export const DIAGNOSTICS_MAX = 1000;

/** Collects the diagnostics of one document. */
export class Findings {
  readonly #list: Diagnostic[] = [];
  readonly #document: string | undefined;

  constructor(document?: string) {
    this.#document = document;
  }

  add(code: DiagnosticCode, blocks: Blocks, place: Place, message: string, hint?: string): void {
    if (this.#list.length >= DIAGNOSTICS_MAX && (blocks === 'nothing' || isBlocked(this.#list, blocks))) return;
    const document = place.range.start.document ?? this.#document;
    this.#list.push({
      code,
      blocks,
      message,
      ...(hint === undefined ? {} : { hint }),
      range: place.range,
      path: place.path,
      ...(document === undefined ? {} : { document }),
    });
  }

  addAll(diagnostics: readonly Diagnostic[]): void {
    this.#list.push(...diagnostics);
  }

  /** Document by document as they were met, each in the order of its text; what has the same place stays in the order it was found. */
  list(): readonly Diagnostic[] {
    const documents = [...new Set([undefined, ...this.#list.map(({ document }) => document)])];
    const rank = new Map(documents.map((document, index) => [document, index]));
    const rankOf = ({ document }: Diagnostic): number => rank.get(document) ?? 0;
    return this.#list.toSorted((a, b) => rankOf(a) - rankOf(b) || a.range.start.offset - b.range.start.offset);
  }
}

/** Does anything in the list prevent this? What prevents saving prevents running too. */
export function isBlocked(diagnostics: readonly Diagnostic[], what: 'save' | 'run'): boolean {
  return diagnostics.some(({ blocks }) => blocks === 'save' || (what === 'run' && blocks === 'run'));
}
