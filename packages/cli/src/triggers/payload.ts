/** What a webhook is called with: the words of the command line, or a file. */
import { resolve } from 'node:path';
import type { CommandContext } from '../command-line/command.ts';
import type { Options } from '../command-line/options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { readStandardInput } from '../terminal/read-standard-input.ts';
import { readUtf8 } from '../repository/read-utf8.ts';

/** `-d '{"tag": "v1"}'`, `-d @event.json`, `-d @-`; without it an empty object. @throws UsageError where it is no JSON */
export async function readPayload(options: Options, { terminal, folder }: CommandContext): Promise<string> {
  const given = options.text('data') ?? '{}';
  const text =
    given === '@-'
      ? await readStandardInput(terminal)
      : given.startsWith('@')
        ? readFile(folder, given.slice(1))
        : given;
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The payload is no JSON: ${reason}.`, 'Quote it as a whole: -d \'{"tag": "v1"}\'');
  }
  return text;
}

/** `-H 'X-Name: value'`. @throws UsageError */
export function readHeaders(options: Options): Readonly<Record<string, string>> {
  return Object.fromEntries(
    options.texts('header').map((line) => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) {
        throw new UsageError(`-H ${line} is no header.`, "Write it as -H 'X-Name: value'.");
      }
      return [name, value];
    }),
  );
}

function readFile(folder: string, name: string): string {
  try {
    return readUtf8(resolve(folder, name));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new UsageError(
      `The file ${name} ${isMissing ? 'is not there' : 'cannot be read'}.`,
      undefined,
      isMissing ? 5 : 2,
    );
  }
}
