/** Triggers of the v1 surface (api.md §4.3), below their pipeline. */
import { parseTrigger } from '@bridle/pipeline';
import { V1Trigger, V1TriggerRequest, v1Paging } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { changeTrigger, createTrigger } from '../intake/save-trigger.ts';
import { deleteTrigger, findTrigger, listTriggers, type TriggerKey } from '../store/triggers.ts';
import { expectedVersion, staleVersion, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import { whoOf } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { getPipeline } from './pipeline-routes.ts';
import { noTrigger, saved, targetOf } from './trigger-routes.ts';
import { Nothing, projectParams, requireAgreement, tellPage, V1_PROJECT, v1Answers, v1Scope } from './v1-answers.ts';
import { v1Trigger } from './wire/v1.ts';

const URL = `${V1_PROJECT}/pipelines/:pipeline/triggers`;
const PipelineParams = Type.Object({ ...projectParams, pipeline: Type.String() });
const Params = Type.Object({ ...PipelineParams.properties, trigger: Type.String() });
const tags = ['v1 triggers'];
const config = { account: 'own' } as const;

export function v1TriggerRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.get(
    URL,
    {
      config,
      schema: {
        summary: 'List the triggers of a pipeline; totals and neighbouring pages are in the headers',
        tags,
        params: PipelineParams,
        querystring: v1Paging({}),
        response: v1Answers(200, Type.Array(V1Trigger)),
      },
    },
    async (request, reply) => {
      const { page, limit, search_term: search = '' } = request.query;
      const scope = v1Scope(request, request.params);
      const { pipeline } = request.params;
      await getPipeline(deps, scope, pipeline);
      const { rows, total } = await listTriggers(db, scope, pipeline, search, page, limit);
      tellPage(request, reply, { page, limit, total });
      return rows.map(v1Trigger);
    },
  );

  app.post(
    URL,
    {
      config,
      schema: {
        summary: 'Create a trigger',
        tags,
        params: PipelineParams,
        body: V1TriggerRequest,
        response: v1Answers(201, V1Trigger),
      },
    },
    async (request, reply) => {
      const { body } = request;
      requireAgreement('trigger', body, parseTrigger(body.trigger_yaml).trigger);
      const key = keyOf(request, { ...request.params, trigger: '' });
      const row = saved(
        await createTrigger(db, key, body.trigger_yaml, whoOf(request)),
        key,
        'Failed while Saving Trigger: ',
      );
      tellVersion(reply, row.version);
      return reply.status(201).send(v1Trigger(row));
    },
  );

  app.get(
    `${URL}/:trigger`,
    { config, schema: { summary: 'Read a trigger', tags, params: Params, response: v1Answers(200, V1Trigger) } },
    async (request, reply) => {
      const key = keyOf(request, request.params);
      const row = await findTrigger(db, key);
      if (row === undefined) throw noTrigger(key.identifier);
      tellVersion(reply, row.version);
      return v1Trigger(row);
    },
  );

  app.put(
    `${URL}/:trigger`,
    {
      config,
      schema: {
        summary: 'Change a trigger',
        tags,
        params: Params,
        body: V1TriggerRequest,
        response: v1Answers(200, V1Trigger),
      },
    },
    async (request, reply) => {
      const { body } = request;
      requireAgreement('trigger', body, parseTrigger(body.trigger_yaml).trigger);
      const key = keyOf(request, request.params);
      const result = await changeTrigger(db, key, body.trigger_yaml, whoOf(request), expectedVersion(request));
      const row = saved(result, key, 'Failed while updating Trigger: ');
      tellVersion(reply, row.version);
      return v1Trigger(row);
    },
  );

  app.delete(
    `${URL}/:trigger`,
    {
      config,
      schema: {
        summary: 'Delete a trigger; its events stay',
        tags,
        params: Params,
        response: v1Answers(204, Nothing),
      },
    },
    async (request, reply) => {
      const key = keyOf(request, request.params);
      const outcome = await deleteTrigger(db, key, expectedVersion(request));
      if (outcome === 'missing') throw noTrigger(key.identifier);
      if (outcome === 'stale') throw staleVersion(`The trigger ${key.identifier}`);
      return reply.status(204).send(null);
    },
  );
}

function keyOf(
  request: FastifyRequest,
  params: { readonly org: string; readonly project: string; readonly pipeline: string; readonly trigger: string },
): TriggerKey {
  return targetOf(v1Scope(request, params), params.pipeline, params.trigger);
}
