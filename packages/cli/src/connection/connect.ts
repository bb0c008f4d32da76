/** From the words of a command to a client that speaks to the server they mean. */
import { Harness, isHarnessError } from '@bridle/sdk';
import type { CommandAction, CommandContext, CommandInput } from '../command-line/command.ts';
import type { ExitCode } from '../command-line/exit-codes.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { readStandardInput } from '../terminal/read-standard-input.ts';
import { failureOf } from './failures.ts';
import { readSettings, type FoundSettings } from './read-settings.ts';
import type { Setting } from './settings.ts';
import type { UiAddress } from './ui-address.ts';

export interface Connection {
  readonly harness: Harness;
  readonly settings: FoundSettings;
  readonly token: string;
  readonly account: string;
}

/** A connection for what belongs to a project. */
export interface ProjectConnection extends Connection {
  readonly org: string;
  readonly project: string;
}

type ServerAction<C extends Connection> = (
  connection: C,
  context: CommandContext,
  input: CommandInput,
) => Promise<ExitCode>;

/**
 * An action that talks to a server; errors of the client end as exit codes with a sentence.
 * @param pageOf - the address of a page that may have been pasted as an argument
 */
export function onServer(action: ServerAction<Connection>, pageOf?: PageOf): CommandAction {
  return async (context, input) => {
    const connection = await connect(context, input, pageOf?.(input));
    try {
      return await guarded(connection.settings, () => action(connection, context, input));
    } catch (error) {
      // Ctrl-C ends whatever is under way; that is no failure to tell of.
      if (context.signal.aborted && error === context.signal.reason) return 130;
      throw error;
    }
  };
}

/** The same for what belongs to a project. */
export function inProject(action: ServerAction<ProjectConnection>, pageOf?: PageOf): CommandAction {
  return onServer(async (connection, context, input) => {
    const { org, project } = await findProject(connection, context.signal);
    const { settings, token, account } = connection;
    const scoped = { ...settings, org, project };
    const harness = clientOf(scoped, token, account);
    return await action(
      { ...connection, harness, settings: scoped, org: org.value, project: project.value },
      context,
      input,
    );
  }, pageOf);
}

type PageOf = (input: CommandInput) => UiAddress | undefined;

/** @throws UsageError where nothing says who asks */
export async function connect(
  context: CommandContext,
  { options }: CommandInput,
  page?: UiAddress,
): Promise<Connection> {
  const typed = options.text('token');
  const read = typed === '-' ? (await readStandardInput(context.terminal)).trim() : undefined;
  if (read === '') throw new UsageError('Standard input holds no token.');
  const settings = readSettings({
    context,
    options,
    ...(read === undefined ? {} : { token: read }),
    ...(page === undefined ? {} : { page }),
  });
  const token = tokenOf(settings);
  const account = accountOf(settings, token);
  return { harness: clientOf(settings, token.value, account), settings, token: token.value, account };
}

/** @throws UsageError for errors of the client */
export async function guarded<T>(settings: FoundSettings, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error, settings);
  }
}

export function clientOf({ url, org, project }: FoundSettings, apiKey: string, accountId: string): Harness {
  return new Harness({
    baseUrl: url.value,
    apiKey,
    accountId,
    ...(org === undefined ? {} : { org: org.value }),
    ...(project === undefined ? {} : { project: project.value }),
    // It was read already, and with more than the environment in mind.
    env: {},
  });
}

/** What is said nowhere here is asked of the server, which knows the project that pages open with. */
export async function findProject(
  { harness, settings }: Connection,
  signal: AbortSignal,
): Promise<{ readonly org: Setting; readonly project: Setting }> {
  const { org, project } = settings;
  if (org !== undefined && project !== undefined) return { org, project };
  const usual = await findDefaultScope(harness, signal);
  if (project === undefined && usual === undefined) {
    throw new UsageError(
      'It is not said which project is meant.',
      'Say it with --project, HARNESS_PROJECT or .bridle.yaml.',
    );
  }
  const from = 'the default of the server';
  return {
    org: org ?? { value: usual?.orgIdentifier ?? 'default', from },
    project: project ?? { value: usual?.projectIdentifier ?? '', from },
  };
}

/** `undefined` on servers that have none. */
export async function findDefaultScope(
  harness: Harness,
  signal: AbortSignal,
): Promise<{ readonly orgIdentifier: string; readonly projectIdentifier: string } | undefined> {
  try {
    return (await harness.raw.GET('/bridle/api/session', { signal })).defaultScope;
  } catch (error) {
    if (isHarnessError(error, 'api') && error.status !== 401 && error.status < 500) return undefined;
    throw error;
  }
}

export function tokenOf({ url, token, withheld }: FoundSettings): Setting {
  if (token !== undefined) return token;
  const [other] = withheld;
  const kept = other === undefined ? '' : ` ${other.from} has a token for ${other.url}, which is another server.`;
  throw new UsageError(
    `You are not signed in to ${url.value} (${url.from}).${kept}`,
    'Sign in with bridle login, or set HARNESS_API_KEY.',
    4,
  );
}

export function accountOf({ account }: FoundSettings, token: Setting): string {
  if (account !== undefined) return account.value;
  throw new UsageError(
    `The token of ${token.from} does not name its account.`,
    'Say it with --account or HARNESS_ACCOUNT_ID.',
  );
}
