/** One request of an Http step with its redirects: bounded, and guarded on every hop (G1). */
import { request, type Dispatcher } from 'undici';
import { withoutBrackets, type AddressRules, type TlsOptions } from '@bridle/outgoing';
import { openWay, outgoingRules, type OutgoingSettings } from './outgoing.ts';

export const REDIRECTS_MAX = 10;
/** Of a response body; expressions take no longer values. What is beyond is left out. */
export const RESPONSE_BYTES_MAX = 256 * 1024;
/** Paths of Bridle that a step may ask for: they tell whether it lives, and nothing else. */
const HEALTH_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);
/** Headers that belong to the origin they were written for. */
const ORIGIN_BOUND: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'x-api-key',
  'host',
]);

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Who the client is to the server of `url`, and to no other. */
  readonly identity?: Pick<TlsOptions, 'cert' | 'key'>;
}

export interface HttpResponse {
  readonly url: string;
  readonly code: number;
  readonly body: string;
  readonly isBodyCut: boolean;
}

/** The request could not be made or answered, by its author's fault rather than the network's. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';
}

/** @param onRedirect - hears of every hop */
export async function exchange(
  first: HttpRequest,
  settings: OutgoingSettings,
  signal: AbortSignal,
  onRedirect: (code: number, to: URL) => Promise<void>,
): Promise<HttpResponse> {
  const rules = await outgoingRules(settings);
  let current = first;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
    const answer = await ask(current, rules, settings, signal);
    if (answer.kind === 'response') return answer.response;
    await onRedirect(answer.code, answer.to);
    current = follow(current, answer.code, answer.to);
  }
  throw new ExchangeError(`The request was redirected more than ${REDIRECTS_MAX} times.`);
}

type Answer =
  | { readonly kind: 'response'; readonly response: HttpResponse }
  | { readonly kind: 'redirect'; readonly code: number; readonly to: URL };

async function ask(
  current: HttpRequest,
  rules: AddressRules,
  settings: OutgoingSettings,
  signal: AbortSignal,
): Promise<Answer> {
  const { url, method } = current;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ExchangeError(`An Http step cannot ask ${url.protocol}// addresses; use http:// or https://.`);
  }
  const isHealth = (method === 'GET' || method === 'HEAD') && HEALTH_PATHS.has(url.pathname);
  const agent = await openWay(
    {
      url,
      host: effectiveHost(current),
      rules: isHealth ? { ...rules, own: [] } : rules,
      ...(current.identity === undefined ? {} : { identity: current.identity }),
    },
    settings,
  );
  try {
    const response = await request(url, {
      dispatcher: agent,
      method: method as Dispatcher.HttpMethod, // any token is valid HTTP; undici checks it
      headers: current.headers,
      body: current.body ?? null,
      signal,
    });
    const location = response.headers['location'];
    const to = isRedirect(response.statusCode) && typeof location === 'string' ? URL.parse(location, url.href) : null;
    if (to !== null) return { kind: 'redirect', code: response.statusCode, to };
    const { bytes, isCut } = await readLimited(response.body);
    const body = decode(bytes, response.headers['content-type']);
    return { kind: 'response', response: { url: withoutUser(url), code: response.statusCode, body, isBodyCut: isCut } };
  } finally {
    await agent.destroy();
  }
}

function effectiveHost(current: HttpRequest): string {
  const header = Object.entries(current.headers).find(([name]) => name.toLowerCase() === 'host')?.[1];
  const host = header === undefined ? undefined : URL.parse(`http://${header}`)?.hostname;
  return withoutBrackets(host ?? current.url.hostname);
}

function isRedirect(code: number): boolean {
  return code === 301 || code === 302 || code === 303 || code === 307 || code === 308;
}

/** As browsers and curl do: 303, and 301/302 after POST, go on as GET without a body. */
function follow(current: HttpRequest, code: number, to: URL): HttpRequest {
  const becomesGet =
    (code === 303 && current.method !== 'HEAD') || ((code === 301 || code === 302) && current.method === 'POST');
  const isSameOrigin = to.origin === current.url.origin;
  const headers = Object.fromEntries(
    Object.entries(current.headers).filter(([name]) => {
      const lower = name.toLowerCase();
      if (!isSameOrigin && ORIGIN_BOUND.has(lower)) return false;
      return !(becomesGet && lower.startsWith('content-'));
    }),
  );
  const identity = isSameOrigin && current.identity !== undefined ? { identity: current.identity } : {};
  return becomesGet
    ? { url: to, method: 'GET', headers, body: undefined, ...identity }
    : { url: to, method: current.method, headers, body: current.body, ...identity };
}

async function readLimited(body: AsyncIterable<Buffer>): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > RESPONSE_BYTES_MAX) return { bytes: Buffer.concat(chunks).subarray(0, RESPONSE_BYTES_MAX), isCut: true };
  }
  return { bytes: Buffer.concat(chunks), isCut: false };
}

/** Text by the charset the server names. NUL has no place in stored values. */
function decode(bytes: Buffer, contentType: string | string[] | undefined): string {
  const charset = /charset="?([^\s;"]+)/i.exec(String(contentType ?? ''))?.[1] ?? 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(charset).decode(bytes);
  } catch {
    text = bytes.toString('utf8'); // a charset nobody knows
  }
  return text.replaceAll('\0', '\u{FFFD}');
}

/** A URL that may be shown: without user and password. */
export function withoutUser(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}
