/** Server-sent events: written with backpressure, kept open by comments, told before the server goes away. */
import { once } from 'node:events';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Proxies close connections that say nothing for a minute. */
const PING_MS = 15_000;
const RECONNECT_MS = 1_000;

export interface StreamEvent {
  readonly event?: string;
  readonly id?: string | number;
  readonly data: unknown;
}

export interface EventStream {
  /** Aborts when the client has gone, or the server stops. */
  readonly signal: AbortSignal;
  /** Resolves when the client can take more. Does nothing once the stream is over. */
  send(event: StreamEvent): Promise<void>;
  /** As it is: for streams with a form of their own. */
  write(text: string): Promise<void>;
  end(): void;
}

export interface StreamOptions {
  readonly pingMs?: number;
  /** What is written first, and at each ping. */
  readonly ping?: string;
  /** Nothing but the pings is written that the handler did not send: for clients that know no other events. */
  readonly isBare?: boolean;
}

export function openEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  stopping: AbortSignal,
  options: StreamOptions = {},
): EventStream {
  const { ping = ':\n\n', pingMs = PING_MS, isBare = false } = options;
  const response = reply.raw;
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, stopping]);
  reply.hijack();
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    // Without it the connection of an ended stream would be kept for another request, and keep a stopping server waiting.
    connection: 'close',
    'x-content-type-options': 'nosniff',
  });
  response.on('close', () => gone.abort());
  // Who left before this says so no more.
  if (response.closed) gone.abort();
  const write = async (text: string): Promise<void> => {
    if (response.writableEnded || response.destroyed) return;
    if (!response.write(text)) await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
  };
  void write(isBare ? ping : `${ping}retry: ${String(RECONNECT_MS)}\n\n`);
  const timer = setInterval(() => void write(ping), pingMs);
  const end = (): void => {
    clearInterval(timer);
    if (!response.writableEnded) response.end();
  };
  response.on('close', () => clearInterval(timer));
  const stop = (): void => {
    if (!isBare) void write('event: shutdown\ndata: {}\n\n');
    end();
  };
  stopping.addEventListener('abort', stop, { once: true });
  response.on('close', () => stopping.removeEventListener('abort', stop));
  if (response.closed) {
    clearInterval(timer);
    stopping.removeEventListener('abort', stop);
  }
  request.log.debug('event stream opened');
  return { signal, write, end, send: (event) => write(formatEvent(event)) };
}

/**
 * Opens a stream, lets `work` fill it, and ends it. After the head has gone there is no answer left for an error: it goes to
 * the log, the connection ends, and the client comes back for the rest.
 */
export async function serveEventStream(
  request: FastifyRequest,
  reply: FastifyReply,
  stopping: AbortSignal,
  work: (stream: EventStream) => Promise<void>,
  options: StreamOptions = {},
): Promise<void> {
  const stream = openEventStream(request, reply, stopping, options);
  try {
    await work(stream);
  } catch (error) {
    request.log.error({ err: error }, 'event stream failed');
  } finally {
    stream.end();
  }
}

export function formatEvent({ event, id, data }: StreamEvent): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  const position = id === undefined ? '' : `id: ${String(id)}\n`;
  return `${position}${name}data: ${JSON.stringify(data)}\n\n`;
}

/** Where a client wants to go on: the header browsers send on reconnection, or the query of one that made a new connection. */
export function lastEventId(request: FastifyRequest): number | undefined {
  const query = (request.query as Readonly<Record<string, unknown>>)['lastEventId'];
  const text = request.headers['last-event-id'] ?? query;
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
