/** What may be chosen when a run starts, and starts that Bridle does not have (api.md §5.2). */
import { findExpressions, listStages, parsePipeline, type Stage } from '@bridle/pipeline';
import { StageExecution, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { isMap, isScalar, parseDocument, visit, type YAMLMap } from 'yaml';
import { applyTemplates } from '../intake/apply-templates.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { answers, errorAnswers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { EXECUTION_QUERY, getExecution } from './execution-routes.ts';
import { getPipeline } from './start-execution.ts';

const EXECUTE = '/pipeline/api/pipeline/execute';
const DEBUG = `${EXECUTE}/debug`;
const tags = ['Executions'];

export function executeChoiceRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    `${EXECUTE}/stagesExecutionList`,
    {
      schema: {
        summary: 'The stages of a pipeline, for a run of some of them',
        tags,
        querystring: scopeQuery({ pipelineIdentifier: Type.String({ minLength: 1 }) }),
        response: answers(successOf(Type.Array(StageExecution))),
      },
    },
    async (request) => {
      const { scope, identifier, yaml } = await getPipeline(
        deps,
        scopeOf(request, request.query),
        request.query.pipelineIdentifier,
      );
      const applied = await applyTemplates(new DocumentSource(deps.db), scope, yaml);
      const text = applied.kind === 'applied' ? applied.text : yaml;
      const { pipeline } = parsePipeline(text);
      if (pipeline === undefined) throw invalidRequest(`The pipeline ${identifier} cannot be read any more.`);
      return success(request, stageList(listStages(pipeline.stages), text));
    },
  );

  for (const url of [
    `${DEBUG}/:originalExecutionId/:pipelineIdentifier`,
    `${DEBUG}/:originalExecutionId/:pipelineIdentifier/inputSetList`,
    `${DEBUG}/:originalExecutionId/:pipelineIdentifier/stages`,
    `${DEBUG}/v2/:originalExecutionId/:pipelineIdentifier`,
  ]) {
    app.post(
      url,
      {
        config: { body: 'bytes' },
        schema: {
          summary: 'Run an execution again with shells held open: refused',
          tags,
          params: Type.Object({ originalExecutionId: Type.String(), pipelineIdentifier: Type.String() }),
          querystring: EXECUTION_QUERY,
          response: errorAnswers,
        },
      },
      async (request) => {
        await getExecution(deps, request, request.params.originalExecutionId, request.query, 'core_pipeline_execute');
        throw invalidRequest(
          'Bridle holds no shells open in failed steps. Run the execution again (/rerun), or the pipeline on your own machine: bridle run.',
        );
      },
    );
  }

  app.post(
    `${EXECUTE}/postExecutionRollback/:planExecutionId`,
    {
      config: { body: 'bytes' },
      schema: {
        summary: 'Roll stages back after the end of an execution: refused',
        tags,
        params: Type.Object({ planExecutionId: Type.String() }),
        querystring: Type.Object({
          ...EXECUTION_QUERY.properties,
          stageNodeExecutionIds: Type.Optional(Type.Array(Type.String())),
        }),
        response: errorAnswers,
      },
    },
    async (request) => {
      const { planExecutionId } = request.params;
      await getExecution(deps, request, planExecutionId, request.query, 'core_pipeline_execute');
      throw invalidRequest(
        'Bridle rolls back while an execution runs (failure strategies StageRollback and PipelineRollback), not after its end. Run the pipeline again with the values that were good.',
      );
    },
  );
}

function stageList(stages: readonly Stage[], yaml: string): StageExecution[] {
  const texts = stageTexts(yaml);
  const before: string[] = [];
  return stages.map(({ identifier, name, type }) => {
    const asked = texts.get(identifier) ?? new Set();
    const stagesRequired = before.filter((earlier) => asked.has(earlier));
    before.push(identifier);
    return {
      stageIdentifier: identifier,
      stageName: name,
      message: type === 'Approval' ? 'By itself it only waits for an approval.' : null,
      // Bridle runs any stage by itself.
      toBeBlocked: false,
      stagesRequired,
    };
  });
}

/** Of each stage the stages that its expressions name: `stages.ID.` in any of them. */
function stageTexts(yaml: string): ReadonlyMap<string, ReadonlySet<string>> {
  const asked = new Map<string, Set<string>>();
  const document = parseDocument(yaml, { uniqueKeys: false });
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'stage' || !isMap(value)) return;
      asked.set(String(value.get('identifier')), namedIn(value));
    },
  });
  return asked;
}

function namedIn(stage: YAMLMap): Set<string> {
  const names = new Set<string>();
  visit(stage, {
    Scalar(_, { value }) {
      if (typeof value !== 'string') return;
      for (const { text } of findExpressions(value)) {
        for (const [, name = ''] of text.matchAll(/\bstages\.([A-Za-z_][\w$]*)/g)) names.add(name);
      }
    },
  });
  return names;
}
