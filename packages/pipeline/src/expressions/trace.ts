/** The stored "why": the sub-expressions that were evaluated and the values they had. */
import type { ExpressionNode } from './ast.ts';
import { describe, toJson } from './coerce.ts';
import { Failure, shorten } from './errors.ts';
import { TRACE_ENTRIES_MAX, TRACE_EXPRESSION_LENGTH_MAX, TRACE_VALUE_LENGTH_MAX } from './limits.ts';
import { Budget, joinParts, SecretText, type Operand } from './operands.ts';

export interface TraceEntry {
  /** As written; shortened when long. */
  readonly expression: string;
  /** The value as text: text as it is, everything else as JSON, secrets by their reference; shortened when long. */
  readonly value: string;
}

/**
 * Collects entries in the order they were evaluated, inner ones first, each expression with a value once, a bounded number of
 * them. What was not evaluated, such as the right side of `false && …`, is not there.
 */
export class Trace {
  private readonly seen = new Set<string>();
  private readonly onlyDelimited: boolean;
  readonly entries: TraceEntry[] = [];

  /** `onlyDelimited`: each `<+…>` and nothing else, as plans of the first semantics version record it. */
  constructor(onlyDelimited: boolean) {
    this.onlyDelimited = onlyDelimited;
  }

  add(node: ExpressionNode, value: Operand): void {
    const source = this.onlyDelimited && node.kind !== 'nested' ? undefined : sourceOf(node);
    // One place is kept for the conclusion.
    if (source !== undefined && this.entries.length < TRACE_ENTRIES_MAX - 1) this.push(source, value);
  }

  /** A condition's whole program and what it came to. */
  conclude(program: ExpressionNode, text: string, value: Operand): void {
    if (!this.onlyDelimited) this.push(sourceOf(program) ?? text.trim(), value);
  }

  private push(source: string, value: Operand): void {
    const entry = {
      expression: shorten(source, TRACE_EXPRESSION_LENGTH_MAX),
      value: shorten(show(value), TRACE_VALUE_LENGTH_MAX),
    };
    const key = `${entry.expression}\u0000${entry.value}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.entries.push(entry);
  }
}

/** Undefined for what is its own value as it is written. */
export function sourceOf(node: ExpressionNode): string | undefined {
  switch (node.kind) {
    case 'literal':
    case 'list':
    case 'map':
      return undefined;
    case 'text':
      return node.parts.length > 1 ? node.source : undefined;
    default:
      return node.source;
  }
}

function show(value: Operand): string {
  if (typeof value === 'string') return value;
  if (value instanceof SecretText) return joinParts(value.parts);
  if (value === null || typeof value !== 'object') return String(value);
  try {
    // A budget of its own: being traced changes nothing.
    return toJson(value, new Budget());
  } catch (error) {
    if (error instanceof Failure) return `${describe(value)} that cannot be shown: ${error.message}`;
    throw error;
  }
}
