/** `xml.select`: reading XML text by XPath 1.0. Documents with a DTD are refused, so nothing in them is expanded or fetched. */
import { DOMParser } from '@xmldom/xmldom';
import { select } from 'xpath';
import { describe } from '../coerce.ts';
import { Failure, shorten } from '../errors.ts';
import { XML_PATH_BRANCHES_MAX, XML_PATH_LENGTH_MAX, XML_TEXT_LENGTH_MAX } from '../limits.ts';
import type { Operand } from '../operands.ts';
import type { Arguments } from './arguments.ts';

/** The text of the first node the path leads to, or what the path computes; null when it leads nowhere. */
export function xmlSelect(args: Arguments): Operand {
  const path = args.text(0);
  // Each of these can visit the whole document for each node found so far.
  const branches = path.match(/\/\/|::|\[/g)?.length ?? 0;
  if (path.length > XML_PATH_LENGTH_MAX || branches > XML_PATH_BRANCHES_MAX) {
    throw new Failure(
      'EXPRESSION_LIMIT',
      `an XML path is longer than ${XML_PATH_LENGTH_MAX} characters or has more than ${XML_PATH_BRANCHES_MAX} "//", axes and conditions`,
    );
  }
  const document = readXml(args.value(1), args);
  let found: unknown;
  try {
    found = select(path, document);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new Failure('EXPRESSION_VALUE', `"${shorten(path, 100)}" is not an XML path: ${shorten(reason)}`);
  }
  const first: unknown = Array.isArray(found) ? found[0] : found;
  if (typeof first === 'string' || typeof first === 'boolean') return first;
  if (typeof first === 'number') return Number.isFinite(first) ? first : null;
  return hasText(first) ? (first.textContent ?? '') : null;
}

function readXml(source: Operand, args: Arguments): unknown {
  if (typeof source !== 'string') throw new Failure('EXPRESSION_VALUE', `XML text is needed, not ${describe(source)}`);
  if (source.length > XML_TEXT_LENGTH_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `XML text is longer than ${XML_TEXT_LENGTH_MAX} characters`);
  }
  if (source.includes('<!DOCTYPE') || source.includes('<!ENTITY')) {
    throw new Failure('EXPRESSION_VALUE', 'XML text with a document type declaration is not read');
  }
  args.budget.spendOn(source.length);
  try {
    const refuse = (_level: string, message: string): never => {
      throw new Error(message);
    };
    return new DOMParser({ onError: refuse }).parseFromString(source.trim(), 'text/xml');
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new Failure('EXPRESSION_VALUE', `XML text is needed, but ${describe(source)} is none: ${shorten(reason)}`);
  }
}

function hasText(node: unknown): node is { readonly textContent: string | null } {
  return typeof node === 'object' && node !== null && 'textContent' in node;
}
