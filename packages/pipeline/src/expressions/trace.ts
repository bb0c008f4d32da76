/** The stored "why": each `<+…>` that was evaluated and the value it had. */
import { describe, toJson } from './coerce.ts';
import { Failure, shorten } from './errors.ts';
import { TRACE_ENTRIES_MAX, TRACE_VALUE_LENGTH_MAX } from './limits.ts';
import { Budget, joinParts, SecretText, type Operand } from './operands.ts';

export interface TraceEntry {
  /** As written, with its delimiters. */
  readonly expression: string;
  /** The value as text: text as it is, everything else as JSON, secrets by their reference; shortened when long. */
  readonly value: string;
}

/** Collects entries in the order they were evaluated, each expression with a value once, a bounded number of them. */
export class Trace {
  private readonly seen = new Set<string>();
  readonly entries: TraceEntry[] = [];

  add(source: string, value: Operand): void {
    if (this.entries.length >= TRACE_ENTRIES_MAX) return;
    const entry = {
      expression: shorten(source, TRACE_VALUE_LENGTH_MAX),
      value: shorten(show(value), TRACE_VALUE_LENGTH_MAX),
    };
    const key = `${entry.expression}\u0000${entry.value}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.entries.push(entry);
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
