/** `bridle whoami`: which server, who asks, in which scope, and where each of these comes from. */
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { clientOf, findProject, guarded, tokenOf, accountOf } from '../connection/connect.ts';
import { readSettings, type FoundSettings } from '../connection/read-settings.ts';
import type { Setting } from '../connection/settings.ts';
import { printTable } from '../view/table.ts';
import { findCaller, type Caller } from './caller.ts';

export const whoami: CommandAction = async (context, { options }) => {
  const { terminal, signal } = context;
  const settings = readSettings({ context, options });
  let asked: { readonly caller: Caller; readonly settings: FoundSettings } | undefined;
  let fail = (): void => {};
  try {
    const token = tokenOf(settings);
    const account = accountOf(settings, token);
    asked = await guarded(settings, async () => {
      const harness = clientOf(settings, token.value, account);
      const caller = await findCaller(harness, token.value, signal);
      const scope = await findProject({ harness, settings, token: token.value, account }, signal);
      return { caller, settings: { ...settings, ...scope } };
    });
  } catch (error) {
    // What is known is told before why the rest is not.
    fail = () => {
      throw error;
    };
  }
  const found = asked?.settings ?? settings;
  const fields = options.fields();
  if (fields !== undefined) {
    fail();
    await printJson(terminal.out, document(found, asked?.caller), fields);
    return 0;
  }
  await printTable(terminal, ['', 'VALUE', 'FROM'], rows(found, asked?.caller));
  fail();
  return 0;
};

function rows({ url, token, account, org, project }: FoundSettings, caller: Caller | undefined): readonly string[][] {
  const row = (name: string, setting: Setting | undefined): string[][] =>
    setting === undefined ? [] : [[name, setting.value, setting.from]];
  const who =
    caller === undefined
      ? []
      : [['user', `${caller.name}${caller.email === '' ? '' : ` (${caller.email})`}`, 'the server']];
  return [
    ...who,
    ...row('server', url),
    ...row('token', token === undefined ? undefined : { ...token, value: hidden(token.value) }),
    ...row('account', account),
    ...row('organization', org),
    ...row('project', project),
  ];
}

function document({ url, token, account, org, project, profile }: FoundSettings, caller: Caller | undefined): object {
  return {
    user: caller ?? null,
    url,
    token: token === undefined ? null : { ...token, value: hidden(token.value) },
    account: account ?? null,
    org: org ?? null,
    project: project ?? null,
    profile: profile ?? null,
  };
}

/** What tells one token from another is no secret; the rest is. */
function hidden(token: string): string {
  const [kind, account, id] = token.split('.');
  return id === undefined || !/^[ps]at$/.test(kind ?? '') ? '****' : `${kind}.${account}.${id}.****`;
}
