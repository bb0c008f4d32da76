/**
 * What a command is. Its definition is light, so that `bridle --help` loads nothing else; what it does is loaded when it is
 * called.
 */
import type { Terminal } from '../terminal/terminal.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Options } from './options.ts';

export interface CommandDefinition {
  /** Two words for a command of a family: `profile list`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Not in the help: programs call it, people do not. */
  readonly isHidden?: true;
  /** One line, without a full stop. */
  readonly summary: string;
  /** What it does and does not do, where one line is not enough. */
  readonly details?: string;
  readonly arguments?: readonly ArgumentDefinition[];
  readonly options?: readonly OptionDefinition[];
  /** Real ones: each runs as it stands. */
  readonly examples: readonly ExampleDefinition[];
  /** Those that it ends with; 2 and 130 are every command's. */
  readonly exitCodes: readonly ExitCode[];
  readonly environment?: readonly { readonly name: string; readonly meaning: string }[];
  readonly seeAlso?: readonly string[];
  /** Signals are its own business: it has processes to end in order. `signal` of its context is never aborted. */
  readonly ownsSignals?: true;
  readonly load: () => Promise<CommandAction>;
}

/** Commands about one thing, called by its name and a verb. Without a verb its help is printed. */
export interface CommandFamily {
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
}

export interface ArgumentDefinition {
  readonly name: string;
  readonly description: string;
  readonly isRequired?: true;
  readonly isRepeatable?: true;
  readonly completes?: Completion;
}

export interface OptionDefinition {
  /** As commander writes them: `-i, --input <key=value>`. */
  readonly flags: string;
  readonly description: string;
  /** May be given several times; read with `Options.texts`. */
  readonly isRepeatable?: true;
  readonly choices?: readonly string[];
  readonly completes?: Completion;
}

/**
 * What the shell offers for a value: files, folders; pipelines of the repository, and a pipeline's stages and inputs; profiles;
 * pipelines and recent executions of the server.
 */
export type Completion =
  | 'file'
  | 'folder'
  | 'pipeline'
  | 'inputSet'
  | 'stage'
  | 'step'
  | 'input'
  | 'profile'
  | 'serverPipeline'
  | 'execution';

export interface ExampleDefinition {
  readonly command: string;
  readonly meaning: string;
}

export interface CommandContext {
  readonly terminal: Terminal;
  /** All commands there are, for those that speak of others. */
  readonly commands: readonly CommandDefinition[];
  readonly families: readonly CommandFamily[];
  /** Absolute. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Says what the second one does; without it, it ends the process at once. */
  readonly onSecondStop: (handler: () => void) => void;
}

export interface CommandInput {
  readonly arguments: readonly string[];
  readonly options: Options;
}

/** Errors of use are `UsageError`s; whatever else it throws is a bug of ours. */
export type CommandAction = (context: CommandContext, input: CommandInput) => Promise<ExitCode>;
