/** The settings of a server on this machine: options of the command line before the environment. */
import { readSettings, type Settings } from '@bridle/launcher';
import type { CommandContext, CommandInput } from '../command-line/command.ts';
import { UsageError } from '../command-line/usage-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const OPTIONS = [
  { option: 'port', variable: 'BRIDLE_PORT' },
  { option: 'data', variable: 'BRIDLE_HOME' },
  { option: 'pg', variable: 'DATABASE_URL' },
  { option: 'seed', variable: 'BRIDLE_SEED' },
] as const;

export interface HomeSettings {
  readonly settings: Settings;
  /** The environment with what the options say. */
  readonly environment: Environment;
}

/** @throws UsageError that names each wrong setting as it was given: by option or by variable */
export function readHomeSettings(
  { environment }: Pick<CommandContext, 'environment'>,
  { options }: Pick<CommandInput, 'options'>,
  more: Environment = {},
): HomeSettings {
  const given = OPTIONS.flatMap(({ option, variable }) => {
    const value = options.text(option);
    return value === undefined ? [] : [[variable, value] as const];
  });
  const whole = { ...environment, ...more, ...Object.fromEntries(given) };
  const read = readSettings(whole);
  if (read.kind === 'valid') return { settings: read.settings, environment: whole };
  const [first, ...others] = read.problems.map(({ variable, message, hint }) => {
    const option = OPTIONS.find((each) => each.variable === variable && options.text(each.option) !== undefined);
    return { message: option === undefined ? message : message.replace(variable, `--${option.option}`), hint };
  });
  throw new UsageError(
    [first?.message, ...others.map(({ message, hint }) => `${message} ${hint}`)].join('\n'),
    first?.hint,
  );
}
