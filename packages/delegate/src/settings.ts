/** What a delegate is told at start: flags first, then its own variables, then those of Harness's delegate, then defaults. */
import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CacheSettings, IsolationWishes, ProxySettings, SshSettings } from '@bridle/executors';
import { PROXY_VARIABLES, SETTING_NAMES, type SettingKey, type SettingName } from './setting-names.ts';
import { readStepIsolation } from './step-settings.ts';
import { readCacheSettings, readSshSettings } from './storage-settings.ts';

const CAPACITY_DEFAULT = 50;
const CAPACITY_MAX = 1_000;
const DRAIN_MS_DEFAULT = 10_000;
const KILL_GRACE_MS_DEFAULT = 10_000;
const DURATION_MS_MAX = 24 * 60 * 60 * 1_000;
const TAGS_MAX = 100;
const NAME_LENGTH_MAX = 128;

export interface DelegateSettings {
  readonly url: URL;
  readonly token: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly home: string;
  readonly capacity: number;
  /** Per cent of the processors in use above which no new steps are taken. */
  readonly cpuThreshold?: number;
  /** Per cent of the memory in use above which no new steps are taken. */
  readonly memoryThreshold?: number;
  readonly drainMs: number;
  readonly killGraceMs: number;
  readonly inheritedNames: readonly string[];
  /** Variables of its own that secrets may refer to, beside those whose names say so. */
  readonly secretNames: readonly string[];
  /** Folder of files that secrets may refer to. */
  readonly secretsFolder?: string;
  readonly isPrivateNetworkAllowed: boolean;
  /** Authorities of the operator's, PEM, trusted beside those that Node knows. */
  readonly certificateAuthorities: readonly string[];
  /** The way out of this host's network; absent = direct. */
  readonly proxy?: ProxySettings;
  /** Commands to run before everything else. */
  readonly initScript?: string;
  /** How steps on this host are confined. */
  readonly isolation: IsolationWishes;
  /** Repositories in folders of this host may be cloned. */
  readonly isGitFileUrlAllowed: boolean;
  readonly caches: CacheSettings;
  readonly ssh: SshSettings;
  /** Things the operator should know. */
  readonly warnings: readonly string[];
}

/** A setting is missing or wrong; the text says which and what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

type Environment = Readonly<Record<string, string | undefined>>;
type Flags = Readonly<Record<string, string | boolean | undefined>>;
/** A setting as it was written, where it was written; the empty text counts as nothing. */
type Read = (key: SettingKey) => string | undefined;

/** @throws SettingsError */
export function readSettings(argv: readonly string[], environment: Environment): DelegateSettings {
  const flags = readFlags(argv);
  const read: Read = (key) => {
    const { flag, variables }: SettingName = SETTING_NAMES[key];
    const value = flags[flag];
    if (typeof value === 'string' && value !== '') return value;
    return variables.map((name) => environment[name]).find((text) => text !== undefined && text !== '');
  };
  const isOn = (key: SettingKey): boolean => flags[SETTING_NAMES[key].flag] === true || read(key) === 'on';
  const name = read('name') ?? hostname();
  if (name.length > NAME_LENGTH_MAX) throw new SettingsError('--name: a name has at most 128 characters.');
  const url = readUrl(read('url'));
  // A file that was named on the command line counts more than a token that happens to lie in the environment.
  const isFileNamed = typeof flags['token-file'] === 'string' && typeof flags['token'] !== 'string';
  const token = readToken(isFileNamed ? undefined : read('token'), read('tokenFile'));
  checkAccount(token, read('account'));
  const cpuThreshold = readPercent('--cpu-threshold', read('cpuThreshold'));
  const memoryThreshold = readPercent('--memory-threshold', read('memoryThreshold'));
  const proxy = readProxy(read('proxy'), read('noProxy'), environment);
  const initScript = read('initScript');
  const secretsFolder = read('secretsDir');
  const home = read('home') ?? join(homedir(), '.bridle', 'delegates', name.replaceAll(/[^A-Za-z0-9_.-]/g, '_'));
  const refuse = (message: string): never => {
    throw new SettingsError(message);
  };
  return {
    url,
    token,
    name,
    tags: readTags(read('tags')),
    home,
    capacity: readNumber('--capacity', read('capacity'), CAPACITY_DEFAULT, 1, CAPACITY_MAX),
    drainMs: readNumber('--drain-ms', read('drainMs'), DRAIN_MS_DEFAULT, 0, DURATION_MS_MAX),
    killGraceMs: readNumber('--kill-grace-ms', read('killGraceMs'), KILL_GRACE_MS_DEFAULT, 0, DURATION_MS_MAX),
    inheritedNames: readList(read('inheritEnv')),
    secretNames: readList(read('secretNames')),
    ...(secretsFolder === undefined ? {} : { secretsFolder }),
    isPrivateNetworkAllowed: flags['refuse-private'] !== true && read('refusePrivate') !== 'on',
    certificateAuthorities: readAuthorities(read('caFile')),
    ...(cpuThreshold === undefined ? {} : { cpuThreshold }),
    ...(memoryThreshold === undefined ? {} : { memoryThreshold }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(initScript === undefined ? {} : { initScript }),
    isolation: readStepIsolation(read, isOn('stepNoNewPrivileges'), refuse),
    isGitFileUrlAllowed: isOn('gitFileUrls'),
    caches: readCacheSettings(read, home, refuse),
    ssh: readSshSettings(read, home, refuse),
    warnings:
      typeof flags['token'] === 'string'
        ? ['--token shows the token in the process list of this host; --token-file keeps it to yourself']
        : [],
  };
}

function readFlags(argv: readonly string[]): Flags {
  const names: readonly SettingName[] = Object.values(SETTING_NAMES);
  const options = Object.fromEntries(
    names.map(({ flag, value }) => [flag, { type: value === undefined ? ('boolean' as const) : ('string' as const) }]),
  );
  try {
    return parseArgs({ args: [...argv], options: { ...options, help: { type: 'boolean' } } }).values as Flags;
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : String(error));
  }
}

