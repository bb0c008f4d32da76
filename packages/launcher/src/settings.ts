/**
 * The settings of `npm start`, read from environment variables. A wrong value is a {@link SettingProblem} that names its
 * variable; all of them are collected, so that one run shows them all.
 */
import { isAbsolute, join, resolve } from 'node:path';
import { homedir } from 'node:os';
import { isIP } from 'node:net';

/** What `npm start` runs with. */
export interface Settings {
  /** `BRIDLE_PORT`; 0 = any free port. */
  readonly port: number;
  /** `BRIDLE_HOST`: address to listen on. */
  readonly host: string;
  /** `BRIDLE_HOME`: absolute folder of data, keys and logs. */
  readonly home: string;
  /** `BRIDLE_ACCOUNT_ID`; absent = the home's own, made at the first start. */
  readonly accountId?: string;
  /** `BRIDLE_PUBLIC_URL`: where clients reach Bridle, without a trailing slash. */
  readonly publicUrl?: string;
  /** `DATABASE_URL`: an external PostgreSQL; absent = the embedded one. */
  readonly databaseUrl?: string;
  /** `BRIDLE_MASTER_KEY`: 32 bytes in base64; absent = `keys/master.key` of the home. */
  readonly masterKey?: string;
  /** False when `BRIDLE_DELEGATE=off`. */
  readonly isDelegateEnabled: boolean;
}

/** One wrong setting. */
export interface SettingProblem {
  /** Stable code, the same for every variable. */
  readonly code: 'SETTING_INVALID';
  readonly variable: string;
  /** What is wrong, naming the variable and, unless it is a secret, the value. */
  readonly message: string;
  /** What a right value looks like. */
  readonly hint: string;
}

/** Answer of {@link readSettings}. */
export type SettingsResult =
  | { readonly kind: 'valid'; readonly settings: Settings }
  | { readonly kind: 'invalid'; readonly problems: readonly SettingProblem[] };

/** The machine as far as defaults depend on it; tests pass their own. */
export interface SettingsContext {
  readonly isRoot: boolean;
  readonly userHome: string;
  /** Folder a relative `BRIDLE_HOME` starts from. */
  readonly workingDirectory: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

export const DEFAULT_PORT = 7070;
export const DEFAULT_HOST = '127.0.0.1';
export const MASTER_KEY_BYTES = 32;
const ROOT_HOME = '/var/lib/bridle';
const PORT_MAX = 65_535;
/** Account ids are part of tokens (`pat.<account>.<id>.<secret>`), so a dot would make them ambiguous. */
const ACCOUNT_ID = /^[A-Za-z0-9_-]{1,64}$/;
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/** Reads and checks all settings. An empty variable counts as not set. */
export function readSettings(env: Environment, context: SettingsContext = thisMachine()): SettingsResult {
  const problems: SettingProblem[] = [];
  const read = <T>(variable: string, check: (value: string) => T | Refusal): T | undefined => {
    const value = env[variable]?.trim();
    if (value === undefined || value === '') return undefined;
    const checked = check(value);
    if (!(checked instanceof Refusal)) return checked;
    problems.push({ code: 'SETTING_INVALID', variable, message: `${variable} ${checked.what}.`, hint: checked.hint });
    return undefined;
  };

  const port = read('BRIDLE_PORT', checkPort);
  const host = read('BRIDLE_HOST', checkHost);
  const home = read('BRIDLE_HOME', (value) => checkHome(value, context));
  const accountId = read('BRIDLE_ACCOUNT_ID', checkAccountId);
  const publicUrl = read('BRIDLE_PUBLIC_URL', checkPublicUrl);
  const databaseUrl = read('DATABASE_URL', checkDatabaseUrl);
  const masterKey = read('BRIDLE_MASTER_KEY', checkMasterKey);
  const delegate = read('BRIDLE_DELEGATE', checkDelegate);
  if (problems.length > 0) return { kind: 'invalid', problems };
  return {
    kind: 'valid',
    settings: {
      port: port ?? DEFAULT_PORT,
      host: host ?? DEFAULT_HOST,
      home: home ?? (context.isRoot ? ROOT_HOME : join(context.userHome, '.bridle')),
      ...(accountId === undefined ? {} : { accountId }),
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      ...(masterKey === undefined ? {} : { masterKey }),
      isDelegateEnabled: delegate ?? true,
    },
  };
}

/** True when `text` is base64 of exactly {@link MASTER_KEY_BYTES} bytes, written the one canonical way. */
export function isMasterKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === MASTER_KEY_BYTES && bytes.toString('base64') === text;
}

