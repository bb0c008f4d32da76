import { createStyle, wantsColour, type ColourWish } from './style.ts';
import { chooseSymbols } from './symbols.ts';
import type { Stream, Terminal } from './terminal.ts';

export interface TerminalWishes {
  readonly colour: ColourWish;
  readonly isQuiet: boolean;
}

/** The terminal of this process. */
export function openTerminal({ colour, isQuiet }: TerminalWishes): Terminal {
  return {
    out: openStream(process.stdout, colour),
    err: openStream(process.stderr, colour),
    input: { stream: process.stdin, isTerminal: process.stdin.isTTY },
    symbols: chooseSymbols(process.env, process.platform),
    isQuiet,
  };
}

function openStream(stream: NodeJS.WriteStream, colour: ColourWish): Stream {
  const write = async (text: string): Promise<void> => {
    if (!stream.write(text) && stream.writable) await drained(stream);
  };
  return {
    stream,
    isTerminal: stream.isTTY,
    style: createStyle(wantsColour(colour, process.env, stream.isTTY)),
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    write,
    line: (text) => write(`${text}\n`),
  };
}

/** After its reader has gone, a pipe never drains: that is an end of waiting, too. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  const events = ['drain', 'close', 'error'] as const;
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
}
