/** One attempt of one call to the server. Knows HTTP, not what the calls mean. */
import type { Readable } from 'node:stream';
import { getCACertificates } from 'node:tls';
import { Pool, ProxyAgent, type Dispatcher } from 'undici';

const CONNECTIONS_MAX = 32;
/** Answers of the protocol are small; a proxy's error page may not be. */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/** The server could not be asked or could not answer now: trying again may help. */
export class OutageError extends Error {
  override readonly name = 'OutageError';
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The call was given up by its caller. */
export class CallCancelled extends Error {
  override readonly name = 'CallCancelled';
}

export type Answer =
  | { readonly kind: 'ok'; readonly body: unknown }
  /** The server understood and said no: trying the same again is useless. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
}

/** How the server is reached. Its certificate is always checked. */
export interface ServerWay {
  /** Authorities of the operator's, PEM, trusted beside those that Node knows. */
  readonly certificateAuthorities?: readonly string[];
  /** Absent = directly. */
  readonly proxyUrl?: string;
}

export class ServerClient {
  readonly #dispatcher: Dispatcher;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #token: string;

  /** @param url - of the server, maybe with a path in front of Bridle's own */
  constructor(url: URL, token: string, way: ServerWay = {}) {
    this.#dispatcher = openWay(url, way);
    this.#origin = url.origin;
    this.#prefix = `${url.pathname.replace(/\/+$/, '')}/delegate/api`;
    this.#token = token;
  }

  /**
   * @throws OutageError when there was no answer or one that may change (5xx, 408, 429)
   * @throws CallCancelled when `signal` was aborted
   */
  async post(path: string, body: unknown, options: CallOptions): Promise<Answer> {
    return this.#call('POST', path, { type: 'application/json', content: JSON.stringify(body) }, options);
  }

  /** Sends bytes in a form of our own. Throws like `post`. */
  async postBytes(path: string, content: Buffer, options: CallOptions): Promise<Answer> {
    return this.#call('POST', path, { type: 'application/octet-stream', content }, options);
  }

  /** Sends a file. Throws like `post`. */
  async put(path: string, content: Readable, options: CallOptions): Promise<Answer> {
    return this.#call('PUT', path, { type: 'application/octet-stream', content }, options);
  }

  async #call(
    method: 'POST' | 'PUT',
    path: string,
    body: { readonly type: string; readonly content: string | Buffer | Readable },
    options: CallOptions,
  ): Promise<Answer> {
    const timeout = AbortSignal.timeout(options.timeoutMs);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
    try {
      const response = await this.#dispatcher.request({
        origin: this.#origin,
        path: `${this.#prefix}/${path}`,
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          'content-type': body.type,
          accept: 'application/json',
        },
        body: body.content,
        signal,
        headersTimeout: 0, // `timeoutMs` is the clock
        bodyTimeout: 0,
      });
      return read(response, await readText(response.body));
    } catch (error) {
      if (error instanceof OutageError) throw error;
      if (options.signal?.aborted === true) throw new CallCancelled('The call was given up.');
      if (timeout.aborted) throw new OutageError(`no answer within ${options.timeoutMs} ms`);
      throw new OutageError(describe(error));
    }
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

function openWay(url: URL, { certificateAuthorities = [], proxyUrl }: ServerWay): Dispatcher {
  // Naming authorities replaces those of Node (and of NODE_EXTRA_CA_CERTS): theirs are listed too.
  const tls =
    certificateAuthorities.length === 0 ? {} : { ca: [...getCACertificates('default'), ...certificateAuthorities] };
  const options = { connections: CONNECTIONS_MAX, keepAliveTimeout: 60_000, pipelining: 1 };
  if (proxyUrl === undefined) return new Pool(url.origin, { ...options, connect: tls });
  return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: tls, proxyTls: tls });
}

function read(response: Dispatcher.ResponseData, text: string): Answer {
  const { statusCode } = response;
  if (statusCode >= 500 || statusCode === 408 || statusCode === 429) {
    throw new OutageError(`the server answered ${statusCode}`, retryAfter(response.headers['retry-after']));
  }
  const body = parseJson(text);
  if (statusCode >= 200 && statusCode < 300) {
    // A captive portal or a proxy may say 200 with a page of its own.
    if (body === undefined && text !== '')
      throw new OutageError('the answer was not JSON: is something between delegate and server?');
    return { kind: 'ok', body };
  }
  return { kind: 'refused', status: statusCode, message: messageOf(body) ?? `HTTP ${statusCode}` };
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) throw new OutageError(`the answer has more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined;
  return typeof body.message === 'string' ? body.message.slice(0, 1_000) : undefined;
}

const RETRY_AFTER_MS_MAX = 60_000;

function retryAfter(header: string | string[] | undefined): number | undefined {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1_000, RETRY_AFTER_MS_MAX) : undefined;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
  // An AggregateError of several addresses has no message of its own.
  return `${error.message || error.name}${code}${cause}`;
}
