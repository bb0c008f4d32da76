/** What Bridle makes of a document, by what its language has to say of it. Nothing is asked of a server here. */
import { readConnector, type Diagnostic } from '@bridle/pipeline';
import { placeKey, type GivenDocument } from '../documents/given-documents.ts';
import { describePlace, type Place } from '../documents/kinds.ts';
import { diagnosticsOf } from '../documents/mistakes.ts';
import { scopeQuery } from '../documents/server-calls.ts';

/** From the best to the worst; a document is as good as the worst that is said of it. */
export const VERDICTS = ['supported', 'emulated', 'ignored', 'refused'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Reason {
  readonly verdict: Exclude<Verdict, 'supported'>;
  readonly message: string;
  readonly code?: string;
  readonly hint?: string;
  /** In the file, from 1; absent where it is about the document as a whole. */
  readonly line?: number;
  readonly column?: number;
}

export interface Judged {
  readonly document: GivenDocument;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
}

/** In the same order; what belongs to something that is refused is refused with it. */
export function judgeAll(documents: readonly GivenDocument[]): readonly Judged[] {
  const refused = new Map<string, Place>();
  return documents.map((document) => {
    const reasons = [...reasonsOf(document), ...ofRefusedParent(document, refused)];
    const verdict = worstOf(reasons);
    if (verdict === 'refused') refused.set(placeKey(document.place), document.place);
    return { document, verdict, reasons };
  });
}

export function worstOf(reasons: readonly Pick<Reason, 'verdict'>[]): Verdict {
  const ranks = reasons.map(({ verdict }) => VERDICTS.indexOf(verdict));
  return VERDICTS[Math.max(0, ...ranks)] ?? 'supported';
}

function reasonsOf(document: GivenDocument): readonly Reason[] {
  if (document.kind.name === 'connector') return connectorReasons(document);
  return diagnosticsOf(document).map((diagnostic) => reasonOf(diagnostic, document));
}

function reasonOf(diagnostic: Diagnostic, { file: { linesBefore } }: GivenDocument): Reason {
  const { code, message, hint, range } = diagnostic;
  return {
    verdict: verdictOf(diagnostic),
    message,
    code,
    ...(hint === undefined ? {} : { hint }),
    line: range.start.line + linesBefore,
    column: range.start.column,
  };
}

/** What cannot be run is no pipeline to have; what has no effect says so by its code; all else is done in another way. */
export function verdictOf({ blocks, code }: Pick<Diagnostic, 'blocks' | 'code'>): Reason['verdict'] {
  if (blocks !== 'nothing') return 'refused';
  return code.endsWith('_IGNORED') ? 'ignored' : 'emulated';
}

function connectorReasons({ text, place }: GivenDocument): readonly Reason[] {
  const read = readConnector(text, scopeQuery(place));
  if (read.kind === 'read') return read.warnings.map((message) => ({ verdict: 'ignored', message }));
  return read.objections.map(({ field, reason }) => ({ verdict: 'refused', message: `${field} ${reason}.` }));
}

function ofRefusedParent({ kind, place }: GivenDocument, refused: ReadonlyMap<string, Place>): readonly Reason[] {
  const { parent } = place;
  if (parent === undefined || kind.parent === undefined) return [];
  const { kind: _, identifier: __, parent: ___, version: ____, ...scope } = place;
  const owner = refused.get(placeKey({ ...scope, kind: kind.parent.word, identifier: parent }));
  if (owner === undefined) return [];
  return [{ verdict: 'refused', message: `It belongs to the ${describePlace(owner)}, which is refused.` }];
}