function readUrl(text: string | undefined): URL {
  if (text === undefined)
    throw new SettingsError('--url is missing: where is the Bridle server, e.g. http://127.0.0.1:7070 ?');
  // Harness's variable may hold a host and a port only.
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  const isHost = url !== null && (text.includes('://') || /[.:]/.test(text) || url.hostname === 'localhost');
  if (!isHost || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new SettingsError(`--url: "${text}" is not an http:// or https:// address.`);
  }
  return url;
}

function readToken(token: string | undefined, file: string | undefined): string {
  if (token !== undefined) return token.trim();
  if (file === undefined)
    throw new SettingsError('The delegate token is missing: give --token-file or set BRIDLE_DELEGATE_TOKEN.');
  const text = readText('--token-file', file).trim();
  if (text === '') throw new SettingsError(`--token-file: ${file} is empty.`);
  return text;
}

/** A token names its account; a delegate that was meant for another one must not work for this one. */
function checkAccount(token: string, account: string | undefined): void {
  const own = /^dlt\.([^.]+)\./.exec(token)?.[1];
  if (account !== undefined && own !== undefined && own !== account)
    throw new SettingsError(`--account: the token is of the account ${own}, not of ${account}.`);
}

function readTags(text: string | undefined): readonly string[] {
  const tags = readList(text);
  if (tags.length > TAGS_MAX) throw new SettingsError(`--tags: at most ${TAGS_MAX} tags.`);
  const tooLong = tags.find((tag) => tag.length > NAME_LENGTH_MAX);
  if (tooLong !== undefined)
    throw new SettingsError(`--tags: a tag has at most 128 characters, "${tooLong.slice(0, 40)}…" has more.`);
  return tags;
}

function readAuthorities(file: string | undefined): readonly string[] {
  if (file === undefined) return [];
  const text = readText('--ca-file', file);
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new SettingsError(`--ca-file: ${file} holds no certificate in PEM.`);
  return found;
}

/** One address for both kinds of calls, from one text or from the parts that Harness's delegate takes. */
function readProxy(
  text: string | undefined,
  noProxy: string | undefined,
  environment: Environment,
): ProxySettings | undefined {
  const part = (name: keyof typeof PROXY_VARIABLES): string => environment[PROXY_VARIABLES[name]] ?? '';
  const isInParts = text === undefined;
  const written = text ?? (part('host') === '' ? undefined : proxyOfParts(part));
  if (written === undefined) return undefined;
  const url = URL.parse(written.includes('://') ? written : `http://${written}`);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    // Never the text itself: it may hold a password.
    throw new SettingsError(
      `${isInParts ? 'PROXY_HOST and its companions' : '--proxy'}: that is not the http:// or https:// address of a proxy.`,
    );
  }
  return { httpUrl: url.href, httpsUrl: url.href, noProxy: readList(noProxy) };
}

function proxyOfParts(part: (name: keyof typeof PROXY_VARIABLES) => string): string {
  const scheme = part('scheme') === '' ? 'http' : part('scheme').toLowerCase();
  const port = part('port') === '' ? '' : `:${part('port')}`;
  const user =
    part('user') === '' ? '' : `${encodeURIComponent(part('user'))}:${encodeURIComponent(part('password'))}@`;
  return `${scheme}://${user}${part('host')}${port}`;
}

function readText(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SettingsError(`${flag}: ${file} cannot be read${error instanceof Error ? ` (${error.message})` : ''}.`);
  }
}

function readList(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readPercent(flag: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : readNumber(flag, text.replace(/%$/, ''), 100, 1, 100);
}

function readNumber(flag: string, text: string | undefined, otherwise: number, least: number, most: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new SettingsError(`${flag}: "${text}" is not a whole number from ${least} to ${most}.`);
  }
  return value;
}
