/** A tool that a program may call: a description for its model, and what it does. */
import type { ProjectConnection } from '../connection/connect.ts';
import type { Arguments, InputSchema } from './schema.ts';

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: InputSchema;
  /** Whether it changes something; `destroys` = in a way that cannot be taken back. */
  readonly effect: 'reads' | 'changes' | 'destroys';
  /** The answer as a text. @throws UsageError, or an error of the client */
  readonly call: (given: Arguments, context: ToolContext) => Promise<string>;
}

export interface ToolContext {
  readonly connection: ProjectConnection;
  readonly folder: string;
  /** Of this call. */
  readonly signal: AbortSignal;
}

/** What is longer is cut, and says so: a model reads all that it is given. */
export const ANSWER_BYTES_MAX = 65_536;

export function jsonText(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

/** @param hint - how to get at the rest */
export function bounded(text: string, hint: string, max = ANSWER_BYTES_MAX): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= max) return text;
  // Half a character at the end is not worth a question mark.
  const kept = new TextDecoder().decode(bytes.subarray(0, max)).replace(/\uFFFD+$/, '');
  return `${kept}\n(cut after ${max} of ${bytes.length} bytes; ${hint})`;
}
