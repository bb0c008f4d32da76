import { text } from 'node:stream/consumers';
import { UsageError } from '../command-line/usage-error.ts';
import type { Terminal } from './terminal.ts';

/** All of it. @throws UsageError where it is a terminal, on which nobody was told to type */
export async function readStandardInput({ input }: Pick<Terminal, 'input'>): Promise<string> {
  if (input.isTerminal) throw new UsageError('Nothing is piped into standard input, which - stands for.');
  return await text(input.stream);
}
