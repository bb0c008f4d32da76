/** Parsed texts. Parsing depends on the text alone, so the results are kept in bounded memos. */
import type { ExpressionNode, NestedNode } from './ast.ts';
import { Failure } from './errors.ts';
import { findExpressions } from './lexer.ts';
import {
  EXPRESSIONS_PER_LEAF_MAX,
  LEAF_LENGTH_MAX,
  PARSE_CACHE_ENTRIES_MAX,
  PARSE_CACHE_TEXT_LENGTH_MAX,
} from './limits.ts';
import { parseProgram, parseSpan } from './parser.ts';

/** A leaf: text and expressions in their order. */
export interface Template {
  readonly parts: readonly (string | NestedNode)[];
  /** Set when the leaf is exactly one expression: its value keeps its type. */
  readonly only: NestedNode | undefined;
}

/** Something parsed, or why it could not be. */
type Parsed<T> = { readonly ok: T } | { readonly failure: Failure };

const templates = new Map<string, Parsed<Template>>();
const conditions = new Map<string, Parsed<ExpressionNode>>();

/** Reads a YAML leaf. Throws `Failure`. */
export function parseTemplate(text: string): Template {
  return memo(templates, text, readTemplate);
}

/** Reads a condition: the whole text is one program. Throws `Failure`. */
export function parseCondition(text: string): ExpressionNode {
  return memo(conditions, text, (condition) =>
    parseProgram(condition, 0, condition.length, findExpressions(condition)),
  );
}

function readTemplate(text: string): Template {
  if (text.length > LEAF_LENGTH_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `a text with expressions is longer than ${LEAF_LENGTH_MAX} characters`, 0);
  }
  const spans = findExpressions(text);
  if (spans.length > EXPRESSIONS_PER_LEAF_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `a text holds more than ${EXPRESSIONS_PER_LEAF_MAX} expressions`, 0);
  }
  const parts: (string | NestedNode)[] = [];
  let plainFrom = 0;
  for (const span of spans) {
    if (span.start > plainFrom) parts.push(text.slice(plainFrom, span.start));
    parts.push(parseSpan(text, span));
    plainFrom = span.end;
  }
  if (plainFrom < text.length) parts.push(text.slice(plainFrom));
  const [first] = parts;
  return { parts, only: parts.length === 1 && typeof first === 'object' ? first : undefined };
}

function memo<T>(memory: Map<string, Parsed<T>>, text: string, read: (text: string) => T): T {
  const known = memory.get(text);
  const parsed = known ?? attempt(text, read);
  if (known === undefined && text.length <= PARSE_CACHE_TEXT_LENGTH_MAX) {
    const oldest = memory.size >= PARSE_CACHE_ENTRIES_MAX ? memory.keys().next() : undefined;
    if (oldest?.done === false) memory.delete(oldest.value);
    memory.set(text, parsed);
  }
  if ('failure' in parsed) throw parsed.failure;
  return parsed.ok;
}

function attempt<T>(text: string, read: (text: string) => T): Parsed<T> {
  try {
    return { ok: read(text) };
  } catch (error) {
    if (error instanceof Failure) return { failure: error };
    throw error;
  }
}
