/** Starting executions by the v1 surface (api.md §4.3), and what a start asks for. */
import type { ProjectScope } from '@bridle/pipeline';
import {
  V1DynamicRequest,
  V1ExecuteRequest,
  V1Inputs,
  V1InputsSchema,
  V1StagesRequest,
  V1Started,
  type PlanExecutionResponse,
} from '@bridle/protocol';
import { Type } from 'typebox';
import { findAskedInputs } from '../intake/asked-inputs.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { listInputSets } from '../store/input-sets.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';
import { getExecution, getExecutionTexts } from './execution-routes.ts';
import { getPipeline } from './pipeline-routes.ts';
import { getOriginal, runAgain, stagesOf } from './rerun-routes.ts';
import { requirePipeline, retry } from './retry-routes.ts';
import { manualCause, namedStages, repeatedInputs, requireFreeInputs, startExecution } from './start-execution.ts';
import { projectParams, V1_PROJECT, v1Answers, v1Scope } from './v1-answers.ts';
import { startedAsPreferred, WAITS } from './waiting-answers.ts';
import { v1Inputs, v1InputsSchema } from './wire/v1.ts';

const URL = `${V1_PROJECT}/pipelines/:pipeline`;
const Params = Type.Object({ ...projectParams, pipeline: Type.String() });
const AgainParams = Type.Object({ ...Params.properties, executionId: Type.String() });
const Query = Type.Object({ module: Type.Optional(Type.String()) });
const tags = ['v1 executions'];
const config = { account: 'own' } as const;

export function v1ExecuteRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    `${URL}/execute`,
    {
      config,
      schema: {
        summary: 'Run a pipeline',
        tags,
        headers: WAITS,
        params: Params,
        querystring: Query,
        body: V1ExecuteRequest,
        response: v1Answers(200, V1Started),
      },
    },
    async (request, reply) => {
      const order = { ...inputsOf(request.body), cause: manualCause(request), moduleType: request.query.module ?? '' };
      const begun = await startExecution(
        deps,
        request,
        v1Scope(request, request.params),
        request.params.pipeline,
        order,
      );
      return started(await startedAsPreferred(deps, request, reply, begun));
    },
  );

  app.post(
    `${URL}/execute/stages`,
    {
      config,
      schema: {
        summary: 'Run some stages of a pipeline',
        description: 'The pipeline must say `allowStageExecutions: true`.',
        tags,
        headers: WAITS,
        params: Params,
        querystring: Query,
        body: V1StagesRequest,
        response: v1Answers(200, V1Started),
      },
    },
    async (request, reply) => {
      const { stage_identifiers: stages, expression_values: expressionValues = {} } = request.body;
      const order = {
        ...inputsOf(request.body),
        stages: namedStages(stages),
        expressionValues,
        cause: manualCause(request),
        moduleType: request.query.module ?? '',
      };
      const begun = await startExecution(
        deps,
        request,
        v1Scope(request, request.params),
        request.params.pipeline,
        order,
      );
      return started(await startedAsPreferred(deps, request, reply, begun));
    },
  );

  app.post(
    `${URL}/execute/dynamic`,
    {
      config,
      schema: {
        summary: 'Run another text in the name of a saved pipeline, which stays as it is',
        description: 'The caller must be allowed to change the pipeline as well as to run it.',
        tags,
        headers: WAITS,
        params: Params,
        querystring: Query,
        body: V1DynamicRequest,
        response: v1Answers(200, V1Started),
      },
    },
    async (request, reply) => {
      const scope = v1Scope(request, request.params);
      const { pipeline } = request.params;
      for (const permission of ['core_pipeline_edit', 'core_pipeline_execute'] as const)
        await authorize(request, { permission, scope, identifier: pipeline });
      const { yaml, inputs_yaml: inputYaml = '' } = request.body;
      const order = { yaml, inputYaml, cause: manualCause(request), moduleType: request.query.module ?? '' };
      const begun = await startExecution(deps, request, scope, pipeline, order);
      return started(await startedAsPreferred(deps, request, reply, begun));
    },
  );

  againRoutes(app, deps);
  inputRoutes(app, deps);
}

