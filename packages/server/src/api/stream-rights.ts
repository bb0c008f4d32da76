/** A stream lasts as long as the rights of whoever reads it (quality S18: what is revoked ends within 5 s). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findPrincipal } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError } from './errors.ts';

const ASK_EVERY_MS = 1_500;

/** Aborts soon after `isAllowed` is no longer true, or refuses. While it cannot be known, the stream goes on. */
export function whileTrue(reply: FastifyReply, isAllowed: () => Promise<boolean>): AbortSignal {
  const over = new AbortController();
  const ask = async (): Promise<void> => {
    const isStill = await isAllowed().catch((error: unknown) => !(error instanceof ApiError));
    if (!isStill) over.abort();
  };
  const timer = setInterval(() => void ask(), ASK_EVERY_MS);
  timer.unref();
  const stop = (): void => clearInterval(timer);
  reply.raw.on('close', stop);
  if (reply.raw.closed) stop();
  over.signal.addEventListener('abort', stop, { once: true });
  return over.signal;
}

/** Until the server stops, the key or session is no more, or what the request was allowed is not allowed any more. */
export function whileAllowed(deps: ApiDependencies, request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const { allowed } = request;
  const isAllowed = async (): Promise<boolean> => {
    const principal = await findPrincipal(deps, request, request.accountId);
    if (principal === undefined) return false;
    return allowed === undefined || (await deps.authorizer.isAllowed(principal, allowed));
  };
  return AbortSignal.any([deps.stopping, whileTrue(reply, isAllowed)]);
}
