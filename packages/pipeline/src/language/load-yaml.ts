/**
 * YAML text → positioned tree, leniently: YAML 1.2 core rules (`on` and `yes` stay text), numbers keep their spelling,
 * anchors, aliases and merge keys are expanded. Never throws; what is wrong is a diagnostic. Every size has a limit.
 */
import {
  Composer,
  LineCounter,
  Parser,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { Findings, START_OF_TEXT, type Diagnostic, type SourceRange } from './diagnostics.ts';
import {
  indexPath,
  keyPath,
  type ListNode,
  type MapEntry,
  type MapNode,
  type ScalarNode,
  type YamlNode,
  relocate,
} from './yaml-node.ts';
import { explainYamlError } from './yaml-errors.ts';

/** Harness's limit for a compiled document: 3 MB. Counted in UTF-16 units, which is never more than the bytes. */
export const YAML_LENGTH_MAX = 3 * 1024 * 1024;
/** Real pipelines nest about 30 deep; recursion below is safe at this depth. */
export const YAML_DEPTH_MAX = 200;
/** Nodes after aliases are expanded: what keeps "a billion laughs" small. */
export const YAML_NODES_MAX = 200_000;

export interface LoadedYaml {
  /** Absent when the text is empty or cannot be read at all. */
  readonly root?: YamlNode;
  /** The tree holds expanded copies, so that places in the text are not one-to-one with nodes. */
  readonly hasAliases: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** `document` names the text in diagnostics and in the places of its nodes; absent = the document that is asked about. */
export function loadYaml(text: string, document?: string): LoadedYaml {
  const findings = new Findings(document);
  const refuse = (code: 'YAML_TOO_LARGE' | 'YAML_TOO_DEEP', message: string): LoadedYaml => {
    findings.add(code, 'save', { path: '', range: START_OF_TEXT }, message);
    return { hasAliases: false, diagnostics: findings.list() };
  };
  if (text.length > YAML_LENGTH_MAX) {
    return refuse(
      'YAML_TOO_LARGE',
      `The document has ${String(text.length)} characters; ${String(YAML_LENGTH_MAX)} are the limit.`,
    );
  }
  const lines = new LineCounter();
  const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, logLevel: 'silent' });
  const [parsed, second] = composer.compose(new Parser(lines.addNewLine).parse(text), true, text.length);
  const places = new Places(lines, document);
  for (const error of parsed?.errors ?? []) {
    const { code, message, hint } = explainYamlError(error.code);
    findings.add(code, 'save', { path: '', range: places.between(error.pos[0], error.pos[1]) }, message, hint);
  }
  for (const warning of parsed?.warnings ?? []) {
    const { code, message } = explainYamlError(warning.code);
    findings.add(code, 'nothing', { path: '', range: places.between(warning.pos[0], warning.pos[1]) }, message);
  }
  if (second !== undefined) {
    const { code, message, hint } = explainYamlError('MULTIPLE_DOCS');
    findings.add(code, 'save', { path: '', range: places.between(second.range[0], second.range[0]) }, message, hint);
  }
  // After a syntax error the library's tree is a guess: reading on would only bury the cause.
  if ((parsed?.errors.length ?? 0) > 0 || parsed === undefined || parsed.contents === null) {
    return { hasAliases: false, diagnostics: findings.list() };
  }
  const converter = new Converter(places, findings);
  try {
    const root = converter.convert(parsed.contents, '', 0);
    return { root, hasAliases: converter.hasAliases, diagnostics: findings.list() };
  } catch (error) {
    if (error instanceof LimitReached) return refuse(error.code, error.message);
    throw error;
  }
}

/** Leaves the recursion when a limit is reached; never leaves this file. */
class LimitReached extends Error {
  readonly code: 'YAML_TOO_LARGE' | 'YAML_TOO_DEEP';

  constructor(code: 'YAML_TOO_LARGE' | 'YAML_TOO_DEEP', message: string) {
    super(message);
    this.code = code;
  }
}

class Places {
  readonly #lines: LineCounter;
  readonly #document: { readonly document?: string };

  constructor(lines: LineCounter, document: string | undefined) {
    this.#lines = lines;
    this.#document = document === undefined ? {} : { document };
  }

  between(start: number, end: number): SourceRange {
    return { start: this.#at(start), end: this.#at(Math.max(start, end)) };
  }

  of(node: { readonly range?: readonly [number, number, number] | null | undefined }): SourceRange {
    const [start, end] = node.range ?? [0, 0];
    return this.between(start, end);
  }

  #at(offset: number): SourceRange['start'] {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), offset, ...this.#document };
  }
}

/** What a collection's parts may be; the library leaves keys and values `null` where nothing was written. */
type Part = ParsedNode | Alias | null;

class Converter {
  readonly #places: Places;
  readonly #findings: Findings;
  /** Anchors whose node is complete, so that a circular alias is simply unknown. */
  readonly #anchors = new Map<string, Part>();
  #nodes = 0;
  hasAliases = false;

  constructor(places: Places, findings: Findings) {
    this.#places = places;
    this.#findings = findings;
  }