function againRoutes(app: App, deps: ApiDependencies): void {
  app.post(
    `${URL}/execute/rerun/:executionId`,
    {
      config,
      schema: {
        summary: 'Run a pipeline again; without inputs with those it had',
        tags,
        headers: WAITS,
        params: AgainParams,
        querystring: Query,
        body: V1ExecuteRequest,
        response: v1Answers(200, V1Started),
      },
    },
    async (request, reply) => {
      const { org, project, pipeline, executionId } = request.params;
      const named = { originalExecutionId: executionId, pipelineIdentifier: pipeline };
      const scope = { orgIdentifier: org, projectIdentifier: project };
      const original = await getOriginal(deps, request, named, scope);
      const { yaml } = await getPipeline(deps, original.scope, pipeline);
      const given = inputsOf(request.body);
      const hasSets = given.inputSetReferences.length > 0;
      // Sets are inputs, too.
      if (hasSets) requireFreeInputs(yaml);
      const texts = await getExecutionTexts(deps, original.id);
      const inputYaml = hasSets ? given.inputYaml : repeatedInputs(texts, yaml, given.inputYaml);
      const order = { ...given, inputYaml, ...stagesOf(original) };
      const begun = await runAgain(deps, request, original, order, request.query.module);
      return started(await startedAsPreferred(deps, request, reply, begun));
    },
  );

  app.post(
    `${URL}/execute/retry/:executionId`,
    {
      config,
      schema: {
        summary: 'Run an execution again from a stage, with what its earlier stages have given',
        tags,
        headers: WAITS,
        params: AgainParams,
        querystring: Type.Object({
          ...Query.properties,
          retry_stages: Type.Optional(
            Type.Array(Type.String(), { description: 'Stages of one group; none = the first that failed.' }),
          ),
          run_all_stages: Type.Optional(
            Type.Boolean({ description: 'false = of stages side by side only those that failed.' }),
          ),
        }),
        body: V1ExecuteRequest,
        response: v1Answers(200, V1Started),
      },
    },
    async (request, reply) => {
      const { org, project, pipeline, executionId } = request.params;
      const scope = { orgIdentifier: org, projectIdentifier: project };
      const row = await getExecution(deps, request, executionId, scope, 'core_pipeline_execute');
      requirePipeline(row, pipeline);
      const {
        retry_stages: stages = [],
        run_all_stages: runsAllStages = true,
        module: moduleType = '',
      } = request.query;
      const { inputYaml } = inputsOf(request.body);
      const begun = await retry(deps, request, row, { stages, runsAllStages, inputYaml, moduleType });
      return started(await startedAsPreferred(deps, request, reply, begun));
    },
  );
}

function inputRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    `${URL}/inputs`,
    {
      config,
      schema: {
        summary: 'The runtime inputs of a pipeline, by their place',
        tags,
        params: Params,
        response: v1Answers(200, V1Inputs),
      },
    },
    async (request) => {
      const scope = v1Scope(request, request.params);
      const { row, template } = await askedBy(deps, scope, request.params.pipeline);
      const { total } = await listInputSets(deps.db, scope, row.identifier, {}, 0, 1);
      return v1Inputs(template, row.modules, total > 0);
    },
  );

  app.get(
    `${URL}/inputs-schema`,
    {
      config,
      schema: {
        summary: 'What each runtime input of a pipeline may be',
        tags,
        params: Params,
        response: v1Answers(200, V1InputsSchema),
      },
    },
    async (request) => {
      const { template } = await askedBy(deps, v1Scope(request, request.params), request.params.pipeline);
      return v1InputsSchema(template.inputs);
    },
  );
}

async function askedBy(
  deps: ApiDependencies,
  scope: ProjectScope,
  pipeline: string,
): Promise<{
  readonly row: Awaited<ReturnType<typeof getPipeline>>;
  readonly template: Exclude<Awaited<ReturnType<typeof findAskedInputs>>, { readonly kind: 'tooManyDocuments' }>;
}> {
  const row = await getPipeline(deps, scope, pipeline);
  const template = await findAskedInputs(new DocumentSource(deps.db), scope, row.yaml);
  if (template.kind === 'tooManyDocuments') throw invalidRequest(template.message);
  return { row, template };
}

function inputsOf({ inputs_yaml: inputs, runtime_yaml: runtime, input_set_refs: references = [] }: V1ExecuteRequest): {
  readonly inputYaml: string;
  readonly inputSetReferences: readonly string[];
} {
  return { inputYaml: inputs ?? runtime ?? '', inputSetReferences: references };
}

function started({ planExecution }: PlanExecutionResponse): V1Started {
  return { execution_details: { execution_id: planExecution.uuid, status: planExecution.status } };
}
