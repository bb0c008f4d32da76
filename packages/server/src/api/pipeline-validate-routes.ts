/** Checks of pipeline texts that save nothing. */
import { parsePipeline } from '@bridle/pipeline';
import { DiagnosticsResponse, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { isBlocked } from '@bridle/pipeline';
import { answers, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import { invalidYaml, wireDiagnostics } from './diagnostics.ts';

const config = { body: 'text' } as const;

export function pipelineValidateRoutes(app: App): void {
  app.post(
    '/pipeline/api/pipelines/validate-yaml-with-schema',
    {
      config,
      schema: {
        summary: 'Check a pipeline text',
        tags: ['Pipelines'],
        querystring: scopeQuery({}),
        body: Type.String(),
        response: answers(successOf(Type.String())),
      },
    },
    async (request) => {
      const { diagnostics } = parsePipeline(request.body);
      if (isBlocked(diagnostics, 'save')) throw invalidYaml(diagnostics);
      return success(request, 'ok');
    },
  );

  app.post(
    '/bridle/api/pipelines/validate',
    {
      config: { ...config, account: 'own' },
      schema: {
        summary: 'All diagnostics of a pipeline text, for editors',
        tags: ['Bridle'],
        body: Type.String(),
        response: answers(successOf(DiagnosticsResponse)),
      },
    },
    async (request) => success(request, { diagnostics: wireDiagnostics(parsePipeline(request.body).diagnostics) }),
  );
}
