/** What the server reads from its environment; the launcher has checked and completed it. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { join, resolve } from 'node:path';
import { readDiskSettings } from './disk-settings.ts';
import type { DiskSettings } from './disk/disk-watch.ts';
import { readOutgoingSettings, type OutgoingWaySettings } from './outgoing-settings.ts';
import { readSecretSettings, type SecretSettings } from './secret-settings.ts';
import { readSignInSettings, type SignInSettings } from './sign-in-settings.ts';
import type { UsualSettings } from './store/known-settings.ts';
import { readUsualSettings } from './usual-settings.ts';

const SEEDS = ['demo', 'none'] as const;
const UNRESOLVED = ['variables', 'strict', 'lenient'] as const;

export interface ServerSettings {
  readonly port: number;
  readonly host: string;
  readonly home: string;
  readonly accountId: string;
  /** Without a trailing slash; undefined = made of host and port. */
  readonly publicUrl: string | undefined;
  readonly masterKey: Buffer;
  readonly secrets: SecretSettings;
  readonly signIn: SignInSettings;
  readonly databaseUrl: string;
  /** False only in tests of lost notifications. */
  readonly isNotifyEnabled: boolean;
  readonly logLevel: string;
  /** Proxies in front of the server: none, so many, or those at these addresses (comma-separated, with masks). */
  readonly trustProxy: false | number | string;
  /** The server speaks TLS itself; absent = plain HTTP, maybe behind a proxy that speaks it. PEM. */
  readonly tls?: TlsFiles;
  /** Executions of one account that run at once; more wait in line. */
  readonly executionsMax: number;
  /** Where public material conflicts; kept with each execution at its start. */
  readonly switches: EngineSwitchSettings;
  /** What a new installation begins with. */
  readonly seed: (typeof SEEDS)[number];
  /** Where finished logs and artifacts are kept. */
  readonly files: FilesSettings;
  /** How often one may ask; requests a minute. */
  readonly rateLimits: {
    readonly perKey: number | undefined;
    readonly perAddress: number | undefined;
    readonly isLoopbackLimited: boolean;
  };
  /** How long what has happened is kept, where no setting of an account, organization or project says it. */
  readonly usualSettings: UsualSettings;
  /** Room that must be left on the disk for new work to be taken; absent = nobody looks. */
  readonly disk?: DiskSettings;
  /** The server makes faults on purpose when it is told to (BRIDLE_FAULTS). */
  readonly hasFaults: boolean;
  /** Build artifacts: for how long, and how many bytes per execution. */
  readonly artifacts: { readonly keepMs: number; readonly bytesPerExecutionMax: number };
  /** Bytes of one step's log; more is left out, and the log says so. `undefined` = no limit. */
  readonly logBytesMax: number | undefined;
  /** How webhooks are called. */
  readonly outgoing: OutgoingWaySettings;
}

export type FilesSettings =
  | { readonly kind: 'folder'; readonly path: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** Absent = Amazon's. */
      readonly endpoint?: string;
      readonly region: string;
      readonly isPathStyle: boolean;
    };

/** What a TLS server shows: the certificate with its chain, and its key. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** Absent = as Harness's pages document it. */
export interface EngineSwitchSettings {
  readonly ignoredFailureFiresFailure?: boolean;
  readonly rolledBackFiresFailure?: boolean;
  readonly unresolved?: (typeof UNRESOLVED)[number];
}

