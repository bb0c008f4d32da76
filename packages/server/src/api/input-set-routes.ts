/** The template of a pipeline's runtime inputs (api.md §4.2). */
import { extractInputTemplate } from '@bridle/pipeline';
import { InputSetTemplate, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { getPipeline } from './pipeline-routes.ts';

export function inputSetRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    '/pipeline/api/inputSets/template',
    {
      schema: {
        summary: 'Template of the runtime inputs of a pipeline',
        tags: ['Input sets'],
        querystring: scopeQuery({ pipelineIdentifier: Type.String({ minLength: 1 }) }),
        body: Type.Object({ stageIdentifiers: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])) }),
        response: answers(successOf(InputSetTemplate)),
      },
    },
    async (request) => {
      const row = await getPipeline(deps, scopeOf(request, request.query), request.query.pipelineIdentifier);
      const { stageIdentifiers } = request.body;
      const stages = stageIdentifiers === null || stageIdentifiers?.length === 0 ? undefined : stageIdentifiers;
      const { templateYaml, inputs } = extractInputTemplate(row.yaml, stages);
      return success(request, {
        ...(templateYaml === undefined ? {} : { inputSetTemplateYaml: templateYaml }),
        replacedExpressions: [],
        modules: [...row.modules],
        hasInputSets: false,
        inputs: [...inputs],
      });
    },
  );
}
