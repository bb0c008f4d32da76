/** Checks of pipeline texts that save nothing. */
import { checkPipeline, isBlocked, parsePipeline, type Diagnostic } from '@bridle/pipeline';
import { DiagnosticsResponse, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { withDocuments } from '../intake/compile-documents.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { answers, ownerQuery, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidYaml, wireDiagnostics } from './diagnostics.ts';
import { invalidRequest } from './errors.ts';

const config = { body: 'text' } as const;

export function pipelineValidateRoutes(app: App, deps: ApiDependencies): void {
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
        summary: 'All diagnostics of a pipeline text, for editors; with a project those of its templates too',
        tags: ['Bridle'],
        querystring: ownerQuery({}),
        body: Type.String(),
        response: answers(successOf(DiagnosticsResponse)),
      },
    },
    async (request) => {
      const diagnostics = await diagnosticsOf(deps, request);
      return success(request, { diagnostics: wireDiagnostics(diagnostics) });
    },
  );
}

/** Templates are looked for in a project; without one only the text itself can be judged. */
async function diagnosticsOf(
  { db }: ApiDependencies,
  request: FastifyRequest<{
    Body: string;
    Querystring: { readonly orgIdentifier?: string; readonly projectIdentifier?: string };
  }>,
): Promise<readonly Diagnostic[]> {
  const { body, query, accountId } = request;
  const { orgIdentifier = '', projectIdentifier = '' } = query;
  if (orgIdentifier === '' || projectIdentifier === '') return parsePipeline(body).diagnostics;
  const result = await withDocuments(
    new DocumentSource(db),
    { accountId, orgIdentifier, projectIdentifier },
    (documents) => checkPipeline(body, documents),
    ({ needsDocuments }) => needsDocuments,
  );
  if ('kind' in result) throw invalidRequest(result.message);
  return result.diagnostics;
}
