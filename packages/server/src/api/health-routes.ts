import { ErrorDto } from '@bridle/protocol';
import { Type } from 'typebox';
import { DiskFullError } from '../disk/disk-watch.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';

const State = Type.Object({ status: Type.String() });
const Readiness = Type.Object({
  status: Type.String(),
  newWork: Type.Optional(Type.String({ description: 'Why new work is refused; absent = it is taken.' })),
});

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
        response: { 200: Readiness, 503: State, '5xx': ErrorDto },
      },
    },
    async (_request, reply) => {
      if (deps.stopping.aborted) return reply.status(503).send({ status: 'stopping' });
      try {
        await deps.checkReady();
        // Still ready: what runs, and everybody who reads, needs this server.
        const low = deps.disk?.low();
        return { status: 'ready', ...(low === undefined ? {} : { newWork: new DiskFullError(low).message }) };
      } catch {
        return reply.status(503).send({ status: 'the database does not answer' });
      }
    },
  );
}
