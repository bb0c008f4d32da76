/** Where things of a plan stand in the author's text. */
import type { ValuePath } from '../expressions/evaluate.ts';
import { find, findText, type YamlNode } from '../language/yaml-node.ts';

export interface TextPlace {
  readonly line: number;
  /** The text of a template, say; absent = the pipeline's own. */
  readonly document?: string;
}

/** The members of a node's address that are lists of things with identifiers. */
const LISTS: ReadonlySet<string> = new Set(['stages', 'steps', 'rollbackSteps']);
const ITEMS = ['stage', 'step', 'stepGroup'] as const;

/** The YAML map of a plan node; `undefined` for what Bridle has put there itself. `root` is the map under `pipeline`. */
export function findNodeYaml(root: YamlNode, fqn: string): YamlNode | undefined {
  const segments = fqn.split('.').slice(1);
  let node: YamlNode | undefined = root;
  for (let index = 0; index < segments.length && node !== undefined; index += 1) {
    const segment = segments[index] ?? '';
    if (segment === 'strategy') break;
    const next: YamlNode | undefined = find(node, segment);
    const identifier = segments[index + 1];
    if (LISTS.has(segment) && identifier !== undefined) {
      node = findItem(next, identifier);
      index += 1;
    } else node = next;
  }
  return node;
}

function findItem(list: YamlNode | undefined, identifier: string): YamlNode | undefined {
  if (list?.kind !== 'list') return undefined;
  for (const item of list.items) {
    const found = ITEMS.map((key) => find(item, key)).find((node) => findText(node, 'identifier') === identifier);
    const inner = found ?? findItem(find(item, 'parallel'), identifier);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** The line of an offset in a text below a node; as near as can be told. */
export function placeOf(node: YamlNode, path: ValuePath, text: string, offset: number): TextPlace {
  const leaf = deepest(node, path);
  const { start } = leaf.range;
  const isBlock = leaf.kind === 'scalar' && leaf.style === 'block';
  const lines = isBlock ? 1 + text.slice(0, offset).split('\n').length - 1 : 0;
  return { line: start.line + lines, ...(start.document === undefined ? {} : { document: start.document }) };
}

/** Items of lists are found by their position, or by their names. */
function deepest(node: YamlNode, path: ValuePath): YamlNode {
  let current = node;
  for (const key of path) {
    const next: YamlNode | undefined =
      current.kind === 'list'
        ? current.items.find((item, index) => index === Number(key) || findText(item, 'name') === String(key))
        : find(current, String(key));
    if (next === undefined) return current;
    current = next;
  }
  return current;
}
