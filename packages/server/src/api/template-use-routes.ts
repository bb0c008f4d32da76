/** A pipeline with its templates in place. */
import { isBlocked } from '@bridle/pipeline';
import { ApplyTemplatesRequest, successOf, TemplateMergeResponse } from '@bridle/protocol';
import { applyTemplates } from '../intake/apply-templates.ts';
import { describeDiagnostics } from '../intake/describe-diagnostics.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { cannotRun } from './diagnostics.ts';
import { invalidRequest } from './errors.ts';

export function templateUseRoutes(app: App, { db }: ApiDependencies): void {
  app.post(
    '/template/api/templates/applyTemplates',
    {
      schema: {
        summary: 'Put the templates of a pipeline in place of the links to them',
        tags: ['Templates'],
        querystring: scopeQuery({}),
        body: ApplyTemplatesRequest,
        response: answers(successOf(TemplateMergeResponse)),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const applied = await applyTemplates(new DocumentSource(db), scope, request.body.originalEntityYaml);
      if (applied.kind === 'tooManyDocuments') throw invalidRequest(applied.message);
      const { diagnostics } = applied.loaded;
      if (isBlocked(diagnostics, 'run')) throw cannotRun(diagnostics, describeDiagnostics(diagnostics, 'run'), false);
      return success(request, {
        mergedPipelineYaml: applied.text,
        templateReferenceSummaries: applied.templates.map(({ identifier, scope: level, versionLabel = '' }) => ({
          templateIdentifier: identifier,
          versionLabel,
          scope: level,
        })),
      });
    },
  );
}
