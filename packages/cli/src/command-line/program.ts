/** The commands as commander knows them: parsing, help and suggestions are its business. */
import { Command, Option } from 'commander';
import type { CommandDefinition, CommandFamily, CommandInput, OptionDefinition } from './command.ts';
import { describeMore } from './help.ts';
import { Options, type OptionValue } from './options.ts';
import { listTopics } from './topics.ts';

/** What was asked for, once the command line is understood. */
export interface Call {
  readonly definition: CommandDefinition;
  readonly input: CommandInput;
}

/** Which commands there are, in the order of the help. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly CommandDefinition[];
  /** Of those commands whose name is two words; each stands where the first of its commands does. */
  readonly families?: readonly CommandFamily[];
}

const COMMON_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--color <when>', description: 'colours', choices: ['auto', 'always', 'never'] },
  { flags: '-q, --quiet', description: 'nothing but results and errors' },
];

/** Ids of executions are 22 characters of URL-safe base64: one in 64 begins with a dash. No option is as long (a test looks). */
const DASHED_ID = /^-[\w-]{21}$/;
/** Stands before such an id while commander reads the words; nobody can type it. */
const NOT_AN_OPTION = '\0';

/** The words as `createProgram` takes them. */
export function protectIds(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) =>
    DASHED_ID.test(word) && (end < 0 || index < end) ? `${NOT_AN_OPTION}${word}` : word,
  );
}

interface ProgramOptions {
  readonly groups: readonly CommandGroup[];
  readonly version: string;
  readonly isColoured: boolean;
  readonly write: { readonly out: (text: string) => void; readonly err: (text: string) => void };
}

/**
 * Commander's program; after a successful `parse` of words with their ids protected, `call()` says what was asked for.
 * @throws CommanderError (from `parse`) for help, for the version and for errors of use
 */
export function createProgram({ groups, version, isColoured, write }: ProgramOptions): {
  readonly program: Command;
  readonly call: () => Call | undefined;
} {
  let call: Call | undefined;
  const program = new Command('bridle')
    .description('Run, test and understand Harness pipelines: on your machine, with a server or without.')
    .version(version, '-V, --version', 'print the version')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .commandsGroup('More:')
    .helpCommand('help [name]', 'print the help of a command or topic')
    .configureOutput({
      writeOut: write.out,
      writeErr: write.err,
      getOutHasColors: () => isColoured,
      getErrHasColors: () => isColoured,
      outputError: (text, print) => void print(text.replace(/^error: /, 'bridle: ').replaceAll(NOT_AN_OPTION, '')),
    })
    .showHelpAfterError('Run with --help to see how it is used.')
    .addHelpText('after', `\nTopics:\n${listTopics()}`)
    .addHelpText(
      'after',
      '\nRun "bridle <command> --help" for examples, exit codes and environment, "bridle help <topic>" for a topic.',
    )
    .exitOverride();
  for (const { title, commands, families = [] } of groups) {
    const holders = new Map<string, Command>();
    for (const definition of commands) {
      const [first, verb] = splitName(definition.name);
      const family = families.find(({ name }) => verb !== undefined && name === first);
      const holder = family === undefined ? undefined : (holders.get(first) ?? addFamily(program, family));
      if (holder !== undefined) holders.set(first, holder.helpGroup(`${title}:`));
      const command = addCommand(holder ?? program, definition);
      if (holder === undefined) command.helpGroup(`${title}:`);
      command.action((...given: unknown[]) => {
        call = { definition, input: inputOf(command, given.slice(0, definition.arguments?.length ?? 0)) };
      });
    }
  }
  return { program, call: () => call };
}

/** `profile list` is `list` of `profile`. */
function splitName(name: string): readonly [first: string, verb: string | undefined] {
  const [first = name, verb] = name.split(' ');
  return [first, verb];
}

function addFamily(program: Command, { name, summary }: CommandFamily): Command {
  return program
    .command(name)
    .summary(summary)
    .description(sentence(summary))
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .helpCommand(false)
    .addHelpText('after', `\nRun "bridle ${name} <command> --help" for examples, exit codes and environment.`);
}

function addCommand(program: Command, definition: CommandDefinition): Command {
  const command = program
    .command(splitName(definition.name)[1] ?? definition.name, { hidden: definition.isHidden === true })
    .summary(definition.summary)
    .description(
      [sentence(definition.summary), ...(definition.details === undefined ? [] : [definition.details])].join('\n\n'),
    )
    .aliases([...(definition.aliases ?? [])]);
  for (const { name, description, isRequired, isRepeatable } of definition.arguments ?? []) {
    const shown = `${name}${isRepeatable === true ? '...' : ''}`;
    command.argument(isRequired === true ? `<${shown}>` : `[${shown}]`, description);
  }
  for (const option of [...(definition.options ?? []), ...COMMON_OPTIONS]) command.addOption(toCommander(option));
  return command.addHelpText('after', describeMore(definition));
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function toCommander({ flags, description, isRepeatable, choices }: OptionDefinition): Option {
  const option = new Option(flags, description);
  if (choices !== undefined) option.choices(choices);
  if (isRepeatable === true) {
    option.argParser((value: string, earlier: string[] | undefined) => [...(earlier ?? []), value]);
  }
  return option;
}

function inputOf(command: Command, given: readonly unknown[]): CommandInput {
  const values = new Map<string, OptionValue>();
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (isOptionValue(value)) values.set(option.name(), plain(value));
  }
  return {
    arguments: given.flat().flatMap((value) => (typeof value === 'string' ? [plainText(value)] : [])),
    options: new Options(values),
  };
}

function isOptionValue(value: unknown): value is OptionValue {
  return typeof value === 'string' || typeof value === 'boolean' || Array.isArray(value);
}

function plain(value: OptionValue): OptionValue {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? plainText(value) : value.map(plainText);
}

function plainText(text: string): string {
  return text.startsWith(NOT_AN_OPTION) ? text.slice(NOT_AN_OPTION.length) : text;
}
