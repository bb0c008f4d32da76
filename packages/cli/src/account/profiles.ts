/** `bridle profile list|use|show|delete`. */
import type { CommandAction } from '../command-line/command.ts';
import { printJson } from '../command-line/json.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { deleteProfile, useProfile, type Config, type Profile } from '../connection/config-file.ts';
import { findConfig } from '../connection/find-config.ts';
import { noProfile } from '../connection/read-settings.ts';
import { printTable } from '../view/table.ts';

export const listProfiles: CommandAction = async ({ terminal, environment }, { options }) => {
  const config = findConfig(environment);
  const all = [...config.profiles].map(([name, profile]) => shownProfile(name, profile, config));
  const fields = options.fields();
  if (fields !== undefined) await printJson(terminal.out, all, fields);
  else if (all.length === 0) await terminal.err.line('There are no profiles yet. bridle login makes one.');
  else {
    const { style } = terminal.out;
    const rows = all.map(({ name, url, org, project, current, hasToken }) => [
      { text: current ? `${name} *` : name, ...(current ? { paint: style.bold } : {}) },
      url,
      [org, project].filter((part) => part !== '').join('/'),
      hasToken ? 'yes' : 'no',
    ]);
    await printTable(terminal, ['PROFILE', 'SERVER', 'PROJECT', 'SIGNED IN'], rows);
  }
  return 0;
};

export const pickProfile: CommandAction = async ({ terminal, environment }, { arguments: [name = ''] }) => {
  const { config, profile } = find(environment, name);
  useProfile(config.path, name);
  if (!terminal.isQuiet)
    await terminal.out.line(`The profile "${name}" (${profile.url ?? 'no server'}) is used from now on.`);
  return 0;
};

export const showProfile: CommandAction = async ({ terminal, environment }, { arguments: [given], options }) => {
  const name = given ?? findConfig(environment).current;
  if (name === undefined) throw new UsageError('There are no profiles yet.', 'bridle login makes one.', 5);
  const { config, profile } = find(environment, name);
  const shown = shownProfile(name, profile, config);
  const fields = options.fields();
  if (fields !== undefined) await printJson(terminal.out, shown, fields);
  else {
    const rows = Object.entries(shown)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => [
        key === 'hasToken' ? 'signed in' : key,
        typeof value === 'boolean' ? (value ? 'yes' : 'no') : value,
      ]);
    await printTable(terminal, ['', 'VALUE'], rows);
  }
  return 0;
};

export const removeProfile: CommandAction = async ({ terminal, environment }, { arguments: [name = ''] }) => {
  const { config } = find(environment, name);
  deleteProfile(config.path, name);
  if (!terminal.isQuiet)
    await terminal.out.line(`The profile "${name}" is deleted. Its token stays valid until it is revoked.`);
  return 0;
};

function find(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): { readonly config: Config; readonly profile: Profile } {
  const config = findConfig(environment);
  const profile = config.profiles.get(name);
  if (profile === undefined) throw noProfile(name, config);
  return { config, profile };
}

interface ShownProfile {
  readonly name: string;
  readonly url: string;
  readonly account: string;
  readonly org: string;
  readonly project: string;
  readonly current: boolean;
  readonly hasToken: boolean;
}

/** Without its token. */
function shownProfile(
  name: string,
  { url = '', account = '', org = '', project = '', token }: Profile,
  config: Config,
): ShownProfile {
  return { name, url, account, org, project, current: config.current === name, hasToken: token !== undefined };
}
