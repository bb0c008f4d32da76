/**
 * How often one may ask: per key, and per address. Each has a bucket that is full at first and fills up again evenly, so that a
 * burst passes and a flood does not; who finds it empty is told when to come again. Counted by each replica for itself.
 *
 * Callers on this machine are not limited unless they shall be; delegates, which ask often by nature, are known by their tokens.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../auth/loopback.ts';
import type { App } from './app-types.ts';
import { ApiError } from './errors.ts';

export interface RateLimits {
  /** Requests a minute; `undefined` = any number. */
  readonly perKey: number | undefined;
  readonly perAddress: number | undefined;
  /** Also callers on this machine. */
  readonly isLoopbackLimited: boolean;
}

const MINUTE_MS = 60_000;
/** Callers that are remembered; the one longest unheard of is forgotten first, and starts afresh. */
const CALLERS_MAX = 50_000;

export class Buckets {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { readonly level: number; readonly at: number }>();

  /** @param now - monotonic milliseconds */
  constructor(perMinute: number, now: () => number = () => performance.now()) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Takes one; or says in how many milliseconds there is one again. */
  take(caller: string): number | undefined {
    const now = this.#now();
    const { level, at } = this.#buckets.get(caller) ?? { level: this.#perMinute, at: now };
    const filled = Math.min(this.#perMinute, level + ((now - at) * this.#perMinute) / MINUTE_MS);
    // Heard of last: to the end of the line.
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { level: filled < 1 ? filled : filled - 1, at: now });
    if (this.#buckets.size > CALLERS_MAX) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return filled < 1 ? ((1 - filled) * MINUTE_MS) / this.#perMinute : undefined;
  }
}

/** By address: before anybody looks for a key, so that guessing keys is limited too. Call before `authenticate`. */
export function limitAddresses(app: App, { perAddress, isLoopbackLimited }: RateLimits): void {
  if (perAddress === undefined) return;
  const buckets = new Buckets(perAddress);
  app.addHook('onRequest', async (request, reply) => {
    if (isExempt(request, isLoopbackLimited) || request.url.startsWith('/delegate/api/')) return;
    refuse(reply, buckets.take(request.ip));
  });
}

/** By key or session. Call after `authenticate`. */
export function limitKeys(app: App, { perKey, isLoopbackLimited }: RateLimits): void {
  if (perKey === undefined) return;
  const buckets = new Buckets(perKey);
  app.addHook('onRequest', async (request, reply) => {
    if (request.principal === undefined || isExempt(request, isLoopbackLimited)) return;
    refuse(reply, buckets.take(keyOf(request)));
  });
}

function isExempt(request: FastifyRequest, isLoopbackLimited: boolean): boolean {
  return !isLoopbackLimited && isLoopback(request.ip);
}

/** The id of the token; its secret has no business here. */
function keyOf({ headers, sessionId }: FastifyRequest): string {
  const key = headers['x-api-key'];
  return typeof key === 'string' ? key.split('.').slice(0, 3).join('.') : (sessionId ?? '');
}

function refuse(reply: FastifyReply, waitMs: number | undefined): void {
  if (waitMs === undefined) return;
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  reply.header('retry-after', String(seconds));
  throw new ApiError('TOO_MANY_REQUESTS', `Too many requests. Wait ${String(seconds)} s and try again.`);
}
