/**
 * Server-sent events over `fetch`: `EventSource` cannot send a key, and Node has none.
 *
 * A stream that ends before its event `end` was cut: by a proxy, a restart of the server, a lost network. It is opened again
 * where it stopped, by the id of the last event that was handed on.
 */
import { createParser } from 'eventsource-parser';
import { ApiError, ConnectionError } from '../errors.ts';
import { pause } from '../http/pause.ts';
import { pauseBeforeRetry } from '../http/retry.ts';
import type { Call, CallOptions, Transport } from '../http/transport.ts';

export interface StreamMessage {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

export interface StreamOptions extends CallOptions {
  /** Go on after this event. */
  readonly lastEventId?: string | undefined;
}

export type StreamAddress = Pick<Call, 'path' | 'query'>;

/** The server has no such stream: it is not Bridle, or something in between does not let streams through. */
export class NoStreamError extends Error {}

/** Bridle says something every 15 s. */
const SILENCE_MS_MAX = 60_000;
/** In a row, without an event in between, and none that stood for long. */
const RECONNECTS_MAX = 8;
/** Proxies end a connection that stood for as long now and then, for all that nothing happened on it. */
const LONG_MS = 20_000;
/** Of one event: the first one of an execution holds all its nodes. */
const EVENT_CHARACTERS_MAX = 64 * 1_024 * 1_024;

/** Events up to the one named `end`, across as many connections as it takes. */
export async function* readStream(
  transport: Transport,
  address: StreamAddress,
  options: StreamOptions = {},
): AsyncGenerator<StreamMessage> {
  let { lastEventId } = options;
  // Who was never there is not waited for as long as one who is gone.
  let failuresMax = options.retries ?? transport.config.retries;
  let failures = 0;
  for (;;) {
    let openedAt: number | undefined;
    const onResponse = (response: Response): void => {
      if (response.ok) {
        openedAt = performance.now();
        failuresMax = RECONNECTS_MAX;
      }
      options.onResponse?.(response);
    };
    let problem: unknown = new ConnectionError(`GET ${address.path}: the stream ends again and again`);
    try {
      for await (const message of readConnection(transport, address, { ...options, lastEventId, onResponse })) {
        if (message.event === 'end') return;
        if (message.event === 'shutdown') break;
        failures = 0;
        yield message;
        lastEventId = message.id ?? lastEventId;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      problem = error;
    }
    failures = isLong(openedAt) ? 1 : failures + 1;
    const wait = failures > failuresMax ? undefined : pauseBeforeRetry(problem, failures);
    if (wait === undefined) throw problem;
    await pause(wait, options.signal);
  }
}

/** @param openedAt - by `performance.now()`; undefined: no stream was opened */
function isLong(openedAt: number | undefined): boolean {
  return openedAt !== undefined && performance.now() - openedAt >= LONG_MS;
}

async function* readConnection(
  transport: Transport,
  address: StreamAddress,
  { lastEventId, ...options }: StreamOptions,
): AsyncGenerator<StreamMessage> {
  const over = new AbortController();
  const { signal } = options;
  const response = await openStream(
    transport,
    { method: 'GET', ...address },
    {
      ...options,
      retries: 0,
      signal: signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]),
      headers: {
        ...options.headers,
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
    },
  );
  let timer = setTimeout(() => over.abort(), SILENCE_MS_MAX);
  try {
    for await (const chunk of parseStream(response)) {
      clearTimeout(timer);
      yield* chunk;
      timer = setTimeout(() => over.abort(), SILENCE_MS_MAX);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new ConnectionError(`GET ${address.path}: the stream broke`, { cause: error });
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

async function openStream(transport: Transport, call: Call, options: CallOptions): Promise<Response> {
  try {
    const response = await transport.response(call, options);
    if (/^text\/event-stream\b/.test(response.headers.get('content-type') ?? '')) return response;
    // The page of an application that answers every path.
    await response.body?.cancel();
    throw new NoStreamError(call.path);
  } catch (error) {
    if (error instanceof ApiError && [404, 405, 406, 501].includes(error.status)) {
      throw new NoStreamError(call.path, { cause: error });
    }
    throw error;
  }
}

/** The events of each piece that arrived. */
async function* parseStream({ body }: Response): AsyncGenerator<readonly StreamMessage[]> {
  if (body === null) return;
  let messages: StreamMessage[] = [];
  const parser = createParser({
    maxBufferSize: EVENT_CHARACTERS_MAX,
    onEvent: ({ event = 'message', id, data }) => messages.push({ event, id, data }),
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      parser.feed(decoder.decode(piece.value, { stream: true }));
      yield messages;
      messages = [];
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
