/** Small questions about nodes of a source. */
import type { SourceMap, SourceNode } from './source.ts';
import type { Yaml } from './yaml-value.ts';

export function isNothing(node: SourceNode | undefined): boolean {
  return node === undefined || (node.kind === 'scalar' && node.value === null);
}

export function textOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

export function mapOf(node: SourceNode | undefined): SourceMap | undefined {
  return node?.kind === 'map' ? node : undefined;
}

/** A list, or one thing that stands for a list of one. */
export function itemsOf(node: SourceNode | undefined): readonly SourceNode[] {
  if (node === undefined || isNothing(node)) return [];
  return node.kind === 'list' ? node.items : [node];
}

/** The scalars of a list, lists inside of it included. */
export function textsOf(node: SourceNode | undefined): readonly string[] {
  return itemsOf(node).flatMap((item) => (item.kind === 'list' ? textsOf(item) : (textOf(item) ?? [])));
}

/** As YAML 1.1 reads it too, which some of the systems speak. */
export function flagOf(node: SourceNode | undefined): boolean | undefined {
  const text = textOf(node)?.toLowerCase();
  if (text === 'true' || text === 'yes' || text === 'on') return true;
  return text === 'false' || text === 'no' || text === 'off' ? false : undefined;
}

/** The value as it stands, numbers with their spelling. */
export function valueOf(node: SourceNode): Yaml {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'number' && String(node.value) !== node.text ? node.text : node.value;
    case 'list':
      return node.items.map(valueOf);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, valueOf(value)]));
  }
}

const LABEL_LENGTH_MAX = 160;

/** One line of text for reports. Values that may be secrets are not repeated. */
export function describe(node: SourceNode): string {
  const line = brief(node).replaceAll(/\s+/g, ' ').trim();
  return line.length > LABEL_LENGTH_MAX ? `${line.slice(0, LABEL_LENGTH_MAX - 1)}…` : line;
}

const SECRET_KEY = /passw|token|secret|credential|private|api[-_]?key|hmac|^data$/i;

export function mayBeSecret(key: string): boolean {
  return SECRET_KEY.test(key);
}

function brief(node: SourceNode): string {
  switch (node.kind) {
    case 'scalar':
      return node.text;
    case 'list':
      return `[${node.items.map(brief).join(', ')}]`;
    case 'map': {
      const entries = [...node.entries.values()];
      return `{${entries.map(({ key, value }) => `${key}: ${mayBeSecret(key) ? '…' : brief(value)}`).join(', ')}}`;
    }
  }
}
