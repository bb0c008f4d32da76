/** One call of a webhook's endpoint: guarded, bounded in time and size, and never redirected. */
import { AddressRefused, findOwnEndpoints, openGuardedWay, type ProxySettings } from '@bridle/outgoing';
import { request, type Dispatcher } from 'undici';

/** For all of it: connection, request, and the beginning of the answer. */
export const CALL_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** What is kept of an answer (P1). */
export const RESPONSE_BYTES_MAX = 1_024;
const ERROR_LENGTH_MAX = 500;

/** How this server calls out. */
export interface OutgoingSettings {
  /** Endpoints may lie in private networks and on this host. */
  readonly isPrivateNetworkAllowed: boolean;
  readonly proxy?: ProxySettings;
  /** PEM, beside those of Node. */
  readonly certificateAuthorities?: readonly string[];
  /** Where this installation is reached: it does not call itself. */
  readonly ownOrigins: () => readonly string[];
  readonly userAgent: string;
}

export interface CallResult {
  readonly durationMs: number;
  /** Absent = no answer came. */
  readonly status?: number;
  readonly retryAfter?: string;
  readonly error?: string;
  /** The beginning of the answer, as text. */
  readonly response: string;
}

export async function callEndpoint(
  address: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  settings: OutgoingSettings,
  stopping: AbortSignal,
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<CallResult> {
  const startedAt = performance.now();
  const timeout = AbortSignal.timeout(timeoutMs);
  const since = (): number => Math.round(performance.now() - startedAt);
  let way: Dispatcher | undefined;
  let status: number | undefined;
  try {
    const url = new URL(address);
    const { isPrivateNetworkAllowed, proxy, certificateAuthorities } = settings;
    const own = await findOwnEndpoints(settings.ownOrigins());
    way = await openGuardedWay(
      { url, host: url.hostname, rules: { callers: 'webhooks', isPrivateNetworkAllowed, own } },
      {
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        ...(proxy === undefined ? {} : { proxy }),
        ...(certificateAuthorities === undefined ? {} : { certificateAuthorities }),
      },
    );
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': settings.userAgent, ...headers },
      body,
      dispatcher: way,
      signal: AbortSignal.any([timeout, stopping]),
    });
    status = answer.statusCode;
    const retryAfter = answer.headers['retry-after'];
    const response = await beginningOf(answer.body);
    return {
      durationMs: since(),
      status,
      response,
      ...(typeof retryAfter === 'string' ? { retryAfter } : {}),
    };
  } catch (error) {
    return {
      durationMs: since(),
      response: '',
      error: timeout.aborted ? `No answer within ${String(timeoutMs / 1_000)} seconds.` : describe(error),
      ...(status === undefined ? {} : { status }),
    };
  } finally {
    await way?.destroy();
  }
}

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= RESPONSE_BYTES_MAX) break;
  }
  return storable(Buffer.concat(pieces).subarray(0, RESPONSE_BYTES_MAX).toString('utf8'));
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof AddressRefused ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  return storable(text === '' ? 'The connection failed.' : text).slice(0, ERROR_LENGTH_MAX);
}

/** No text column holds a NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}');
}
