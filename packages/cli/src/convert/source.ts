/**
 * The source as a tree with places: aliases followed, merge keys filled in, scalars with their spelling. One tree per document.
 */
import type { Diagnostic, DiagnosticCode } from '@bridle/pipeline';
import { YAML_LENGTH_MAX } from '@bridle/pipeline';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

/** In the text: line and column 1-based, offset 0-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface SourceScalar {
  readonly kind: 'scalar';
  /** As written, without quotes; the empty text for nothing. */
  readonly text: string;
  readonly value: string | number | boolean | null;
  readonly place: Place;
}

export interface SourceList {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
  /** A tag of the system's own, such as `!reference`. */
  readonly tag?: string;
  readonly place: Place;
}

export interface SourceEntry {
  readonly key: string;
  readonly place: Place;
  readonly value: SourceNode;
}

export interface SourceMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, SourceEntry>;
  readonly place: Place;
}

export type SourceNode = SourceScalar | SourceList | SourceMap;

export type LoadedSource =
  | { readonly kind: 'loaded'; readonly documents: readonly SourceMap[] }
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] };

/** Nodes after aliases are followed: what is larger is no pipeline but an attack on the reader. */
const NODES_MAX = 100_000;
const DEPTH_MAX = 100;

export function loadSource(text: string): LoadedSource {
  if (text.length > YAML_LENGTH_MAX)
    return refuse('YAML_TOO_LARGE', START, `The text is longer than ${String(YAML_LENGTH_MAX)} characters.`);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, offset };
  };
  const errors = documents.flatMap((document) => document.errors);
  if (errors.length > 0) {
    const diagnostics = errors.map((error) =>
      diagnostic(
        error.code === 'DUPLICATE_KEY' ? 'YAML_DUPLICATE_KEY' : 'YAML_SYNTAX',
        place(error.pos[0]),
        error.code === 'DUPLICATE_KEY' ? 'This key is there twice.' : `The text is not valid YAML: ${error.message}`,
      ),
    );
    return { kind: 'refused', diagnostics };
  }
  const reader = new Reader(place);
  const roots: SourceMap[] = [];
  for (const document of documents) {
    if (document.contents === null) continue;
    const root = reader.read(document.contents as Node, document, 0);
    if (reader.problem !== undefined) return { kind: 'refused', diagnostics: [reader.problem] };
    if (root.kind !== 'map') return refuse('STRUCTURE_INVALID', root.place, 'The document must be a map.');
    roots.push(root);
  }
  if (roots.length === 0) return refuse('ROOT_KEY_MISSING', START, 'The text is empty.');
  return { kind: 'loaded', documents: roots };
}

export const START: Place = { line: 1, column: 1, offset: 0 };

export function diagnostic(code: DiagnosticCode, place: Place, message: string, hint?: string): Diagnostic {
  const range = { start: place, end: { ...place, column: place.column + 1, offset: place.offset + 1 } };
  return { code, blocks: 'save', message, range, path: '', ...(hint === undefined ? {} : { hint }) };
}

export function refuse(
  code: DiagnosticCode,
  place: Place,
  message: string,
  hint?: string,
): { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] } {
  return { kind: 'refused', diagnostics: [diagnostic(code, place, message, hint)] };
}

class Reader {
  readonly #place: (offset: number) => Place;
  #left = NODES_MAX;
  /** Set when the text cannot be used; what was read until then is of no use. */
  problem: Diagnostic | undefined;

  constructor(place: (offset: number) => Place) {
    this.#place = place;
  }

  read(node: Node | null, document: Document, depth: number): SourceNode {
    const place = this.#place(node?.range?.[0] ?? 0);
    this.#left -= 1;
    if (this.#left < 0 || depth > DEPTH_MAX)
      this.problem ??= diagnostic(
        'YAML_TOO_LARGE',
        place,
        'The text is nested too deeply, or grows too large by its aliases.',
      );
    if (node === null || this.problem !== undefined) return { kind: 'scalar', text: '', value: null, place };
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined)
        this.problem = diagnostic('YAML_ALIAS', place, `There is no anchor ${node.source} before this alias.`);
      return this.read(target ?? null, document, depth + 1);
    }
    if (isMap(node)) return { kind: 'map', entries: this.#entries(node, document, depth), place };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.read(item as Node | null, document, depth + 1));
      return { kind: 'list', items, place, ...(node.tag?.startsWith('!') === true ? { tag: node.tag } : {}) };
    }
    return isScalar(node) ? readScalar(node, place) : { kind: 'scalar', text: '', value: null, place };
  }

  #entries(map: YAMLMap, document: Document, depth: number): ReadonlyMap<string, SourceEntry> {
    const own = new Map<string, SourceEntry>();
    const merged: SourceMap[] = [];
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const place = this.#place(pair.key.range?.[0] ?? 0);
      const key = this.read(pair.key, document, depth + 1);
      const value = this.read(pair.value, document, depth + 1);
      if (key.kind !== 'scalar') {
        this.problem ??= diagnostic('YAML_KEY_NOT_TEXT', place, 'This key is not text.');
        continue;
      }
      if (key.text === '<<') merged.push(...mapsOf(value));
      else own.set(key.text, { key: key.text, place, value });
    }
    if (merged.length === 0) return own;
    // What is written here wins, then the first of the merged maps.
    const all = new Map<string, SourceEntry>();
    for (const source of merged.toReversed()) for (const [key, entry] of source.entries) all.set(key, entry);
    for (const [key, entry] of own) all.set(key, entry);
    return all;
  }
}

function mapsOf(node: SourceNode): readonly SourceMap[] {
  if (node.kind === 'map') return [node];
  return node.kind === 'list' ? node.items.flatMap(mapsOf) : [];
}

function readScalar(node: { readonly value: unknown; readonly source?: string }, place: Place): SourceScalar {
  const { value, source } = node;
  if (typeof value === 'string') return { kind: 'scalar', text: value, value, place };
  if (typeof value === 'number' || typeof value === 'boolean')
    return { kind: 'scalar', text: source ?? String(value), value, place };
  return { kind: 'scalar', text: '', value: null, place };
}
