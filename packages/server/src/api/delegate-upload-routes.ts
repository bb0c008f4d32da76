/** What a delegate leaves with the server for a step beside log and outcome: results of tests, and files to be kept. */
import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import { ArtifactQuery, TestsRequest } from '@bridle/protocol';
import type { Artifacts } from '../artifacts/artifacts.ts';
import type { Answer, Dispatch, TokenScope } from '../dispatch/dispatch.ts';
import type { TestReports } from '../reports/test-reports.ts';
import type { App } from './app-types.ts';
import { withToken } from './delegate-routes.ts';

/** A thousand tests with their texts. */
const TESTS_BODY_BYTES_MAX = 12_582_912;

const TaskParams = Type.Object({ delegateId: Type.String({ maxLength: 64 }), taskId: Type.String({ maxLength: 64 }) });

export interface DelegateUploadOptions {
  readonly dispatch: Dispatch;
  readonly testReports: TestReports;
  readonly artifacts: Artifacts;
}

/** Registers routes of a context of its own: a body here is read as it comes, whatever its type and size. */
export function registerDelegateUploadRoutes(app: App, options: DelegateUploadOptions): void {
  const { dispatch, testReports, artifacts } = options;
  const registered = async (
    token: TokenScope,
    delegateId: string,
    incarnation: string,
    handle: () => Promise<Answer<unknown>>,
  ): Promise<Answer<unknown>> =>
    (await dispatch.isRegistered(token, delegateId, incarnation)) ? handle() : { kind: 'gone' };

  app.post(
    '/delegate/api/:delegateId/tasks/:taskId/tests',
    {
      bodyLimit: TESTS_BODY_BYTES_MAX,
      config: { access: 'public' },
      schema: { hide: true, params: TaskParams, body: TestsRequest },
    },
    async (request, reply) =>
      withToken(dispatch, request, reply, (token) =>
        registered(token, request.params.delegateId, request.body.incarnation, () =>
          testReports.add(request.params, request.body),
        ),
      ),
  );

  void app.register(async (streams: App) => {
    streams.removeAllContentTypeParsers();
    streams.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    streams.put(
      '/delegate/api/:delegateId/tasks/:taskId/artifacts',
      {
        config: { access: 'public', body: 'stream' },
        schema: { hide: true, params: TaskParams, querystring: ArtifactQuery },
      },
      async (request, reply) =>
        withToken(dispatch, request, reply, (token) =>
          registered(token, request.params.delegateId, request.query.incarnation, () =>
            artifacts.keep(request.params, request.query, request.body as Readable),
          ),
        ),
    );
  });
}
