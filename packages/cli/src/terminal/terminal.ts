/**
 * Where a command's words go: results to standard output, everything else to standard error. So a pipe gets the result and
 * a person sees the rest.
 */
import type { Symbols } from './symbols.ts';
import type { Style } from './style.ts';

export interface Terminal {
  readonly out: Stream;
  readonly err: Stream;
  /** What people type; `isTerminal` = they can be asked. */
  readonly input: { readonly stream: NodeJS.ReadStream; readonly isTerminal: boolean };
  readonly symbols: Symbols;
  /** `--quiet`: results and errors only. */
  readonly isQuiet: boolean;
}

export interface Stream {
  readonly stream: NodeJS.WriteStream;
  readonly isTerminal: boolean;
  readonly style: Style;
  /** Of the terminal as it is now; a stream that is none has 80 × 24. */
  size(): { readonly columns: number; readonly rows: number };
  /** Resolves when the stream takes more. */
  write(text: string): Promise<void>;
  line(text: string): Promise<void>;
}
