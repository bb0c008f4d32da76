/** Triggers: create, read, update, switch, delete (api.md §3.1). */
import { successOf, TriggerResponse } from '@bridle/protocol';
import type { ProjectScope } from '@bridle/pipeline';
import { Type } from 'typebox';
import { changeTrigger, createTrigger, switchTrigger, type SaveTriggerResult } from '../intake/save-trigger.ts';
import { deleteTrigger, findTrigger, type TriggerKey, type TriggerRow } from '../store/triggers.ts';
import { answers, expectedVersion, scopeOf, scopeQuery, staleVersion, success, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import { whoOf } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidYaml } from './diagnostics.ts';
import { ApiError, notFound } from './errors.ts';
import { mismatch } from './pipeline-routes.ts';
import { triggerResponse } from './wire/trigger.ts';

export const TriggerQuery = scopeQuery({ targetIdentifier: Type.String({ minLength: 1 }) });
export const TriggerParams = Type.Object({ triggerIdentifier: Type.String() });
const SaveQuery = Type.Object({ ...TriggerQuery.properties, ignoreError: Type.Optional(Type.Boolean()) });
const YamlBody = Type.String({ description: 'The trigger as YAML or JSON, whatever the content type.' });
const tags = ['Triggers'];
const config = { body: 'text' } as const;

export function triggerRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.post(
    '/pipeline/api/triggers',
    {
      config,
      schema: {
        summary: 'Create a trigger',
        tags,
        querystring: SaveQuery,
        body: YamlBody,
        response: answers(successOf(TriggerResponse)),
      },
    },
    async (request, reply) => {
      const { scope, pipelineIdentifier } = targetOf(
        scopeOf(request, request.query),
        request.query.targetIdentifier,
        '',
      );
      const result = await createTrigger(db, { scope, pipelineIdentifier }, request.body, whoOf(request));
      const row = saved(result, { scope, pipelineIdentifier, identifier: '' }, 'Failed while Saving Trigger: ');
      tellVersion(reply, row.version);
      return success(request, triggerResponse(row, problemsOf(result, request.query.ignoreError)));
    },
  );

  app.get(
    '/pipeline/api/triggers/:triggerIdentifier',
    {
      schema: {
        summary: 'Read a trigger',
        tags,
        params: TriggerParams,
        querystring: TriggerQuery,
        response: answers(successOf(TriggerResponse)),
      },
    },
    async (request, reply) => {
      const key = targetOf(
        scopeOf(request, request.query),
        request.query.targetIdentifier,
        request.params.triggerIdentifier,
      );
      const row = await findTrigger(db, key);
      if (row === undefined) throw noTrigger(key.identifier);
      tellVersion(reply, row.version);
      return success(request, triggerResponse(row));
    },
  );

  app.put(
    '/pipeline/api/triggers/:triggerIdentifier',
    {
      config,
      schema: {
        summary: 'Change a trigger',
        tags,
        params: TriggerParams,
        querystring: SaveQuery,
        body: YamlBody,
        response: answers(successOf(TriggerResponse)),
      },
    },
    async (request, reply) => {
      const key = targetOf(
        scopeOf(request, request.query),
        request.query.targetIdentifier,
        request.params.triggerIdentifier,
      );
      const result = await changeTrigger(db, key, request.body, whoOf(request), expectedVersion(request));
      const row = saved(result, key, 'Failed while updating Trigger: ');
      tellVersion(reply, row.version);
      return success(request, triggerResponse(row, problemsOf(result, request.query.ignoreError)));
    },
  );

  app.put(
    '/pipeline/api/triggers/:triggerIdentifier/status',
    {
      schema: {
        summary: 'Enable or disable a trigger',
        tags,
        params: TriggerParams,
        querystring: Type.Object({ ...TriggerQuery.properties, status: Type.Boolean() }),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request, reply) => {
      const key = targetOf(
        scopeOf(request, request.query),
        request.query.targetIdentifier,
        request.params.triggerIdentifier,
      );
      const row = await switchTrigger(db, key, request.query.status);
      if (row === undefined) throw noTrigger(key.identifier);
      tellVersion(reply, row.version);
      return success(request, row.isEnabled);
    },
  );

  app.delete(
    '/pipeline/api/triggers/:triggerIdentifier',
    {
      schema: {
        summary: 'Delete a trigger; its events stay',
        tags,
        params: TriggerParams,
        querystring: TriggerQuery,
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const key = targetOf(
        scopeOf(request, request.query),
        request.query.targetIdentifier,
        request.params.triggerIdentifier,
      );
      const outcome = await deleteTrigger(db, key, expectedVersion(request));
      if (outcome === 'missing') throw noTrigger(key.identifier);
      if (outcome === 'stale') throw staleVersion(`The trigger ${key.identifier}`);
      return success(request, true);
    },
  );
}

export function targetOf(scope: ProjectScope, pipelineIdentifier: string, identifier: string): TriggerKey {
  return { scope, pipelineIdentifier, identifier };
}

export function noTrigger(identifier: string): Error {
  return notFound(`Trigger ${identifier} does not exist`);
}

/** What keeps a saved trigger from firing; with `ignoreError` nobody wants to know. */
function problemsOf(
  result: SaveTriggerResult,
  ignoreError: boolean | undefined,
): Parameters<typeof triggerResponse>[1] {
  if (result.kind !== 'saved' || ignoreError === true) return [];
  return result.diagnostics.filter(({ blocks }) => blocks === 'run');
}

export function saved(result: SaveTriggerResult, key: TriggerKey, prefix: string): TriggerRow {
  switch (result.kind) {
    case 'saved':
      return result.row;
    case 'invalid':
      throw invalidYaml(result.diagnostics, prefix);
    case 'mismatch':
      throw mismatch('trigger', result);
    case 'duplicate':
      throw new ApiError(
        'DUPLICATE_FIELD',
        `${prefix}Trigger [${result.identifier}] already exists or is soft deleted`,
      );
    case 'noPipeline':
      throw notFound(`Pipeline with the given ID: ${key.pipelineIdentifier} does not exist or has been deleted.`);
    case 'missing':
      throw noTrigger(key.identifier);
    case 'stale':
      throw staleVersion(`The trigger ${key.identifier}`);
  }
}
