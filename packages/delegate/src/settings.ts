/** What a delegate is told at start: flags first, then environment, then defaults. */
import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const CAPACITY_DEFAULT = 50;
const CAPACITY_MAX = 1_000;
const DRAIN_MS_DEFAULT = 10_000;
const KILL_GRACE_MS_DEFAULT = 10_000;
const DURATION_MS_MAX = 24 * 60 * 60 * 1_000;
const TAGS_MAX = 100;

export const USAGE = `Usage: npm run delegate -- --url URL --token-file FILE [options]

  --url URL          the Bridle server, e.g. http://127.0.0.1:7070      BRIDLE_DELEGATE_URL
  --token-file FILE  file that holds the delegate token                 BRIDLE_DELEGATE_TOKEN_FILE
  --token TOKEN      the token itself; others on this host can see it   BRIDLE_DELEGATE_TOKEN
  --name NAME        name, also a tag (default: the host name)          BRIDLE_DELEGATE_NAME
  --tags A,B         tags that steps select by                          BRIDLE_DELEGATE_TAGS
  --home FOLDER      its own folder (default: ~/.bridle/delegates/NAME) BRIDLE_DELEGATE_HOME
  --capacity N       steps at the same time (default: ${CAPACITY_DEFAULT})                BRIDLE_DELEGATE_CAPACITY
  --drain-ms N       at SIGTERM, time for running steps (${DRAIN_MS_DEFAULT})        BRIDLE_DELEGATE_DRAIN_MS
  --kill-grace-ms N  between SIGTERM and SIGKILL of a step (${KILL_GRACE_MS_DEFAULT})     BRIDLE_DELEGATE_KILL_GRACE_MS
  --inherit-env A,B  more variables of its own that steps may see       BRIDLE_DELEGATE_INHERIT_ENV
  --refuse-private   Http steps may not call loopback or private ranges BRIDLE_DELEGATE_REFUSE_PRIVATE=on
`;

export interface DelegateSettings {
  readonly url: URL;
  readonly token: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly home: string;
  readonly capacity: number;
  readonly drainMs: number;
  readonly killGraceMs: number;
  readonly inheritedNames: readonly string[];
  readonly isPrivateNetworkAllowed: boolean;
  /** Things the operator should know. */
  readonly warnings: readonly string[];
}

/** A setting is missing or wrong; the text says which and what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws SettingsError */
export function readSettings(argv: readonly string[], environment: Environment): DelegateSettings {
  const flags = readFlags(argv);
  const read = (flag: keyof typeof flags, variable: string): string | undefined => {
    const value = flags[flag];
    return typeof value === 'string' && value !== '' ? value : environment[`BRIDLE_DELEGATE_${variable}`] || undefined;
  };
  const name = read('name', 'NAME') ?? hostname();
  if (name.length > 128) throw new SettingsError('--name: a name has at most 128 characters.');
  return {
    url: readUrl(read('url', 'URL')),
    token: readToken(read('token', 'TOKEN'), read('token-file', 'TOKEN_FILE')),
    name,
    tags: readTags(read('tags', 'TAGS')),
    home: read('home', 'HOME') ?? join(homedir(), '.bridle', 'delegates', name.replaceAll(/[^A-Za-z0-9_.-]/g, '_')),
    capacity: readNumber('--capacity', read('capacity', 'CAPACITY'), CAPACITY_DEFAULT, 1, CAPACITY_MAX),
    drainMs: readNumber('--drain-ms', read('drain-ms', 'DRAIN_MS'), DRAIN_MS_DEFAULT, 0, DURATION_MS_MAX),
    killGraceMs: readNumber(
      '--kill-grace-ms',
      read('kill-grace-ms', 'KILL_GRACE_MS'),
      KILL_GRACE_MS_DEFAULT,
      0,
      DURATION_MS_MAX,
    ),
    inheritedNames: readList(read('inherit-env', 'INHERIT_ENV')),
    isPrivateNetworkAllowed: flags['refuse-private'] !== true && environment['BRIDLE_DELEGATE_REFUSE_PRIVATE'] !== 'on',
    warnings:
      typeof flags.token === 'string'
        ? ['--token shows the token in the process list of this host; --token-file keeps it to yourself']
        : [],
  };
}

function readFlags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        url: { type: 'string' },
        token: { type: 'string' },
        'token-file': { type: 'string' },
        name: { type: 'string' },
        tags: { type: 'string' },
        home: { type: 'string' },
        capacity: { type: 'string' },
        'drain-ms': { type: 'string' },
        'kill-grace-ms': { type: 'string' },
        'inherit-env': { type: 'string' },
        'refuse-private': { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : String(error));
  }
}

function readUrl(text: string | undefined): URL {
  if (text === undefined)
    throw new SettingsError('--url is missing: where is the Bridle server, e.g. http://127.0.0.1:7070 ?');
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new SettingsError(`--url: "${text}" is not an http:// or https:// address.`);
  }
  return url;
}

function readToken(token: string | undefined, file: string | undefined): string {
  if (token !== undefined) return token.trim();
  if (file === undefined)
    throw new SettingsError('The delegate token is missing: give --token-file or set BRIDLE_DELEGATE_TOKEN.');
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SettingsError(
      `--token-file: ${file} cannot be read${error instanceof Error ? ` (${error.message})` : ''}.`,
    );
  }
  if (text === '') throw new SettingsError(`--token-file: ${file} is empty.`);
  return text;
}

function readTags(text: string | undefined): readonly string[] {
  const tags = readList(text);
  if (tags.length > TAGS_MAX) throw new SettingsError(`--tags: at most ${TAGS_MAX} tags.`);
  const tooLong = tags.find((tag) => tag.length > 128);
  if (tooLong !== undefined)
    throw new SettingsError(`--tags: a tag has at most 128 characters, "${tooLong.slice(0, 40)}…" has more.`);
  return tags;
}

function readList(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readNumber(flag: string, text: string | undefined, otherwise: number, least: number, most: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new SettingsError(`${flag}: "${text}" is not a whole number from ${least} to ${most}.`);
  }
  return value;
}
