/** Live lists of a project: executions, trigger events, and what else its pages show. */
import type { ProjectScope } from '@bridle/pipeline';
import type { ProjectExecutionEvent } from '@bridle/protocol';
import { Type } from 'typebox';
import type { ProjectChange } from '../executions/service.ts';
import { findProject } from '../store/projects.ts';
import { errorAnswers } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { serveEventStream, type EventStream, type StreamEvent } from './event-stream.ts';
import { whileAllowed } from './stream-rights.ts';
import { Outbox } from './outbox.ts';
import { ProjectNews } from './project-news.ts';

export function projectEventRoutes(app: App, deps: ApiDependencies): void {
  const news = new ProjectNews({
    db: deps.db,
    wakes: deps.wakes,
    onError: (error) => app.log.error({ err: error }, 'a look at the news of a project failed'),
  });

  app.get(
    '/bridle/api/projects/:orgIdentifier/:projectIdentifier/events',
    {
      config: { account: 'own' },
      exposeHeadRoute: false,
      schema: {
        summary: 'What happens in a project, live',
        description:
          'Server-sent events: `execution` when one starts or changes, `trigger-event` when a webhook call was accepted or decided, `change` when pipelines, triggers or delegates changed. It begins now; look at the lists after connecting.',
        tags: ['Live views'],
        produces: ['text/event-stream'],
        response: errorAnswers,
        params: Type.Object({ orgIdentifier: Type.String(), projectIdentifier: Type.String() }),
        querystring: Type.Object({ accountIdentifier: Type.Optional(Type.String()) }),
      },
    },
    async (request, reply) => {
      const scope = { accountId: request.accountId, ...request.params };
      const project = await findProject(deps.db, scope);
      if (project === undefined) {
        throw notFound(`Project ${scope.projectIdentifier} does not exist in organization ${scope.orgIdentifier}.`);
      }
      const outbox = new Outbox<StreamEvent>();
      const unsubscribe = await news.subscribe(scope, (item) => outbox.put(item));
      try {
        await serveEventStream(request, reply, whileAllowed(deps, request, reply), (stream) =>
          sendProject(deps, stream, scope, outbox),
        );
      } finally {
        unsubscribe();
      }
    },
  );
}

async function sendProject(
  { executions }: ApiDependencies,
  stream: EventStream,
  scope: ProjectScope,
  outbox: Outbox<StreamEvent>,
): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([stream.signal, over.signal]);
  const collect = async (): Promise<void> => {
    for await (const change of executions.watchProject(scope, signal)) outbox.put(executionEvent(change));
  };
  const send = outbox.drain((item) => stream.send(item), signal).finally(() => over.abort());
  await Promise.all([collect().finally(() => over.abort()), send]);
}

function executionEvent(change: ProjectChange): StreamEvent {
  const { executionId, pipelineIdentifier, runSequence, version, status } = change;
  const data: ProjectExecutionEvent = {
    planExecutionId: executionId,
    pipelineIdentifier,
    runSequence,
    version,
    status,
  };
  return { event: 'execution', data };
}
