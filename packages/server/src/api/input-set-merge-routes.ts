/** What input sets and supplied inputs come to when they are merged (api.md §4.2). */
import { InputSetMergeRequest, InputSetMergeResponse, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { mergeSavedInputs } from '../intake/check-input-sets.ts';
import { DocumentSource } from '../intake/document-source.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import { answers, scopeOf, scopeQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { getPipeline } from './pipeline-routes.ts';
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
): Promise<Merged> {
  const inputYamls = inputYaml.trim() === '' ? [] : [inputYaml];
  const result = await mergeSavedInputs(new DocumentSource(deps.db), pipeline, references, inputYamls);
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
