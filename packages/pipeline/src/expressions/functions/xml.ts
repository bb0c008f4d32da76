/** `xml.select`: reading XML text by XPath 1.0. Documents with a DTD are refused, so nothing in them is expanded or fetched. */
import { DOMParser } from '@xmldom/xmldom';
import { select } from 'xpath';
import { describe } from '../coerce.ts';
import { Failure, shorten } from '../errors.ts';
import { XML_DEPTH_MAX, XML_NODES_MAX, XML_PATH_LENGTH_MAX, XML_TEXT_LENGTH_MAX } from '../limits.ts';
import type { Operand } from '../operands.ts';
import type { Arguments } from './arguments.ts';

/** The text of the first node the path leads to, or what the path computes; null when it leads nowhere. */
export function xmlSelect(args: Arguments): Operand {
  const path = args.text(0);
  if (path.length > XML_PATH_LENGTH_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `an XML path is longer than ${XML_PATH_LENGTH_MAX} characters`);
  }
  const document = readXml(args.value(1), args);
  pay(path, orderNodes(document), args);
  let found: ReturnType<typeof select>;
  try {
    found = select(path, document);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new Failure('EXPRESSION_VALUE', `"${shorten(path, 100)}" is not an XML path: ${shorten(reason)}`);
  }
  if (typeof found === 'string' || typeof found === 'boolean') return found;
  if (typeof found === 'number') return Number.isFinite(found) ? found : null;
  return found?.[0]?.textContent ?? null;
}

/** The part of a document's node that is used here. */
interface XmlNode {
  readonly firstChild: XmlNode | null;
  readonly nextSibling: XmlNode | null;
  readonly parentNode: XmlNode | null;
  readonly attributes?: { readonly length: number; item(index: number): XmlNode | null } | null;
  compareDocumentPosition(other: XmlNode): number;
}

function readXml(source: Operand, args: Arguments): XmlNode {
  if (typeof source !== 'string') throw new Failure('EXPRESSION_VALUE', `XML text is needed, not ${describe(source)}`);
  if (source.length > XML_TEXT_LENGTH_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `XML text is longer than ${XML_TEXT_LENGTH_MAX} characters`);
  }
  if (source.includes('<!DOCTYPE') || source.includes('<!ENTITY')) {
    throw new Failure('EXPRESSION_VALUE', 'XML text with a document type declaration is not read');
  }
  args.budget.spend(source.length / 8);
  try {
    const refuse = (_level: string, message: string): never => {
      throw new Error(message);
    };
    return new DOMParser({ onError: refuse }).parseFromString(source.trim(), 'text/xml') as unknown as XmlNode;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new Failure('EXPRESSION_VALUE', `XML text is needed, but ${describe(source)} is none: ${shorten(reason)}`);
  }
}

const FOLLOWS = 4;
const PRECEDES = 2;

/**
 * Gives every node its place, so that two are compared at once: the library's own way to sort what a path leads to walks the
 * siblings for each pair. Returns the number of nodes.
 */
function orderNodes(document: XmlNode): number {
  const places = new Map<XmlNode, number>();
  const place = (node: XmlNode): void => {
    if (places.size >= XML_NODES_MAX)
      throw new Failure('EXPRESSION_LIMIT', `XML text has more than ${XML_NODES_MAX} nodes`);
    places.set(node, places.size);
    node.compareDocumentPosition = (other) =>
      other === node ? 0 : (places.get(other) ?? 0) < (places.get(node) ?? 0) ? PRECEDES : FOLLOWS;
  };
  let depth = 0;
  let node: XmlNode | null = document;
  while (node !== null) {
    place(node);
    for (let at = 0; at < (node.attributes?.length ?? 0); at++) {
      const attribute = node.attributes?.item(at);
      if (attribute !== null && attribute !== undefined) place(attribute);
    }
    if (node.firstChild !== null) {
      depth++;
      if (depth > XML_DEPTH_MAX)
        throw new Failure('EXPRESSION_LIMIT', `XML text is nested more than ${XML_DEPTH_MAX} deep`);
      node = node.firstChild;
      continue;
    }
    while (node !== null && node.nextSibling === null) {
      node = node.parentNode;
      depth--;
    }
    node = node?.nextSibling ?? null;
  }
  return places.size;
}

/**
 * Pays for following a path, by an estimate from above. The library keeps what is found twice, so each way back up, each further
 * descent or axis, and each path from the root inside a condition can look at all nodes once more for each one found so far.
 */
function pay(path: string, nodes: number, args: Arguments): void {
  for (const alternative of splitAlternatives(path)) {
    const descents = alternative.outside.match(/\/\/|::/g)?.length ?? 0;
    const again = alternative.outside.match(/\.\.|\bparent\b/g)?.length ?? 0;
    const inside = alternative.inside.match(/\/\/|::|\.\.|\bparent\b|(?:[^\s\w\])*.@/]|\s)\s*\//g)?.length ?? 0;
    const steps = (alternative.outside + alternative.inside).match(/[/[|]/g)?.length ?? 0;
    args.budget.spend(nodes ** (1 + Math.max(0, descents - 1) + again + inside) * (1 + steps));
  }
}

interface Alternative {
  outside: string;
  /** What stands in conditions, which are judged for each node found. */
  inside: string;
}

function splitAlternatives(path: string): readonly Alternative[] {
  let current: Alternative = { outside: '', inside: '' };
  const alternatives = [current];
  let depth = 0;
  for (const character of path) {
    if (character === '[') depth++;
    if (depth > 0) current.inside += character;
    else if (character === '|') alternatives.push((current = { outside: '', inside: '' }));
    else current.outside += character;
    if (character === ']') depth = Math.max(0, depth - 1);
  }
  return alternatives;
}
