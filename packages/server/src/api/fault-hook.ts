/** Requests that meet a fault on purpose. Registered only on a server that makes faults. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode, RequestFault } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Faults } from '../faults/faults.ts';
import type { App } from './app-types.ts';
import { ApiError, errorDto } from './errors.ts';

export const FAULTS_URL = '/bridle/api/faults';
/** Rules must stay reachable, and delegates have faults of their own. */
const EXEMPT = [FAULTS_URL, '/delegate/api/'];

/** Call before everything else that looks at requests: a gateway in front would fail before it, too. */
export function injectFaults(app: App, faults: Faults): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    if (EXEMPT.some((exempt) => path.startsWith(exempt))) return undefined;
    const action = faults.request({ method: request.method, path, headers: request.headers });
    return action === undefined ? undefined : await meet(action, request, reply);
  });
}

async function meet(
  action: RequestFault['action'],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  switch (action.kind) {
    case 'delay':
      await sleep(action.ms, undefined, { ref: false });
      return undefined;
    case 'reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return reply;
    case 'status': {
      const { status, retryAfterSeconds } = action;
      if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
      const error = new ApiError(codeOf(status), 'A fault rule of the server says so.');
      return await reply.status(status).send(errorDto(error, request.id));
    }
  }
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return 'TOO_MANY_REQUESTS';
  return status === 503 ? 'SERVICE_UNAVAILABLE' : 'UNKNOWN_ERROR';
}
