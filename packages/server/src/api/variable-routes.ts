/** Variables of accounts, organizations and projects (`/ng/api/variables`): what `<+variable.…>` reads. */
import { OWNER_NAMES } from '@bridle/pipeline';
import { ngPageOf, successOf, VariableRequest, VariableResponse } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import type { Database, Transaction } from '../store/database.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';
import {
  deleteVariable,
  findVariable,
  insertVariable,
  lengthOfOtherVariables,
  lengthOfVariable,
  listVariables,
  updateVariable,
  VARIABLES_LENGTH_MAX,
  type VariableContent,
  type VariableKey,
  type VariableRow,
} from '../store/variables.ts';
import {
  answers,
  describeOwner,
  expectedVersion,
  noOwner,
  ownerOf,
  ownerQuery,
  PageNumber,
  pageSize,
  staleVersion,
  success,
  tellVersion,
} from './answers.ts';
import type { App } from './app-types.ts';
import { authorize } from './authorization.ts';
import type { ApiDependencies } from './dependencies.ts';
import { bodyOwner } from './deployment-requests.ts';
import { ApiError, invalidRequest, notFound } from './errors.ts';
import { ngPage } from './wire/pages.ts';

const URL = '/ng/api/variables';
const tags = ['Variables'];
const Params = Type.Object({ identifier: Type.String() });
const one = answers(successOf(VariableResponse));

export function variableRoutes(app: App, deps: ApiDependencies): void {
  saveRoutes(app, deps);
  readRoutes(app, deps);
}

function saveRoutes(app: App, { db }: ApiDependencies): void {
  app.post(
    URL,
    {
      schema: { summary: 'Create a variable', tags, querystring: ownerQuery({}), body: VariableRequest, response: one },
    },
    async (request, reply) => {
      const { key, content } = await given(request);
      if (!(await ownerExists(db, key.owner))) throw noOwner(key.owner);
      const row = await db.transaction().execute(async (tx) => {
        await refuseTooLong(tx, key, content);
        const inserted = await insertVariable(tx, key, content);
        if (inserted === undefined) {
          throw new ApiError(
            'DUPLICATE_FIELD',
            `There is a variable ${key.identifier} in ${describeOwner(key.owner)} already.`,
          );
        }
        await recordAudit(tx, request, { action: 'CREATE', ...about(key) });
        return inserted;
      });
      return answer(request, reply, row);
    },
  );

  app.put(
    URL,
    {
      schema: {
        summary: 'Change a variable: the one that the body names',
        tags,
        querystring: ownerQuery({}),
        body: VariableRequest,
        response: one,
      },
    },
    async (request, reply) => {
      const { key, content } = await given(request);
      const row = await db.transaction().execute(async (tx) => {
        await refuseTooLong(tx, key, content);
        const outcome = await updateVariable(tx, key, content, expectedVersion(request));
        if (outcome.kind === 'missing') throw noVariable(key);
        if (outcome.kind === 'stale') throw staleVersion(`The variable ${key.identifier}`);
        await recordAudit(tx, request, { action: 'UPDATE', ...about(key) });
        return outcome.row;
      });
      return answer(request, reply, row);
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete a variable; executions that have begun keep its value',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const key = { owner: ownerOf(request, request.query), identifier: request.params.identifier };
      await db.transaction().execute(async (tx) => {
        const outcome = await deleteVariable(tx, key, expectedVersion(request));
        if (outcome === 'missing') throw noVariable(key);
        if (outcome === 'stale') throw staleVersion(`The variable ${key.identifier}`);
        await recordAudit(tx, request, { action: 'DELETE', ...about(key) });
      });
      return success(request, true);
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    URL,
    {
      schema: {
        summary: 'List variables of an account, an organization or a project',
        tags,
        querystring: ownerQuery({
          pageIndex: PageNumber,
          pageSize: pageSize(100),
          searchTerm: Type.Optional(Type.String()),
        }),
        response: answers(successOf(ngPageOf(VariableResponse))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const { rows, total } = await listVariables(db, owner, searchTerm, pageIndex, size);
      return success(request, ngPage(rows.map(variableResponse), pageIndex, size, total));
    },
  );

  app.get(
    `${URL}/:identifier`,
    { schema: { summary: 'A variable', tags, params: Params, querystring: ownerQuery({}), response: one } },
    async (request, reply) => {
      const key = { owner: ownerOf(request, request.query), identifier: request.params.identifier };
      const row = await findVariable(db, key);
      if (row === undefined) throw noVariable(key);
      return answer(request, reply, row);
    },
  );
}

async function given(
  request: FastifyRequest<{
    Body: VariableRequest;
    Querystring: { readonly orgIdentifier?: string; readonly projectIdentifier?: string };
  }>,
): Promise<{ readonly key: VariableKey; readonly content: VariableContent }> {
  const { variable } = request.body;
  const { identifier, name, description, spec } = variable;
  const owner = bodyOwner(request, request.query, variable, 'variable');
  await authorize(request, { permission: 'core_variable_edit', scope: owner, identifier });
  if (owner.projectIdentifier !== undefined && OWNER_NAMES.some((taken) => taken === identifier))
    throw invalidRequest(
      `A variable of a project cannot be called ${identifier}: variable.${identifier} stands for the variables of the ${identifier === 'org' ? 'organization' : 'account'}.`,
    );
  return {
    key: { owner, identifier },
    content: { name, description: description ?? '', value: spec.fixedValue },
  };
}

async function refuseTooLong(db: Database | Transaction, key: VariableKey, content: VariableContent): Promise<void> {
  const length = (await lengthOfOtherVariables(db, key)) + lengthOfVariable(key, content);
  if (length <= VARIABLES_LENGTH_MAX) return;
  throw invalidRequest(
    `The variables of ${describeOwner(key.owner)} would have ${String(length)} characters; ${String(VARIABLES_LENGTH_MAX)} are the limit.`,
  );
}

function about({ owner, identifier }: VariableKey): {
  readonly resource: { readonly type: string; readonly identifier: string };
  readonly scope: OwnerScope;
} {
  return { resource: { type: 'VARIABLE', identifier }, scope: owner };
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  row: VariableRow,
): ReturnType<typeof success<VariableResponse>> {
  tellVersion(reply, row.version);
  return success(request, variableResponse(row));
}

function variableResponse(row: VariableRow): VariableResponse {
  const { owner, identifier, name, description, value } = row;
  return {
    variable: {
      identifier,
      name,
      description,
      orgIdentifier: owner.orgIdentifier ?? null,
      projectIdentifier: owner.projectIdentifier ?? null,
      type: 'String',
      spec: { valueType: 'FIXED', fixedValue: value },
    },
    createdAt: row.createdAt,
    lastModifiedAt: row.updatedAt,
  };
}

function noVariable({ owner, identifier }: VariableKey): Error {
  return notFound(`Variable with the given ID: ${identifier} does not exist in ${describeOwner(owner)}.`);
}
