/** Input sets that no longer fit their pipeline, mended (api.md §4.2). */
import { INLINE_GIT_DETAILS, InputSetSanitised, InputSetYamlDiff, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { DocumentSource } from '../intake/document-source.ts';
import { repairInputSet, type RepairedInputSet } from '../intake/repair-input-set.ts';
import { changeInputSet } from '../intake/save-input-set.ts';
import { findInputSet, type InputSetRow } from '../store/input-sets.ts';
import { answers, expectedVersion, scopeOf, scopeQuery, success, tellVersion } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { getPipeline } from './pipeline-routes.ts';
import { noInputSet, print, saved } from './saved-input-set-routes.ts';

const INPUT_SETS = '/pipeline/api/inputSets';
const Query = scopeQuery({ pipelineIdentifier: Type.String({ minLength: 1 }) });
const Params = Type.Object({ inputSetIdentifier: Type.String() });
const tags = ['Input sets'];

export function inputSetRepairRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    `${INPUT_SETS}/:inputSetIdentifier/yaml-diff`,
    {
      schema: {
        summary: 'An input set or overlay beside what is left of it without the parts that do not fit any more',
        tags,
        params: Params,
        querystring: Query,
        response: answers(successOf(InputSetYamlDiff)),
      },
    },
    async (request) => {
      const { row, repaired } = await repair(deps, request, request.query, request.params.inputSetIdentifier);
      const { yaml, isEmpty, isPointless, isChanged, invalidReferences } = repaired;
      return success(request, {
        oldYAML: row.yaml,
        newYAML: yaml,
        inputSetEmpty: isEmpty,
        noUpdatePossible: isPointless,
        yamlDiffPresent: isChanged,
        ...(row.type === 'OVERLAY_INPUT_SET' ? { invalidReferences: [...invalidReferences] } : {}),
        gitDetails: INLINE_GIT_DETAILS,
      });
    },
  );

  const response = answers(successOf(InputSetSanitised));
  const summary = 'Save an input set or overlay without the parts that do not fit any more';
  app.post(
    `${INPUT_SETS}/:inputSetIdentifier/sanitise`,
    { config: { body: 'bytes' }, schema: { summary, tags, params: Params, querystring: Query, response } },
    async (request, reply) => {
      const { version, answer } = await sanitise(deps, request, request.query, request.params.inputSetIdentifier);
      tellVersion(reply, version);
      return success(request, answer);
    },
  );
  app.post(
    `${INPUT_SETS}/sanitise`,
    {
      config: { body: 'bytes' },
      schema: {
        summary,
        tags,
        querystring: Type.Object({ ...Query.properties, inputSetIdentifier: Type.String({ minLength: 1 }) }),
        response,
      },
    },
    async (request, reply) => {
      const { version, answer } = await sanitise(deps, request, request.query, request.query.inputSetIdentifier);
      tellVersion(reply, version);
      return success(request, answer);
    },
  );
}

interface Where {
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string;
}

async function repair(
  deps: ApiDependencies,
  request: FastifyRequest,
  query: Where,
  identifier: string,
): Promise<{ readonly row: InputSetRow; readonly repaired: RepairedInputSet }> {
  const scope = scopeOf(request, query);
  const pipeline = await getPipeline(deps, scope, query.pipelineIdentifier);
  const row = await findInputSet(deps.db, { scope, pipelineIdentifier: pipeline.identifier, identifier });
  if (row === undefined) throw noInputSet(identifier);
  return { row, repaired: await repairInputSet(new DocumentSource(deps.db), pipeline, row) };
}

async function sanitise(
  deps: ApiDependencies,
  request: FastifyRequest,
  query: Where,
  identifier: string,
): Promise<{ readonly version: number; readonly answer: InputSetSanitised }> {
  const { row, repaired } = await repair(deps, request, query, identifier);
  // Nothing is deleted that nobody asked to delete.
  if (repaired.isEmpty) return { version: row.version, answer: { shouldDeleteInputSet: true } };
  // What was changed since it was looked at is not overwritten.
  const expected = expectedVersion(request) ?? row.version;
  const now = repaired.isChanged
    ? await deps.db.transaction().execute(async (tx) => {
        const changed = saved(await changeInputSet(tx, row, row.type, repaired.yaml, expected), row);
        const resource = { type: 'INPUT_SET', identifier };
        const yamls = { oldYaml: row.yaml, newYaml: repaired.yaml };
        await recordAudit(tx, request, { action: 'UPDATE', resource, scope: row.scope, ...yamls });
        return changed;
      })
    : row;
  return {
    version: now.version,
    answer: { shouldDeleteInputSet: false, inputSetUpdateResponse: await print(deps, now) },
  };
}