/** A setting is missing or makes no sense. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly code = 'SETTING_INVALID';
}

const MASTER_KEY_BYTES = 32;
const PORT_MAX = 65_535;
const EXECUTIONS_MAX = 1_000;
const DAY_MS = 86_400_000;
const ARTIFACTS_DAYS = 30;
/** A minute. */
const RATE_PER_KEY = 3_000;
const RATE_PER_ADDRESS = 6_000;
/** Of one execution together: 10 GiB. */
const ARTIFACTS_BYTES_MAX = 10_737_418_240;
/** Below, a log could not even say why it ends. */
const LOG_BYTES_MAX_LEAST = 1_024;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export function readServerSettings(env: Readonly<Record<string, string | undefined>>): ServerSettings {
  const required = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '')
      throw new SettingsError(`${name} is not set. Start the server with "npm start", which sets it.`);
    return value;
  };
  const port = Number(env['BRIDLE_PORT'] ?? '7070');
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX)
    throw new SettingsError(`BRIDLE_PORT is not a port: ${String(env['BRIDLE_PORT'])}`);
  const masterKey = Buffer.from(required('BRIDLE_MASTER_KEY'), 'base64');
  if (masterKey.length !== MASTER_KEY_BYTES)
    throw new SettingsError(`BRIDLE_MASTER_KEY holds ${masterKey.length} bytes, not ${MASTER_KEY_BYTES}.`);
  const logLevel = env['BRIDLE_LOG_LEVEL'] ?? 'info';
  if (!LOG_LEVELS.includes(logLevel))
    throw new SettingsError(`BRIDLE_LOG_LEVEL is none of ${LOG_LEVELS.join(', ')}: ${logLevel}`);
  const executionsMax = Number(env['BRIDLE_EXECUTIONS_MAX'] ?? EXECUTIONS_MAX);
  if (!Number.isSafeInteger(executionsMax) || executionsMax < 1)
    throw new SettingsError(`BRIDLE_EXECUTIONS_MAX is not a number above 0: ${String(env['BRIDLE_EXECUTIONS_MAX'])}`);
  const home = required('BRIDLE_HOME');
  const disk = readDiskSettings(env, (message) => new SettingsError(message));
  return {
    port,
    host: env['BRIDLE_HOST'] ?? '127.0.0.1',
    home,
    accountId: required('BRIDLE_ACCOUNT_ID'),
    publicUrl: env['BRIDLE_PUBLIC_URL']?.replace(/\/+$/, '') || undefined,
    masterKey,
    secrets: readSecretSettings(env, (message) => new SettingsError(message)),
    signIn: readSignInSettings(env, (message) => new SettingsError(message)),
    databaseUrl: required('DATABASE_URL'),
    isNotifyEnabled: env['BRIDLE_NOTIFY'] !== 'off',
    logLevel,
    trustProxy: readTrustProxy(env['BRIDLE_TRUST_PROXY'] || 'off'),
    ...readTls(env),
    executionsMax,
    switches: readSwitches(env),
    seed: readSeed(env['BRIDLE_SEED'] || 'demo'),
    files: readFiles(env, home),
    rateLimits: {
      perKey: readLimit(env, 'BRIDLE_RATE_PER_KEY', RATE_PER_KEY),
      perAddress: readLimit(env, 'BRIDLE_RATE_PER_ADDRESS', RATE_PER_ADDRESS),
      isLoopbackLimited: readSwitch(env, 'BRIDLE_RATE_LOOPBACK') ?? false,
    },
    usualSettings: readUsualSettings(env, (message) => new SettingsError(message)),
    ...(disk === undefined ? {} : { disk }),
    hasFaults: readSwitch(env, 'BRIDLE_FAULTS') ?? false,
    artifacts: {
      keepMs: readAbove0(env, 'BRIDLE_ARTIFACTS_DAYS', ARTIFACTS_DAYS) * DAY_MS,
      bytesPerExecutionMax: readAbove0(env, 'BRIDLE_ARTIFACTS_BYTES_MAX', ARTIFACTS_BYTES_MAX),
    },
    logBytesMax: readLogBytesMax(env['BRIDLE_LOG_BYTES_MAX'] || undefined),
    outgoing: readOutgoingSettings(env, (message) => new SettingsError(message)),
  };
}

function readSeed(written: string): (typeof SEEDS)[number] {
  const seed = SEEDS.find((each) => each === written);
  if (seed === undefined) throw new SettingsError(`BRIDLE_SEED is none of ${SEEDS.join(', ')}: ${written}`);
  return seed;
}

