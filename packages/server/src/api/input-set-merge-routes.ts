/** What input sets and supplied inputs come to when they are merged (api.md §4.2). */
import { InputSetMergeRequest, InputSetMergeResponse, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { mergeSavedInputs } from '../intake/check-input-sets.ts';
import { DocumentSource } from '../intake/document-source.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { getExecution, getExecutionTexts } from './execution-routes.ts';
import { getPipeline } from './pipeline-routes.ts';
import { requirePipeline } from './retry-routes.ts';
import { inputSetErrors } from './wire/input-set.ts';

const Query = scopeQuery({ pipelineIdentifier: Type.String({ minLength: 1 }) });
const tags = ['Input sets'];

export function inputSetMergeRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    '/pipeline/api/inputSets/merge',
    {
      schema: {
        summary: 'Merge input sets and overlays in their order: the later one wins per input',
        tags,
        querystring: Query,
        body: InputSetMergeRequest,
        response: answers(successOf(InputSetMergeResponse)),
      },
    },
    async (request) => {
      const { inputSetReferences, lastYamlToMerge, withMergedPipelineYaml } = request.body;
      const pipeline = await getPipeline(deps, scopeOf(request, request.query), request.query.pipelineIdentifier);
      const merged = await merge(deps, pipeline, inputSetReferences ?? [], lastYamlToMerge ?? '');
      return success(request, answer(merged, withMergedPipelineYaml === true));
    },
  );

  app.post(
    '/pipeline/api/inputSets/mergeWithTemplateYaml',
    {
      schema: {
        summary: 'Merge input sets with inputs that were supplied by hand and win over them',
        tags,
        querystring: Query,
        body: Type.Object({
          ...InputSetMergeRequest.properties,
          runtimeInputYaml: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        }),
        response: answers(successOf(InputSetMergeResponse)),
      },
    },
    async (request) => {
      const { inputSetReferences, runtimeInputYaml, withMergedPipelineYaml } = request.body;
      const pipeline = await getPipeline(deps, scopeOf(request, request.query), request.query.pipelineIdentifier);
      const merged = await merge(deps, pipeline, inputSetReferences ?? [], runtimeInputYaml ?? '');
      return success(request, answer(merged, withMergedPipelineYaml === true));
    },
  );

  for (const { url, summary } of [
    {
      url: '/pipeline/api/inputSets/merge-for-rerun',
      summary: 'Merge the inputs that an execution had with input sets, for running it again',
    },
    {
      url: '/pipeline/api/inputSets/merge-input-for-execution',
      summary: 'Merge input sets and supplied inputs as a run would; with an execution on top of the inputs it had',
    },
  ]) {
    app.post(
      url,
      {
        schema: {
          summary,
          tags,
          querystring: Type.Object({
            ...Query.properties,
            planExecutionId: Type.Optional(Type.String({ description: 'The execution whose inputs are the ground.' })),
          }),
          body: InputSetMergeRequest,
          response: answers(successOf(InputSetMergeResponse)),
        },
      },
      async (request) => {
        const { planExecutionId, pipelineIdentifier } = request.query;
        if (planExecutionId === undefined && url.endsWith('rerun'))
          throw invalidRequest('planExecutionId: name the execution that is to be run again.');
        const { inputSetReferences, lastYamlToMerge, withMergedPipelineYaml } = request.body;
        const pipeline = await getPipeline(deps, scopeOf(request, request.query), pipelineIdentifier);
        const ground =
          planExecutionId === undefined ? '' : await inputsOf(deps, request, planExecutionId, request.query);
        const merged = await merge(deps, pipeline, inputSetReferences ?? [], lastYamlToMerge ?? '', ground);
        return success(request, answer(merged, withMergedPipelineYaml === true));
      },
    );
  }
}

/** Of an execution of this pipeline. */
async function inputsOf(
  deps: ApiDependencies,
  request: FastifyRequest,
  planExecutionId: string,
  query: { readonly orgIdentifier: string; readonly projectIdentifier: string; readonly pipelineIdentifier: string },
): Promise<string> {
  const row = await getExecution(deps, request, planExecutionId, query);
  requirePipeline(row, query.pipelineIdentifier);
  return (await getExecutionTexts(deps, row.id)).inputYaml;
}

interface Merged {
  readonly templateYaml: string;
  readonly pipelineYaml: string;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

async function merge(
  deps: ApiDependencies,
  pipeline: PipelineRow,
  references: readonly string[],
  inputYaml: string,
  ground = '',
): Promise<Merged> {
  const isGiven = (text: string): boolean => text.trim() !== '';
  const source = new DocumentSource(deps.db);
  const result = await mergeSavedInputs(
    source,
    pipeline,
    references,
    [inputYaml].filter(isGiven),
    [ground].filter(isGiven),
  );
  if (result.kind !== 'merged') throw invalidRequest(result.message);
  const { diagnostics, templateYaml, pipelineYaml } = result.inputs;
  return { templateYaml, pipelineYaml, problems: diagnostics.filter(({ code }) => code !== 'INPUT_NOT_CHECKED') };
}

/** What nobody gives stays in it as it is asked for, so that a client can ask for the rest and send it back. */
function answer({ templateYaml, pipelineYaml, problems }: Merged, isComplete: boolean): InputSetMergeResponse {
  return {
    pipelineYaml: templateYaml,
    ...(isComplete ? { completePipelineYaml: pipelineYaml } : {}),
    errorResponse: problems.length > 0,
    ...(problems.length === 0 ? {} : { inputSetErrorWrapper: inputSetErrors(problems, null) }),
  };
}
