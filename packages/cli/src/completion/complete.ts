/** What may stand where the cursor is. Pure but for the repository, which is only read when a value of it is wanted. */
import type {
  ArgumentDefinition,
  CommandDefinition,
  CommandFamily,
  Completion,
  OptionDefinition,
} from '../command-line/command.ts';

export interface Candidate {
  readonly value: string;
  readonly description?: string;
}

/** Files and folders are the shell's own business. */
export type CompletionValue = Exclude<Completion, 'file' | 'folder'>;

/** What the user's configuration and servers know, and not the repository. */
export type ServerValue = Extract<CompletionValue, 'profile' | 'serverPipeline' | 'execution'>;

export function isServerValue(kind: CompletionValue): kind is ServerValue {
  return kind === 'profile' || kind === 'serverPipeline' || kind === 'execution';
}

export interface CompletionSource {
  readonly commands: readonly CommandDefinition[];
  readonly families?: readonly CommandFamily[];
  /** Values from the outside: of the repository; files and folders are the shell's own business. */
  readonly values: (kind: CompletionValue, place: Place) => readonly Candidate[];
}

/** What stands on the line already. */
export interface Place {
  /** The words that are no options and no values of them, without the command. */
  readonly arguments: readonly string[];
  /** The pipeline that is named, as an argument or by an option. */
  readonly pipeline?: string;
}

/**
 * @param words - those after `bridle`, the last one being what is typed now, perhaps empty
 * @returns none = the shell completes file names
 */
export function complete(words: readonly string[], source: CompletionSource): readonly Candidate[] {
  const { commands, families = [], values } = source;
  const typed = words.at(-1) ?? '';
  const [first, ...rest] = words.slice(0, -1);
  if (first === undefined || (first === 'help' && rest.length === 0)) return matching(firstWords(source), typed);
  const isFamily = families.some(({ name }) => name === first);
  if (isFamily && rest.length === 0) return matching(verbsOf(first, commands), typed);
  const name = isFamily ? `${first} ${rest[0] ?? ''}` : first;
  const before = isFamily ? rest.slice(1) : rest;
  const command = commands.find((each) => each.name === name || each.aliases?.includes(name) === true);
  if (command === undefined) return [];
  const pipeline = pipelineOf(before, command);
  const place = { arguments: argumentsOf(before, command), ...(pipeline === undefined ? {} : { pipeline }) };
  const ofOption = (option: OptionDefinition): readonly Candidate[] =>
    option.choices?.map((value) => ({ value })) ?? valuesOf(option.completes);
  const valuesOf = (kind: Completion | undefined): readonly Candidate[] =>
    kind === undefined || kind === 'file' || kind === 'folder' ? [] : values(kind, place);

  const open = optionOf(before.at(-1) ?? '', command);
  if (open !== undefined && takesValue(open) && !isOptional(open)) return matching(ofOption(open), typed);
  const inline = /^(--[^=]+)=(.*)$/.exec(typed);
  if (inline !== null) {
    const option = optionOf(inline[1] ?? '', command);
    const found = option === undefined ? [] : matching(ofOption(option), inline[2] ?? '');
    return found.map((each) => ({ ...each, value: `${inline[1] ?? ''}=${each.value}` }));
  }
  if (typed.startsWith('-')) return matching(optionsOf(command), typed);
  return matching(valuesOf(argumentAt(place.arguments.length, command)?.completes), typed);
}

function candidateOf({ name, aliases = [], summary }: CommandDefinition): readonly Candidate[] {
  return [name, ...aliases].map((value) => ({ value, description: summary }));
}

/** What a line begins with: the names of families, and of the commands that stand for themselves. */
function firstWords({ commands, families = [] }: CompletionSource): readonly Candidate[] {
  const alone = commands.filter(({ name }) => !families.some((family) => name.startsWith(`${family.name} `)));
  return [
    ...alone.flatMap(candidateOf),
    ...families.map(({ name, summary }) => ({ value: name, description: summary })),
  ];
}

function verbsOf(family: string, commands: readonly CommandDefinition[]): readonly Candidate[] {
  return commands
    .filter(({ name }) => name.startsWith(`${family} `))
    .map(({ name, summary }) => ({ value: name.slice(family.length + 1), description: summary }));
}

function optionsOf({ options = [] }: CommandDefinition): readonly Candidate[] {
  const own = options.map(({ flags, description }) => ({ value: longOf(flags), description }));
  return [...own, { value: '--help', description: 'how it is used' }];
}

function matching(candidates: readonly Candidate[], typed: string): readonly Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(typed));
}

function argumentAt(index: number, { arguments: all = [] }: CommandDefinition): ArgumentDefinition | undefined {
  const last = all.at(-1);
  return all[index] ?? (last?.isRepeatable === true ? last : undefined);
}

function argumentsOf(words: readonly string[], command: CommandDefinition): readonly string[] {
  return words.filter((word, index) => {
    if (word.startsWith('-')) return false;
    const before = optionOf(words[index - 1] ?? '', command);
    return before === undefined || !takesValue(before) || isOptional(before);
  });
}

function pipelineOf(words: readonly string[], command: CommandDefinition): string | undefined {
  const index = command.arguments?.findIndex(({ completes }) => completes === 'pipeline') ?? -1;
  if (index >= 0) return argumentsOf(words, command)[index];
  const option = command.options?.find(({ completes }) => completes === 'pipeline');
  if (option === undefined) return undefined;
  const long = longOf(option.flags);
  const at = words.indexOf(long);
  return at < 0 ? words.find((word) => word.startsWith(`${long}=`))?.slice(long.length + 1) : words[at + 1];
}

function optionOf(word: string, { options = [] }: CommandDefinition): OptionDefinition | undefined {
  return options.find(({ flags }) => flags.split(/[ ,]+/).includes(word));
}

function takesValue({ flags }: OptionDefinition): boolean {
  return /[<[]/.test(flags);
}

/** Its value stands behind `=` only. */
function isOptional({ flags }: OptionDefinition): boolean {
  return flags.includes('[');
}

function longOf(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}
