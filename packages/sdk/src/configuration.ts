/** What a client is made from: what is passed, else the environment, else what the key says. */
import { ConfigurationError } from './errors.ts';

export interface HarnessOptions {
  /**
   * A personal access token or one of a service account. Only a page of the server itself does without: the browser then
   * sends the cookie of the person who is signed in.
   */
  readonly apiKey?: string | undefined;
  /** Default: the account that the key names (`pat.<account>.…`). */
  readonly accountId?: string | undefined;
  /** Such as `https://bridle.example.com` or `https://app.harness.io`; in a browser by default where the page is from. */
  readonly baseUrl?: string | undefined;
  /** Identifier of the organization calls are about that name none. */
  readonly org?: string | undefined;
  readonly project?: string | undefined;
  /** How long one try may take. Default: 60 s. */
  readonly timeoutMs?: number | undefined;
  /** How long a call may take with all its retries and their pauses. Default: 5 min. */
  readonly overallTimeoutMs?: number | undefined;
  /** How often what may be repeated is tried again. Default: 2. */
  readonly retries?: number | undefined;
  /** In place of the global one. */
  readonly fetch?: typeof fetch | undefined;
  /** In place of `process.env`. Where nothing is passed, values are looked up here. */
  readonly env?: Environment | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Configuration {
  readonly apiKey: string | undefined;
  readonly accountId: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly org: string | undefined;
  readonly project: string | undefined;
  readonly timeoutMs: number;
  readonly overallTimeoutMs: number;
  readonly retries: number;
  readonly fetch: typeof fetch;
}

const TIMEOUT_MS = 60_000;
const OVERALL_TIMEOUT_MS = 300_000;
const RETRIES = 2;

/** Names in the environment, the first that has a value counts: ours, then those of other clients of Harness. */
export const ENVIRONMENT_NAMES = {
  apiKey: ['HARNESS_API_KEY', 'HARNESS_PLATFORM_API_KEY'],
  accountId: ['HARNESS_ACCOUNT_ID'],
  baseUrl: ['HARNESS_BASE_URL', 'HARNESS_ENDPOINT', 'HARNESS_API_URL'],
  org: ['HARNESS_ORG', 'HARNESS_DEFAULT_ORG_ID', 'HARNESS_ORG_ID', 'ORG_IDENTIFIER'],
  project: ['HARNESS_PROJECT', 'HARNESS_DEFAULT_PROJECT_ID', 'HARNESS_PROJECT_ID', 'PROJECT_IDENTIFIER'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type EnvironmentSetting = keyof typeof ENVIRONMENT_NAMES;

/** What the environment says about a setting, and under which name. */
export function readEnvironment(
  setting: EnvironmentSetting,
  env: Environment = processEnvironment(),
): { readonly name: string; readonly value: string } | undefined {
  for (const name of ENVIRONMENT_NAMES[setting]) {
    const value = env[name]?.trim() ?? '';
    if (value !== '') return { name, value };
  }
  return undefined;
}

export function configure(options: HarnessOptions): Configuration {
  const env = options.env ?? processEnvironment();
  const setting = (name: EnvironmentSetting): string | undefined => {
    const given = options[name]?.trim() ?? '';
    return given === '' ? readEnvironment(name, env)?.value : given;
  };
  const apiKey = setting('apiKey');
  return {
    apiKey,
    accountId: setting('accountId') ?? accountOf(apiKey),
    baseUrl: parseBaseUrl(setting('baseUrl') ?? pageOrigin()),
    org: setting('org'),
    project: setting('project'),
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    overallTimeoutMs: options.overallTimeoutMs ?? OVERALL_TIMEOUT_MS,
    retries: options.retries ?? RETRIES,
    // Called without its object, the function of a browser refuses.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

/** The account a key names: keys are `pat.<account>.<id>.<secret>`, or `sat.…` of service accounts. */
export function accountOfKey(apiKey: string): string | undefined {
  const [kind = '', account = '', ...rest] = apiKey.split('.');
  return (kind === 'pat' || kind === 'sat') && account !== '' && rest.length > 0 ? account : undefined;
}

function accountOf(apiKey: string | undefined): string {
  if (apiKey === undefined) {
    throw new ConfigurationError('There is no key. Pass `apiKey`, or set HARNESS_API_KEY.');
  }
  const account = accountOfKey(apiKey);
  if (account !== undefined) return account;
  throw new ConfigurationError(
    'The key names no account: it is not of the form pat.<account>.<id>.<secret>. Pass `accountId`, or set HARNESS_ACCOUNT_ID.',
  );
}

function parseBaseUrl(text: string | undefined): string {
  if (text === undefined) {
    throw new ConfigurationError(
      'It is not said where the server is. Pass `baseUrl`, such as https://app.harness.io, or set HARNESS_BASE_URL.',
    );
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new ConfigurationError(`The address of the server is no http or https URL: ${text}`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function processEnvironment(): Environment {
  const { process } = globalThis as { readonly process?: { readonly env?: Environment } };
  return process?.env ?? {};
}

/** Of the page this runs in; undefined outside of a browser, and in a page that is a file. */
function pageOrigin(): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly origin?: string } };
  return location?.origin?.startsWith('http') === true ? location.origin : undefined;
}
