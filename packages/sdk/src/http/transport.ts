/**
 * Calls over `fetch`: keys and accounts, timeouts, retries, errors.
 *
 * 1. What may do harm when it is done twice is sent once (`isRepeatable`), unless the caller says that it only reads.
 * 2. The caller's signal ends everything: the try, the pause before the next one, the reading of the answer.
 * 3. No redirect is followed: the key would go along to whoever is named there.
 */
import type { Configuration } from '../configuration.ts';
import { ApiError, ConfigurationError, ConnectionError, TimeoutError } from '../errors.ts';
import { errorOf, readBody, unwrap } from './answer.ts';
import { pause } from './pause.ts';
import { isRepeatable, pauseBeforeRetry } from './retry.ts';

/** What every call takes beside what it is about. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long one try may take. */
  readonly timeoutMs?: number | undefined;
  /** How long all tries and their pauses may take together. */
  readonly overallTimeoutMs?: number | undefined;
  /** How often a call that may be repeated is tried again. */
  readonly retries?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Is told of the answer: its headers have the version of what was read (`etag`). */
  readonly onResponse?: ((response: Response) => void) | undefined;
}

export type QueryValue = string | number | boolean | null | undefined;
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

export interface Call {
  readonly method: string;
  /** Below the base URL, beginning with a slash, without a query. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** A text is sent as YAML, an object as JSON, bytes and forms as they are. */
  readonly body?: unknown;
  /** It reads, whatever its method: a list that is asked for with POST. */
  readonly isRead?: boolean | undefined;
}

type Reader<T> = (response: Response) => Promise<T>;

export class Transport {
  readonly config: Configuration;

  constructor(config: Configuration) {
    this.config = config;
  }

  /** `data` of the answer. */
  async data(call: Call, options: CallOptions = {}): Promise<unknown> {
    return await this.#withRetries(call, options, async (response) => unwrap(call, response, await readBody(response)));
  }

  /** The answer with its body still to be read; errors are thrown. Timeouts are about its head only. */
  async response(call: Call, options: CallOptions = {}): Promise<Response> {
    return await this.#withRetries(call, options, (response) => Promise.resolve(response));
  }

  url({ path, query = {} }: Pick<Call, 'path' | 'query'>): string {
    if (!path.startsWith('/')) throw new ConfigurationError(`A path begins with a slash: ${path}`);
    const account = path.startsWith('/log-service/') ? 'accountID' : 'accountIdentifier';
    const search = new URLSearchParams({ [account]: this.config.accountId });
    for (const [name, value] of Object.entries(query)) {
      const values = Array.isArray(value) ? (value as readonly QueryValue[]) : [value as QueryValue];
      const given = values.filter((one) => one !== undefined && one !== null);
      if (name === account && given.length > 0) search.delete(account);
      for (const one of given) search.append(name, String(one));
    }
    return `${this.config.baseUrl}${path}?${search.toString()}`;
  }

  async #withRetries<T>(call: Call, options: CallOptions, read: Reader<T>): Promise<T> {
    const { overallTimeoutMs = this.config.overallTimeoutMs, signal } = options;
    const retries =
      call.isRead === true || isRepeatable(call.method, call.path) ? (options.retries ?? this.config.retries) : 0;
    const endsAt = Date.now() + overallTimeoutMs;
    for (let failures = 1; ; failures += 1) {
      signal?.throwIfAborted();
      try {
        return await this.#try(call, options, Math.max(0, endsAt - Date.now()), read);
      } catch (error) {
        const wait = failures > retries ? undefined : pauseBeforeRetry(error, failures);
        // A pause that ends after all the time is over would only delay the bad news.
        if (wait === undefined || Date.now() + wait >= endsAt) throw error;
        await pause(wait, signal);
      }
    }
  }

  async #try<T>(call: Call, options: CallOptions, leftMs: number, read: Reader<T>): Promise<T> {
    const timeoutMs = Math.min(leftMs, options.timeoutMs ?? this.config.timeoutMs);
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const { signal } = options;
    try {
      const response = await this.config.fetch(this.url(call), {
        ...this.#init(call, options),
        signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]),
      });
      options.onResponse?.(response);
      if (response.ok) return await read(response);
      throw errorOf(call, response, response.type === 'opaqueredirect' ? undefined : await readBody(response));
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      const what = `${call.method} ${call.path}`;
      if (timeout.signal.aborted) throw new TimeoutError(`${what}: no answer within ${timeoutMs} ms`, timeoutMs);
      if (error instanceof ApiError) throw error;
      throw new ConnectionError(`${what}: ${describe(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  #init({ method, body }: Call, { headers = {} }: CallOptions): RequestInit {
    const { apiKey, accountId } = this.config;
    const all = new Headers({ accept: '*/*', 'harness-account': accountId });
    if (apiKey !== undefined) all.set('x-api-key', apiKey);
    const init: RequestInit = { method, headers: all, redirect: 'manual' };
    if (typeof body === 'string') all.set('content-type', 'application/yaml');
    if (isRaw(body)) init.body = body;
    else if (body !== undefined) {
      all.set('content-type', 'application/json');
      init.body = JSON.stringify(body);
    }
    for (const [name, value] of Object.entries(headers)) all.set(name, value);
    return init;
  }
}

function isRaw(body: unknown): body is string | FormData | Blob | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof FormData || body instanceof Blob || body instanceof Uint8Array;
}

/** `fetch` says "fetch failed", and the reason is in the cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const reason =
    cause instanceof Error ? (cause.message === '' ? (cause as { code?: string }).code : cause.message) : undefined;
  return reason === undefined ? error.message : `${error.message}: ${reason}`;
}