/** What a value is not, in words that follow the variable's name. */
class Refusal {
  readonly what: string;
  readonly hint: string;
  constructor(what: string, hint: string) {
    this.what = what;
    this.hint = hint;
  }
}

function checkPort(value: string): number | Refusal {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : -1;
  if (port >= 0 && port <= PORT_MAX) return port;
  return new Refusal(`is not a port: ${quote(value)}`, `A whole number from 1 to ${PORT_MAX}; 0 takes any free port.`);
}

function checkHost(value: string): string | Refusal {
  const host = /^\[.*\]$/.test(value) ? value.slice(1, -1) : value;
  if (isIP(host) !== 0 || HOST_NAME.test(host)) return host;
  return new Refusal(
    `is not an address to listen on: ${quote(value)}`,
    'An IP address or host name without port, e.g. 127.0.0.1, ::1, or 0.0.0.0 for every network.',
  );
}

function checkHome(value: string, context: SettingsContext): string | Refusal {
  if (value.includes('\0')) return new Refusal('holds a NUL byte', 'A folder, e.g. /var/lib/bridle.');
  // A shell expands `~` only at the start of a word: BRIDLE_HOME="~/x" and .env files hand it over as it is.
  if (value === '~' || value.startsWith('~/')) return join(context.userHome, value.slice(1));
  return isAbsolute(value) ? resolve(value) : resolve(context.workingDirectory, value);
}

function checkAccountId(value: string): string | Refusal {
  if (ACCOUNT_ID.test(value)) return value;
  return new Refusal(`is not an account id: ${quote(value)}`, '1 to 64 letters, digits, _ and -, without dots.');
}

function checkPublicUrl(value: string): string | Refusal {
  const url = URL.parse(value);
  const isPlain = url !== null && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (isPlain && (url.protocol === 'http:' || url.protocol === 'https:')) return url.href.replace(/\/+$/, '');
  return new Refusal(
    `is not a public address: ${quote(value)}`,
    'An http or https address without user, query and fragment, e.g. https://ci.example.com.',
  );
}

function checkDatabaseUrl(value: string): string | Refusal {
  // The value is not shown: it usually holds a password.
  if (/^postgres(ql)?:\/\//.test(value)) return value;
  return new Refusal('is not the address of a PostgreSQL database', 'postgresql://user:password@host:5432/database');
}

function checkMasterKey(value: string): string | Refusal {
  if (isMasterKey(value)) return value;
  const length = Buffer.from(value, 'base64').length;
  return new Refusal(
    length === MASTER_KEY_BYTES ? 'is not clean base64' : `holds ${length} bytes, not ${MASTER_KEY_BYTES}`,
    `${MASTER_KEY_BYTES} bytes in base64, e.g. from: openssl rand -base64 ${MASTER_KEY_BYTES}`,
  );
}

function checkDelegate(value: string): boolean | Refusal {
  switch (value.toLowerCase()) {
    case 'off':
      return false;
    case 'on':
      return true;
    default:
      return new Refusal(
        `is neither on nor off: ${quote(value)}`,
        'BRIDLE_DELEGATE=off starts Bridle without a delegate.',
      );
  }
}

function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}

function thisMachine(): SettingsContext {
  return { isRoot: process.getuid?.() === 0, userHome: homedir(), workingDirectory: process.cwd() };
}
