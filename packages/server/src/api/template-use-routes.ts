/** Templates where they are used: a pipeline with its templates in place, and what a template asks for. */
import { isBlocked } from '@bridle/pipeline';
import { ApplyTemplatesRequest, successOf, TemplateMergeResponse } from '@bridle/protocol';
import { Type } from 'typebox';
import { applyTemplates, findTemplateInputs } from '../intake/apply-templates.ts';
import { describeDiagnostics } from '../intake/describe-diagnostics.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { answers, ownerOf, ownerQuery, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { cannotRun } from './diagnostics.ts';
import { invalidRequest } from './errors.ts';
import { getTemplate } from './template-routes.ts';

export function templateUseRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

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

  app.get(
    '/template/api/templates/templateInputs/:templateIdentifier',
    {
      schema: {
        summary: 'What a template asks of who links to it, as YAML for templateInputs; empty when it asks for nothing',
        tags: ['Templates'],
        params: Type.Object({ templateIdentifier: Type.String() }),
        querystring: ownerQuery({ versionLabel: Type.Optional(Type.String()) }),
        response: answers(successOf(Type.String())),
      },
    },
    async (request) => {
      const { versionLabel = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const row = await getTemplate(deps, owner, request.params.templateIdentifier, versionLabel);
      const asked = await findTemplateInputs(new DocumentSource(db), row);
      if (asked.kind === 'tooManyDocuments') throw invalidRequest(asked.message);
      return success(request, asked.templateInputsYaml ?? '');
    },
  );
}
