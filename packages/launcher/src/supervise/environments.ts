/** The environments of the children: the server gets the settings, the delegate none of the server's secrets. */
import { delimiter } from 'node:path';

import type { Settings } from '../settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the launcher adds to the settings for the server. */
export interface ServerSecrets {
  readonly accountId: string;
  readonly masterKey: string;
  readonly databaseUrl: string;
}

/** The server's environment: everything of ours, with each setting spelled out. */
export function serverEnvironment(
  env: Environment,
  settings: Settings,
  secrets: ServerSecrets,
): Record<string, string> {
  return {
    ...withoutUndefined(env),
    BRIDLE_PORT: String(settings.port),
    BRIDLE_HOST: settings.host,
    BRIDLE_HOME: settings.home,
    BRIDLE_ACCOUNT_ID: secrets.accountId,
    BRIDLE_MASTER_KEY: secrets.masterKey,
    DATABASE_URL: secrets.databaseUrl,
    ...(settings.publicUrl === undefined ? {} : { BRIDLE_PUBLIC_URL: settings.publicUrl }),
  };
}

/** What the delegate is told on its command line: the same from elsewhere would only contradict. */
const DECIDED_FOR_DELEGATE = new Set([
  'BRIDLE_DELEGATE_URL',
  'BRIDLE_DELEGATE_TOKEN',
  'BRIDLE_DELEGATE_TOKEN_FILE',
  'MANAGER_HOST_AND_PORT',
  'DELEGATE_TOKEN',
  'ACCOUNT_ID',
]);
const MEANT_FOR_DELEGATE = /^BRIDLE_(DELEGATE_|(LOG_LEVEL|CA_FILE)$)/;
const NOT_FOR_DELEGATE = /^(BRIDLE_.*|PG[A-Z]+|npm_.*|DATABASE_URL|INIT_CWD)$/;

/** With BRIDLE_FILES=s3 these open the server's bucket of files, logs among them. */
const KEY_OF_BUCKET = /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$/;

/**
 * The delegate's environment, which its steps inherit in part: its own settings, but not the server's, not the database, and
 * not what npm adds to the environment and in front of `PATH` (a step that says `node` means the machine's own).
 */
export function delegateEnvironment(env: Environment, home: string): Record<string, string> {
  const isBucketOfServer = env['BRIDLE_FILES'] === 's3';
  const kept = Object.entries(withoutUndefined(env)).filter(
    ([name]) =>
      !DECIDED_FOR_DELEGATE.has(name) &&
      (MEANT_FOR_DELEGATE.test(name) || !NOT_FOR_DELEGATE.test(name)) &&
      !(isBucketOfServer && KEY_OF_BUCKET.test(name)),
  );
  const result = Object.fromEntries(kept);
  const path = result['PATH'];
  if (path !== undefined && env['npm_lifecycle_event'] !== undefined) result['PATH'] = withoutNpm(path);
  return { ...result, BRIDLE_DELEGATE_HOME: home };
}

function withoutNpm(path: string): string {
  const own = path.split(delimiter).filter((folder) => !/[\\/](node_modules[\\/]\.bin|node-gyp-bin)$/.test(folder));
  return own.join(delimiter);
}

function withoutUndefined(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
