/** Reads all the places that may say where the server is, and decides. */
import { homedir } from 'node:os';
import type { CommandContext } from '../command-line/command.ts';
import type { Options } from '../command-line/options.ts';
import { suggestLine } from '../command-line/suggest-line.ts';
import { UsageError } from '../command-line/usage-error.ts';
import type { Config } from './config-file.ts';
import { environmentLayer } from './environment.ts';
import { findConfig } from './find-config.ts';
import { hcLayer } from './hc-file.ts';
import { DEFAULT_URL, localHomeLayer } from './local-home.ts';
import { readProjectFile } from './project-file.ts';
import { isSameServer, resolveSettings, SETTING_NAMES, type Layer, type Settings } from './settings.ts';
import type { UiAddress } from './ui-address.ts';

export interface Given {
  readonly context: Pick<CommandContext, 'environment' | 'folder'>;
  readonly options: Options;
  /** Of `--token -`, read from standard input. */
  readonly token?: string;
  /** A page that was pasted as an argument: its scope is meant, on the server that has it. */
  readonly page?: UiAddress;
}

export interface FoundSettings extends Settings {
  readonly config: Config;
  /** The profile that is used, whether anything of it was needed or not. */
  readonly profile: string | undefined;
}

/** @throws UsageError */
export function readSettings(given: Given): FoundSettings {
  const { environment, folder } = given.context;
  const userHome = environment['HOME'] ?? homedir();
  const config = findConfig(environment);
  const project = readProjectFile(folder);
  const flags = flagLayer(given);
  const fromEnvironment = environmentLayer(environment);
  const chosen = chooseProfile(given, config, project.profile);
  const profile = chosen === undefined ? {} : profileLayer(config, chosen.name);
  const layers = [
    pageLayer(given.page),
    flags,
    // Named on the command line, it is as strong as that.
    ...(chosen?.isGiven === true ? [profile] : []),
    fromEnvironment,
    project.layer,
    ...(chosen?.isGiven === true ? [] : [profile]),
    hcLayer(userHome),
    localHomeLayer({ environment, userHome, userId: process.getuid?.() }),
  ];
  const settings = resolveSettings(layers, { value: DEFAULT_URL, from: 'the default' });
  const found = { ...settings, config, profile: chosen?.name };
  checkUrl(found);
  return given.page === undefined || isSameServer(given.page.origin, found.url.value)
    ? found
    : readElsewhere(given, given.page, found);
}

/** A page of another server than the usual one: the profile for that server, if there is one. */
function readElsewhere(given: Given, page: UiAddress, usual: FoundSettings): FoundSettings {
  const isFree = given.options.text('profile') === undefined && given.options.text('url') === undefined;
  const name = [...usual.config.profiles].find(
    ([, { url }]) => url !== undefined && isSameServer(url, page.origin),
  )?.[0];
  if (!isFree || name === undefined) {
    throw new UsageError(
      `${page.origin} is not the server that is spoken to, which is ${usual.url.value} (${usual.url.from}).`,
      `To speak to that one: bridle login --url ${page.origin}`,
    );
  }
  return readSettings({ ...given, options: given.options.with('profile', name) });
}

function flagLayer({ options, token }: Given): Layer {
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const value = name === 'token' ? (token ?? options.text(name)) : options.text(name);
      return value === undefined || value === '' ? [] : [[name, { value, from: `--${name}` }]];
    }),
  );
}

function pageLayer(page: UiAddress | undefined): Layer {
  if (page === undefined) return {};
  return Object.fromEntries(
    (['account', 'org', 'project'] as const).flatMap((name) => {
      const value = page[name];
      return value === undefined ? [] : [[name, { value, from: 'the address of the page' }]];
    }),
  );
}

function profileLayer(config: Config, name: string): Layer {
  const from = `profile ${name}`;
  return Object.fromEntries(
    Object.entries(config.profiles.get(name) ?? {}).map(([setting, value]) => [setting, { value, from }]),
  );
}

/** By option, by variable, by the repository, else the current one. */
function chooseProfile(
  { context: { environment }, options }: Given,
  config: Config,
  ofProject: { readonly name: string; readonly from: string } | undefined,
): { readonly name: string; readonly isGiven: boolean } | undefined {
  const option = options.text('profile');
  const variable = environment['BRIDLE_PROFILE'] ?? '';
  const wishes = [
    ...(option === undefined ? [] : [{ name: option, from: '--profile', isGiven: true }]),
    ...(variable === '' ? [] : [{ name: variable, from: 'BRIDLE_PROFILE', isGiven: false }]),
    ...(ofProject === undefined ? [] : [{ ...ofProject, isGiven: false }]),
    ...(config.current === undefined ? [] : [{ name: config.current, from: config.path, isGiven: false }]),
  ];
  const [wish] = wishes;
  if (wish === undefined || config.profiles.has(wish.name)) return wish;
  throw noProfile(wish.name, config, ` (named by ${wish.from})`);
}

export function noProfile(name: string, { profiles }: Config, why = ''): UsageError {
  const names = [...profiles.keys()];
  const known = names.length === 0 ? 'There is none yet.' : `Profiles: ${names.join(', ')}.`;
  return new UsageError(
    `There is no profile "${name}"${why}.`,
    `${suggestLine(name, names)}${known} One is made by: bridle login --profile ${name}`,
    5,
  );
}

function checkUrl({ url }: Settings): void {
  const parsed = URL.parse(url.value);
  if (parsed !== null && (parsed.protocol === 'http:' || parsed.protocol === 'https:')) return;
  throw new UsageError(`"${url.value}" (${url.from}) is no address of a server.`, 'Such as https://ci.example.com.');
}
