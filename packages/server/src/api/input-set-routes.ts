/** The template of a pipeline's runtime inputs (api.md §4.2). */
import { InputSetTemplate, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { findAskedInputs } from '../intake/asked-inputs.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { listInputSets } from '../store/input-sets.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { getPipeline } from './pipeline-routes.ts';

export function inputSetRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    '/pipeline/api/inputSets/template',
    {
      schema: {
        summary: 'Template of the runtime inputs of a pipeline, those of its templates included',
        tags: ['Input sets'],
        querystring: scopeQuery({ pipelineIdentifier: Type.String({ minLength: 1 }) }),
        body: Type.Object({ stageIdentifiers: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])) }),
        response: answers(successOf(InputSetTemplate)),
      },
    },
    async (request) => {
      const scope = scopeOf(request, request.query);
      const row = await getPipeline(deps, scope, request.query.pipelineIdentifier);
      const { stageIdentifiers } = request.body;
      const stages = stageIdentifiers === null || stageIdentifiers?.length === 0 ? undefined : stageIdentifiers;
      const [template, saved] = await Promise.all([
        findAskedInputs(new DocumentSource(deps.db), scope, row.yaml, stages),
        listInputSets(deps.db, scope, row.identifier, {}, 0, 1),
      ]);
      if (template.kind === 'tooManyDocuments') throw invalidRequest(template.message);
      const { templateYaml, inputs } = template;
      return success(request, {
        ...(templateYaml === undefined ? {} : { inputSetTemplateYaml: templateYaml }),
        replacedExpressions: [],
        modules: [...row.modules],
        hasInputSets: saved.total > 0,
        inputs: [...inputs],
      });
    },
  );
}
