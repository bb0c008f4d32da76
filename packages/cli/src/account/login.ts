/** `bridle login`: takes a token, asks the server whether it is good, and keeps it in a profile. */
import type { CommandAction, CommandContext, CommandInput } from '../command-line/command.ts';
import type { Options } from '../command-line/options.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { PROFILE_NAME, saveProfile } from '../connection/config-file.ts';
import { clientOf, findDefaultScope, guarded } from '../connection/connect.ts';
import { readSettings, type FoundSettings } from '../connection/read-settings.ts';
import { accountOfToken, isSameServer, type Setting } from '../connection/settings.ts';
import { readStandardInput } from '../terminal/read-standard-input.ts';
import { canAsk } from '../view/ask-inputs.ts';
import { Asker } from '../view/ask-value.ts';
import { findCaller } from './caller.ts';

export const login: CommandAction = async (context, input) => {
  const { options } = input;
  const { terminal, signal } = context;
  const name = options.text('profile');
  if (name !== undefined && !PROFILE_NAME.test(name)) {
    throw new UsageError(`"${name}" is no name for a profile.`, 'Letters, digits, ".", "_" and "-".');
  }
  // The profile need not exist yet.
  const usual = readSettings({ context, options: options.without('profile', 'token') });
  const url = await urlOf(context, options, usual, name);
  const token = await tokenOf(context, input, url);
  if (token === undefined) return 130;
  const accountId = options.text('account') ?? accountOfToken(token);
  if (accountId === undefined) {
    throw new UsageError('The token does not name its account.', 'Say it with --account.');
  }
  const settings: FoundSettings = { ...usual, url, token: { value: token, from: 'bridle login' } };
  const harness = clientOf(settings, token, accountId);
  const { caller, scope } = await guarded(settings, async () => ({
    caller: await findCaller(harness, token, signal),
    scope: await findDefaultScope(harness, signal),
  }));
  const profile = name ?? nameFor(url.value, usual);
  const org = options.text('org') ?? scope?.orgIdentifier;
  const project = options.text('project') ?? scope?.projectIdentifier;
  const kept = {
    url: url.value,
    token,
    account: accountId,
    ...(org === undefined ? {} : { org }),
    ...(project === undefined ? {} : { project }),
  };
  saveProfile(usual.config.path, profile, kept, true);
  const { token: _, ...shown } = kept;
  const fields = options.fields();
  if (fields !== undefined) {
    await printJson(terminal.out, { profile, ...shown, user: caller.name, email: caller.email }, fields);
    return 0;
  }
  const who = caller.email === '' ? caller.name : `${caller.name} (${caller.email})`;
  await terminal.out.line(
    `Signed in to ${url.value} as ${who}. The profile "${profile}" keeps it, and is used from now on.`,
  );
  return 0;
};

async function urlOf(
  { terminal }: CommandContext,
  options: Options,
  usual: FoundSettings,
  profile: string | undefined,
): Promise<Setting> {
  const of = profile === undefined ? undefined : usual.config.profiles.get(profile)?.url;
  const known = of === undefined ? usual.url : { value: of, from: `profile ${profile ?? ''}` };
  if (options.text('url') !== undefined) return usual.url;
  if (!canAsk(terminal) || options.text('token') !== undefined) return known;
  const answer = await new Asker(terminal).text('Where is the server?', {
    defaultValue: known.value,
    problemOf: (text) =>
      /^https?:\/\/[^/]/.test(text.trim()) ? undefined : 'An address such as https://ci.example.com',
  });
  if (answer.kind !== 'given') throw new UsageError('Nothing was changed.');
  return { value: answer.value.trim().replace(/\/+$/, ''), from: 'your answer' };
}

/** `undefined` = whoever was asked does not want to. */
async function tokenOf(
  { terminal, signal }: CommandContext,
  { options }: CommandInput,
  url: Setting,
): Promise<string | undefined> {
  const given = options.text('token');
  const text = given === '-' ? await readStandardInput(terminal) : given;
  if (text !== undefined) {
    if (text.trim() !== '') return text.trim();
    throw new UsageError('The token is empty.');
  }
  if (!canAsk(terminal)) {
    throw new UsageError(
      'There is no terminal to ask for a token on.',
      'Pipe it in with --token -, or set HARNESS_API_KEY, for which no login is needed.',
    );
  }
  const answer = await new Asker(terminal, signal).text(`Token for ${url.value}`, {
    isSecret: true,
    problemOf: (typed) =>
      typed.trim() === '' ? 'Paste a token: pat.… of a user, sat.… of a service account.' : undefined,
  });
  return answer.kind === 'given' ? answer.value.trim() : undefined;
}

/** The profile of the same server, else a name after its host. */
function nameFor(url: string, { config }: FoundSettings): string {
  const known = [...config.profiles].find(([, profile]) => profile.url !== undefined && isSameServer(profile.url, url));
  if (known !== undefined) return known[0];
  const host = URL.parse(url)?.hostname ?? 'default';
  const isLocal = host === 'localhost' || host.startsWith('127.') || host === '[::1]';
  const name = isLocal ? 'local' : host.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  const isTaken = config.profiles.has(name);
  return isTaken ? `${name}-${URL.parse(url)?.port ?? ''}` : name;
}
