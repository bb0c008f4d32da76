/** Asks for one expression after the other, until Ctrl-D, Ctrl-C or the end of what is typed. */
import { createInterface } from 'node:readline';
import type { Explanation, Place } from '@bridle/pipeline';
import type { Terminal } from '../terminal/terminal.ts';

export interface PromptOptions {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly tell: (explanation: Explanation) => Promise<void>;
}

const PROMPT = '<+> ';

export async function askExpressions(place: Place, { terminal, signal, tell }: PromptOptions): Promise<void> {
  const { input, err } = terminal;
  const lines = createInterface({
    input: input.stream,
    // Questions are no result.
    output: err.stream,
    terminal: true,
    prompt: PROMPT,
    removeHistoryDuplicates: true,
    completer: (line: string): [string[], string] => {
      const { partial, names } = place.complete(line);
      return [[...names], partial];
    },
  });
  const close = (): void => lines.close();
  signal.addEventListener('abort', close, { once: true });
  lines.on('SIGINT', close);
  try {
    lines.prompt();
    for await (const line of lines) {
      if (line.trim() !== '') await tell(place.explain(line.trim()));
      lines.prompt();
    }
  } finally {
    signal.removeEventListener('abort', close);
    lines.close();
    // The shell's own prompt begins on a line of its own.
    await err.line('');
  }
}
