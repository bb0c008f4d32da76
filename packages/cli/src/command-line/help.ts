/** What stands below the options in a command's help: examples, exit codes, environment, what to read next. */
import type { CommandDefinition } from './command.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';

/** Obeyed by every command. */
const EVERYWHERE = [
  { name: 'NO_COLOR', meaning: 'no colours, whatever its value' },
  { name: 'FORCE_COLOR', meaning: 'colours where there is no terminal, too' },
  { name: 'BRIDLE_ASCII', meaning: 'no symbols beyond ASCII' },
] as const;

export function describeMore(command: CommandDefinition): string {
  const sections = [
    section(
      'Examples',
      command.examples.flatMap(({ command: line, meaning }) => [`$ ${line}`, `    ${meaning}`]),
    ),
    section('Exit codes', columns(exitCodesOf(command).map((code) => [String(code), EXIT_CODES[code]] as const))),
    section(
      'Environment',
      columns([...(command.environment ?? []), ...EVERYWHERE].map(({ name, meaning }) => [name, meaning] as const)),
    ),
    ...(command.seeAlso === undefined
      ? []
      : [
          section(
            'See also',
            command.seeAlso.map((name) => `bridle ${name}`),
          ),
        ]),
  ];
  return `\n${sections.join('\n\n')}`;
}

function exitCodesOf({ exitCodes }: CommandDefinition): readonly ExitCode[] {
  return [...new Set<ExitCode>([...exitCodes, 2, 130])].toSorted((one, other) => one - other);
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, meaning]) => `${name.padEnd(width)}  ${meaning}`);
}
