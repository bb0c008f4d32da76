/** Input sets of the v1 surface (api.md §4.3); `pipeline` says whose they are. */
import { parseInputSet } from '@bridle/pipeline';
import { V1InputSet, V1InputSetRequest, v1Paging } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { changeInputSet, createInputSet } from '../intake/save-input-set.ts';
import { deleteInputSet, findInputSet, listInputSets, type InputSetKey } from '../store/input-sets.ts';
import { expectedVersion, staleVersion, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { getPipeline } from './pipeline-routes.ts';
import { saved } from './saved-input-set-routes.ts';
import { Nothing, projectParams, requireAgreement, tellPage, V1_PROJECT, v1Answers, v1Scope } from './v1-answers.ts';
import { v1InputSet } from './wire/v1.ts';

const URL = `${V1_PROJECT}/input-sets`;
const Params = Type.Object({ ...projectParams, inputSet: Type.String() });
const OfPipeline = { pipeline: Type.String({ minLength: 1, description: 'The pipeline the input set is for.' }) };
const Query = Type.Object(OfPipeline);
const tags = ['v1 input sets'];
const config = { account: 'own' } as const;

export function v1InputSetRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.get(
    URL,
    {
      config,
      schema: {
        summary: 'List the input sets of a pipeline; totals and neighbouring pages are in the headers',
        tags,
        params: Type.Object(projectParams),
        querystring: v1Paging(OfPipeline),
        response: v1Answers(200, Type.Array(V1InputSet)),
      },
    },
    async (request, reply) => {
      const { pipeline, page, limit, search_term: search = '' } = request.query;
      const scope = v1Scope(request, request.params);
      await getPipeline(deps, scope, pipeline);
      const { rows, total } = await listInputSets(db, scope, pipeline, { search, type: 'INPUT_SET' }, page, limit);
      tellPage(request, reply, { page, limit, total });
      return rows.map(v1InputSet);
    },
  );

  app.post(
    URL,
    {
      config,
      schema: {
        summary: 'Create an input set',
        tags,
        params: Type.Object(projectParams),
        querystring: Query,
        body: V1InputSetRequest,
        response: v1Answers(201, V1InputSet),
      },
    },
    async (request, reply) => {
      const { body } = request;
      requireAgreement('input set', body, parseInputSet(body.input_set_yaml).document);
      const key = keyOf(request, { ...request.params, inputSet: '' }, request.query);
      const row = saved(await createInputSet(db, key, 'INPUT_SET', body.input_set_yaml), key);
      tellVersion(reply, row.version);
      return reply.status(201).send(v1InputSet(row));
    },
  );

  app.get(
    `${URL}/:inputSet`,
    {
      config,
      schema: {
        summary: 'Read an input set',
        tags,
        params: Params,
        querystring: Query,
        response: v1Answers(200, V1InputSet),
      },
    },
    async (request, reply) => {
      const key = keyOf(request, request.params, request.query);
      const row = await findInputSet(db, key);
      if (row?.type !== 'INPUT_SET') throw missing(key.identifier);
      tellVersion(reply, row.version);
      return v1InputSet(row);
    },
  );

  app.put(
    `${URL}/:inputSet`,
    {
      config,
      schema: {
        summary: 'Change an input set',
        tags,
        params: Params,
        querystring: Query,
        body: V1InputSetRequest,
        response: v1Answers(200, V1InputSet),
      },
    },
    async (request, reply) => {
      const { body } = request;
      requireAgreement('input set', body, parseInputSet(body.input_set_yaml).document);
      const key = keyOf(request, request.params, request.query);
      const result = await changeInputSet(db, key, 'INPUT_SET', body.input_set_yaml, expectedVersion(request));
      if (result.kind === 'missing') throw missing(key.identifier);
      const row = saved(result, key);
      tellVersion(reply, row.version);
      return v1InputSet(row);
    },
  );

  app.delete(
    `${URL}/:inputSet`,
    {
      config,
      schema: {
        summary: 'Delete an input set; executions that were started with it are not concerned',
        tags,
        params: Params,
        querystring: Query,
        response: v1Answers(204, Nothing),
      },
    },
    async (request, reply) => {
      const key = keyOf(request, request.params, request.query);
      const outcome = await deleteInputSet(db, key, expectedVersion(request));
      if (outcome === 'missing') throw missing(key.identifier);
      if (outcome === 'stale') throw staleVersion(`The input set ${key.identifier}`);
      return reply.status(204).send(null);
    },
  );
}

function keyOf(
  request: FastifyRequest,
  params: { readonly org: string; readonly project: string; readonly inputSet: string },
  { pipeline }: { readonly pipeline: string },
): InputSetKey {
  return { scope: v1Scope(request, params), pipelineIdentifier: pipeline, identifier: params.inputSet };
}

/** Not found is 404 here (api.md §4.3), where the older surface says 400. */
function missing(identifier: string): Error {
  return notFound(`InputSet with the given ID: ${identifier} does not exist or has been deleted`);
}