  convert(node: Part, path: string, depth: number): YamlNode {
    this.#nodes += 1;
    if (this.#nodes > YAML_NODES_MAX) {
      throw new LimitReached(
        'YAML_TOO_LARGE',
        `The document has more than ${String(YAML_NODES_MAX)} values, aliases expanded.`,
      );
    }
    if (depth > YAML_DEPTH_MAX) {
      throw new LimitReached('YAML_TOO_DEEP', `The document is nested deeper than ${String(YAML_DEPTH_MAX)} levels.`);
    }
    if (isAlias(node)) return this.#alias(node, path, depth);
    const converted = this.#own(node, path, depth);
    if (node?.anchor !== undefined) this.#anchors.set(node.anchor, node);
    return converted;
  }

  #own(node: Exclude<Part, Alias>, path: string, depth: number): YamlNode {
    if (isMap(node)) return this.#map(node, path, depth);
    if (isSeq(node)) return this.#list(node, path, depth);
    if (isScalar(node)) return this.#scalar(node, path);
    return { kind: 'scalar', value: null, text: '', style: 'plain', path, range: START_OF_TEXT };
  }

  #alias(node: Alias, path: string, depth: number): YamlNode {
    this.hasAliases = true;
    const target = this.#anchors.get(node.source);
    if (target !== undefined) return this.convert(target, path, depth + 1);
    const place = { path, range: this.#places.of(node) };
    this.#findings.add(
      'YAML_ALIAS',
      'save',
      place,
      `The alias *${node.source} has no anchor &${node.source} before it.`,
      'Quote the text if it only begins with an asterisk.',
    );
    return { kind: 'scalar', value: null, text: '', style: 'plain', ...place };
  }

  #scalar(node: Scalar, path: string): ScalarNode {
    const { value } = node;
    const isKnown =
      value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const style =
      node.type === 'PLAIN' || node.type === undefined ? 'plain' : node.type.startsWith('BLOCK') ? 'block' : 'quoted';
    const written = style === 'plain' && node.source !== undefined ? node.source : String(value);
    // JSON has no infinity and no NaN: such a number is the text it was written as.
    const isWhole = isKnown && (typeof value !== 'number' || Number.isFinite(value));
    return {
      kind: 'scalar',
      value: isWhole ? value : written,
      text: value === null ? '' : written,
      style,
      path,
      range: this.#places.of(node),
    };
  }

  #list(node: YAMLSeq, path: string, depth: number): ListNode {
    const items = node.items.map((item, index) => this.convert(item as Part, indexPath(path, index), depth + 1));
    return { kind: 'list', items, path, range: this.#places.of(node) };
  }

  #map(node: YAMLMap, path: string, depth: number): MapNode {
    const entries = new Map<string, MapEntry>();
    const merged: MapEntry[] = [];
    for (const { key: keyPart, value: valuePart } of node.items) {
      const key = this.#key(keyPart as Part, path);
      if (key === undefined) continue;
      const at = keyPath(path, key.text);
      const found = this.convert((valuePart ?? null) as Part, at, depth + 1);
      // Nothing after the colon: the place of the key is the best one there is.
      const value = valuePart === null ? { ...found, range: key.range } : found;
      if (key.isMerge) {
        merged.push(...this.#mergeSources(value, path));
      } else if (entries.has(key.text)) {
        const message = `The key ${key.text} occurs twice in one map.`;
        this.#findings.add(
          'YAML_DUPLICATE_KEY',
          'save',
          { path: at, range: key.range },
          message,
          'Remove one of the two, or join them.',
        );
      } else {
        entries.set(key.text, { key: key.text, keyRange: key.range, value });
      }
    }
    // What the map says itself wins over what it merges, and earlier sources win over later ones.
    for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    return { kind: 'map', entries, path, range: this.#places.of(node) };
  }

  #key(
    part: Part,
    path: string,
  ): { readonly text: string; readonly isMerge: boolean; readonly range: SourceRange } | undefined {
    const target = isAlias(part) ? (this.#anchors.get(part.source) ?? null) : part;
    const range = part === null ? START_OF_TEXT : this.#places.of(part);
    if (isScalar(target)) {
      const { text, style } = this.#scalar(target, path);
      if (target.anchor !== undefined) this.#anchors.set(target.anchor, target);
      return { text, isMerge: text === '<<' && style === 'plain', range };
    }
    this.#findings.add(
      'YAML_KEY_NOT_TEXT',
      'save',
      { path, range },
      'A key must be a text, not a list or a map.',
      'Quote the key if it begins with { or [.',
    );
    return undefined;
  }

  /** The sources of `<<`: a map or a list of maps. Their entries get the paths of the map they are merged into. */
  #mergeSources(value: YamlNode, path: string): readonly MapEntry[] {
    this.hasAliases = true;
    const sources = value.kind === 'list' ? value.items : [value];
    const entries: MapEntry[] = [];
    for (const source of sources) {
      if (source.kind === 'map') {
        for (const entry of source.entries.values())
          entries.push({ ...entry, value: relocate(entry.value, keyPath(path, entry.key)) });
      } else {
        this.#findings.add(
          'YAML_ALIAS',
          'save',
          source,
          'The key << merges a map or a list of maps, and this is neither.',
        );
      }
    }
    return entries;
  }
}
