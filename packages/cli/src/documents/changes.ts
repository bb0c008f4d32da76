/** What a document would change on a server, and how that is shown. */
import type { Raw } from '@bridle/sdk';
import { createTwoFilesPatch } from 'diff';
import { parse, stringify } from 'yaml';
import { withoutEmpty } from './field-keepings.ts';
import type { GivenDocument } from './given-documents.ts';
import { describePlace } from './kinds.ts';
import { recordOf, type Json } from './server-calls.ts';
import { findDocument, KEEPINGS } from './server-documents.ts';

export type Action = 'create' | 'update' | 'keep';

export interface Change {
  readonly document: GivenDocument;
  readonly action: Action;
  /** Unified, without its two lines of file names; empty where nothing changes. */
  readonly diff: string;
}

const CONTEXT_LINES = 3;
const HIDDEN = '(not shown)';

export async function findChange(raw: Raw, document: GivenDocument): Promise<Change> {
  const kept = await findDocument(raw, document.place);
  const { before, after } = comparable(document, kept);
  if (kept === undefined) return { document, action: 'create', diff: diffOf(document, '', after) };
  return before === after
    ? { document, action: 'keep', diff: '' }
    : { document, action: 'update', diff: diffOf(document, before, after) };
}

/** Of kinds that are kept as fields, only what the text speaks of is compared: the rest is the server's choice. */
function comparable(
  { kind, text }: GivenDocument,
  kept: string | undefined,
): { readonly before: string; readonly after: string } {
  if (KEEPINGS[kind.name].isMadeOfFields !== true) return { before: ending(kept ?? ''), after: ending(text) };
  const after = withoutEmpty(fieldsOf(kind.rootKey, text));
  const before = restrict(withoutEmpty(fieldsOf(kind.rootKey, kept ?? '')), after);
  const shown = (fields: unknown): string =>
    stringify({ [kind.rootKey]: hideValue(kind.name, fields) }, { lineWidth: 0 });
  return { before: kept === undefined ? '' : shown(before), after: shown(after) };
}

/** A line at the end is no change. */
function ending(text: string): string {
  return text === '' ? '' : `${text.trimEnd()}\n`;
}

function fieldsOf(root: string, text: string): Json {
  return recordOf(recordOf(text === '' ? {} : parse(text))[root]);
}

/** What `kept` has of the names that `wanted` has, in the order of those. */
function restrict(kept: unknown, wanted: unknown): unknown {
  if (!isRecord(kept) || !isRecord(wanted)) return kept;
  const names = Object.keys(wanted).filter((name) => name in kept);
  return Object.fromEntries(names.map((name) => [name, restrict(kept[name], wanted[name])]));
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Nobody can say whether a secret has this value already: it is set anew, and shown as that. */
function hideValue(kind: string, fields: unknown): unknown {
  if (kind !== 'secret' || !isRecord(fields) || !isRecord(fields['spec']) || !('value' in fields['spec']))
    return fields;
  return { ...fields, spec: { ...fields['spec'], value: HIDDEN } };
}

function diffOf(document: GivenDocument, before: string, after: string): string {
  const name = describePlace(document.place);
  const patch = createTwoFilesPatch(name, name, before, after, '', '', { context: CONTEXT_LINES });
  // The head names what is said above it anyway.
  return patch.slice(patch.indexOf('@@')).trimEnd();
}