/** Where files are kept (BRIDLE_FILES). @throws SettingsError */
export function readFiles(env: Readonly<Record<string, string | undefined>>, home: string): FilesSettings {
  const kind = env['BRIDLE_FILES'] || 'folder';
  if (kind === 'folder') return { kind, path: resolve(env['BRIDLE_FILES_DIR'] || join(home, 'files')) };
  if (kind !== 's3') throw new SettingsError(`BRIDLE_FILES is neither folder nor s3: ${kind}`);
  const bucket = env['BRIDLE_S3_BUCKET'] || undefined;
  if (bucket === undefined) throw new SettingsError('BRIDLE_FILES is s3, but BRIDLE_S3_BUCKET is not set.');
  const endpoint = env['BRIDLE_S3_ENDPOINT'] || undefined;
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? ''))
    throw new SettingsError(`BRIDLE_S3_ENDPOINT is not a URL that begins with http:// or https://: ${endpoint}`);
  return {
    kind,
    bucket,
    region: env['BRIDLE_S3_REGION'] || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1',
    isPathStyle: readSwitch(env, 'BRIDLE_S3_PATH_STYLE') ?? false,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

function readAbove0(env: Readonly<Record<string, string | undefined>>, name: string, usual: number): number {
  const written = env[name] || undefined;
  const value = Number(written ?? usual);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new SettingsError(`${name} is not a whole number above 0: ${String(written)}`);
  return value;
}

/**
 * `on` = one proxy. Who trusts the whole of `x-forwarded-for` believes whatever a caller has put at its beginning.
 */
function readTrustProxy(written: string): false | number | string {
  if (written === 'off') return false;
  if (written === 'on') return 1;
  if (/^[1-9]\d?$/.test(written)) return Number(written);
  const addresses = written.split(',').map((address) => address.trim());
  if (addresses.every((address) => isIP(address.split('/')[0] ?? '') !== 0)) return addresses.join(',');
  throw new SettingsError(`BRIDLE_TRUST_PROXY is neither on, off, a number of proxies nor their addresses: ${written}`);
}

/** `off` = none. */
function readLimit(env: Readonly<Record<string, string | undefined>>, name: string, usual: number): number | undefined {
  return env[name] === 'off' ? undefined : readAbove0(env, name, usual);
}

function readLogBytesMax(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  const bytes = Number(written);
  if (!Number.isSafeInteger(bytes) || bytes < LOG_BYTES_MAX_LEAST)
    throw new SettingsError(`BRIDLE_LOG_BYTES_MAX is not a number of bytes from ${LOG_BYTES_MAX_LEAST} on: ${written}`);
  return bytes;
}

function readSwitches(env: Readonly<Record<string, string | undefined>>): EngineSwitchSettings {
  const ignored = readSwitch(env, 'BRIDLE_IGNORED_FAILURE_FIRES_FAILURE');
  const rolledBack = readSwitch(env, 'BRIDLE_ROLLED_BACK_FIRES_FAILURE');
  const written = env['BRIDLE_UNRESOLVED_EXPRESSIONS'] || undefined;
  const unresolved = UNRESOLVED.find((policy) => policy === written);
  if (written !== undefined && unresolved === undefined)
    throw new SettingsError(`BRIDLE_UNRESOLVED_EXPRESSIONS is none of ${UNRESOLVED.join(', ')}: ${written}`);
  return {
    ...(ignored === undefined ? {} : { ignoredFailureFiresFailure: ignored }),
    ...(rolledBack === undefined ? {} : { rolledBackFiresFailure: rolledBack }),
    ...(unresolved === undefined ? {} : { unresolved }),
  };
}

/** `on` or `off`; `undefined` when it is not set. */
function readSwitch(env: Readonly<Record<string, string | undefined>>, name: string): boolean | undefined {
  const written = env[name] || undefined;
  if (written === undefined || written === 'on' || written === 'off')
    return written === undefined ? undefined : written === 'on';
  throw new SettingsError(`${name} is neither on nor off: ${written}`);
}

/** Both files or none: half a setting is a mistake. */
function readTls(env: Readonly<Record<string, string | undefined>>): { readonly tls?: TlsFiles } {
  const [cert, key] = ['BRIDLE_TLS_CERT_FILE', 'BRIDLE_TLS_KEY_FILE'].map((name) =>
    readPem(name, env[name] || undefined),
  );
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined) throw new SettingsError('BRIDLE_TLS_KEY_FILE is set, but BRIDLE_TLS_CERT_FILE is not.');
  if (key === undefined) throw new SettingsError('BRIDLE_TLS_CERT_FILE is set, but BRIDLE_TLS_KEY_FILE is not.');
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new SettingsError(
      `The files of BRIDLE_TLS_CERT_FILE and BRIDLE_TLS_KEY_FILE are not a certificate and its key${error instanceof Error ? ` (${error.message})` : ''}.`,
    );
  }
  return { tls: { cert, key } };
}

function readPem(name: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new SettingsError(`${name}: ${file} cannot be read${error instanceof Error ? ` (${error.message})` : ''}.`);
  }
}

/** Where clients on this machine reach a server that listens there. */
export function localUrl(host: string, port: number, isTls = false): string {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `${isTls ? 'https' : 'http'}://${name}:${String(port)}`;
}
