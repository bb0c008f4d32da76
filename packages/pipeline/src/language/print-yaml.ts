/** Positioned tree → YAML text that reads back as the same tree. Scalars keep the spelling they were written with. */
import type { Value } from '../expressions/values.ts';
import { START_OF_TEXT } from './diagnostics.ts';
import { indexPath, keyPath, type MapEntry, type ScalarNode, type YamlNode } from './yaml-node.ts';

/** A tree from plain data, without places of its own. */
export function fromValue(value: Value, path: string): YamlNode {
  const range = START_OF_TEXT;
  if (Array.isArray(value)) {
    return {
      kind: 'list',
      items: value.map((item: Value, index) => fromValue(item, indexPath(path, index))),
      path,
      range,
    };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, entry]): [string, MapEntry] => [
      key,
      { key, keyRange: range, value: fromValue(entry, keyPath(path, key)) },
    ]);
    return { kind: 'map', entries: new Map(entries), path, range };
  }
  const scalar = value as Exclude<Value, object>;
  return {
    kind: 'scalar',
    value: scalar,
    text: scalar === null ? '' : String(scalar),
    style: typeof scalar === 'string' ? 'quoted' : 'plain',
    path,
    range,
  };
}

/** Block style, two blanks deep, ends with a line break. */
export function printYaml(node: YamlNode): string {
  const lines: string[] = [];
  printBlock(node, '', lines);
  return `${lines.join('\n')}\n`;
}

/** One line, fit for any place where a value may stand. */
export function printInline(node: YamlNode): string {
  switch (node.kind) {
    case 'scalar':
      return printScalar(node, PLAIN_IN_FLOW);
    case 'list':
      return `[${node.items.map(printInline).join(', ')}]`;
    case 'map':
      return `{${[...node.entries.values()].map(({ key, value }) => `${printKey(key)}: ${printInline(value)}`).join(', ')}}`;
  }
}

/** Texts that need no quotes: they begin with a letter, `_` or `<`, and hold nothing that YAML reads. */
const PLAIN_IN_FLOW = /^[A-Za-z_<](?:[\w<>+()./$=^~@;-]| (?=[\w<(]))*$/;
const PLAIN_IN_BLOCK = /^[A-Za-z_<](?:[\w<>+().,/$=^~@;-]| (?=[\w<(]))*$/;
const SPECIAL = /^(?:true|false|null)$/i;
/** Texts that a literal block shows faithfully. */
const LITERAL = /^[^\s\p{C}][^\p{Cc}\p{Cs}\uFEFF\u2028\u2029]*(?:\n[^\p{Cc}\p{Cs}\uFEFF\u2028\u2029]*)*$/u;

function printBlock(node: YamlNode, indent: string, lines: string[]): void {
  switch (node.kind) {
    case 'scalar':
      lines.push(indent + printScalar(node, PLAIN_IN_BLOCK));
      return;
    case 'list':
      if (node.items.length === 0) lines.push(`${indent}[]`);
      for (const item of node.items) printUnder(`${indent}-`, item, indent, lines, true);
      return;
    case 'map':
      if (node.entries.size === 0) lines.push(`${indent}{}`);
      for (const { key, value } of node.entries.values())
        printUnder(`${indent}${printKey(key)}:`, value, indent, lines, false);
  }
}

/** A value after its key or list marker: on the same line when it is one, else below. */
function printUnder(head: string, node: YamlNode, indent: string, lines: string[], isItem: boolean): void {
  const isLeaf = node.kind === 'scalar' || (node.kind === 'list' ? node.items.length === 0 : node.entries.size === 0);
  const literal = node.kind === 'scalar' ? printLiteral(node, `${indent}  `) : undefined;
  if (literal !== undefined) lines.push(`${head} ${literal}`);
  else if (isLeaf)
    lines.push(`${head} ${node.kind === 'scalar' ? printScalar(node, PLAIN_IN_BLOCK) : printInline(node)}`);
  else if (isItem) {
    const first = lines.length;
    printBlock(node, `${indent}  `, lines);
    lines[first] = `${head} ${(lines[first] ?? '').slice(indent.length + 2)}`;
  } else {
    lines.push(head);
    // Lists stand under their key without further indentation, as Harness writes them.
    printBlock(node, node.kind === 'list' ? indent : `${indent}  `, lines);
  }
}

function printLiteral({ value }: ScalarNode, indent: string): string | undefined {
  if (typeof value !== 'string' || !value.includes('\n') || !LITERAL.test(value)) return undefined;
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  if (body === '' || body.endsWith('\n')) return undefined;
  const lines = body.split('\n').map((line) => (line === '' ? '' : indent + line));
  return [value.endsWith('\n') ? '|' : '|-', ...lines].join('\n');
}

function printScalar({ value, text }: ScalarNode, plain: RegExp): string {
  switch (typeof value) {
    case 'string':
      return plain.test(value) && !SPECIAL.test(value) ? value : quote(value);
    case 'number':
    case 'boolean':
      return text;
    default:
      return 'null';
  }
}

function printKey(key: string): string {
  return PLAIN_IN_FLOW.test(key) && !SPECIAL.test(key) && key !== '<<' ? key : quote(key);
}

/** JSON's texts are YAML's double-quoted ones, but for characters that JSON leaves bare. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
