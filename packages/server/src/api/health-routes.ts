import { ErrorDto } from '@bridle/protocol';
import { Type } from 'typebox';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';

const State = Type.Object({ status: Type.String() });

export function healthRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/healthz',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The process lives',
        tags: ['Health'],
        security: [],
        response: { 200: State, '5xx': ErrorDto },
      },
    },
    async () => ({ status: 'ok' }),
  );

  app.get(
    '/readyz',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Requests can be served: the database is reachable and migrated',
        tags: ['Health'],
        security: [],
        response: { 200: State, 503: State, '5xx': ErrorDto },
      },
    },
    async (_request, reply) => {
      if (deps.stopping.aborted) return reply.status(503).send({ status: 'stopping' });
      try {
        await deps.checkReady();
        return { status: 'ready' };
      } catch {
        return reply.status(503).send({ status: 'the database does not answer' });
      }
    },
  );
}
