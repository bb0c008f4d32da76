/** Secrets: create, change, read, delete, list (`/ng/api/v2/secrets`). Their values go in and never come out. */
import { ngPageOf, SecretFilter, SecretRequest, SecretResponse, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { SaveSecretResult, SecretDocument } from '../secrets/secrets.ts';
import { ownersAbove, type OwnerScope } from '../store/owner-scope.ts';
import { deleteSecret, findSecret, listSecrets, type SecretKey, type SecretRow } from '../store/secrets.ts';
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
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, notFound, RequestError } from './errors.ts';
import { filterOf } from './saved-filter.ts';
import { secretFromForm, secretFromText } from './secret-bodies.ts';
import { ngPage } from './wire/pages.ts';
import { secretResponse } from './wire/secret.ts';

const URL = '/ng/api/v2/secrets';
const tags = ['Secrets'];
const Params = Type.Object({ identifier: Type.String() });
const SaveQuery = ownerQuery({ privateSecret: Type.Optional(Type.Boolean()) });
const Text = Type.String({ description: 'The secret as YAML, whatever the content type.' });
const one = answers(successOf(SecretResponse));
/** A file of the largest size, and what multipart adds to it. */
const FORM_BYTES_MAX = 524_288;

export function secretRoutes(app: App, deps: ApiDependencies): void {
  createRoutes(app, deps);
  changeRoutes(app, deps);
  readRoutes(app, deps);
  listRoutes(app, deps);
}

function createRoutes(app: App, { secrets }: ApiDependencies): void {
  const create = async (owner: OwnerScope, given: SecretDocument): Promise<SecretRow> =>
    saved(await secrets.create(owner, given), owner, '');

  app.post(
    URL,
    {
      schema: {
        summary: 'Create a secret: a text, a reference to another manager, or an SSH key',
        tags,
        querystring: SaveQuery,
        body: SecretRequest,
        response: one,
      },
    },
    async (request, reply) => {
      const row = await create(ownerOf(request, request.query), { document: request.body.secret });
      tellVersion(reply, row.version);
      return success(request, secretResponse(row));
    },
  );

  app.post(
    `${URL}/yaml`,
    {
      config: { body: 'text' },
      schema: { summary: 'Create a secret from YAML', tags, querystring: SaveQuery, body: Text, response: one },
    },
    async (request, reply) => {
      const row = await create(ownerOf(request, request.query), secretFromText(request.body));
      tellVersion(reply, row.version);
      return success(request, secretResponse(row));
    },
  );

  app.post(
    `${URL}/files`,
    {
      bodyLimit: FORM_BYTES_MAX,
      config: { body: 'bytes' },
      schema: {
        summary: 'Create a secret file: multipart/form-data with spec (the secret as JSON) and file',
        tags,
        consumes: ['multipart/form-data'],
        querystring: SaveQuery,
        response: one,
      },
    },
    async (request, reply) => {
      const row = await create(ownerOf(request, request.query), await givenForm(request));
      tellVersion(reply, row.version);
      return success(request, secretResponse(row));
    },
  );
}

function changeRoutes(app: App, { secrets }: ApiDependencies): void {
  const change = async (request: FastifyRequest, key: SecretKey, given: SecretDocument): Promise<SecretRow> =>
    saved(await secrets.change(key, given, expectedVersion(request)), key.owner, key.identifier);

  app.put(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Change a secret; without a value the one that is there stays',
        tags,
        params: Params,
        querystring: SaveQuery,
        body: SecretRequest,
        response: one,
      },
    },
    async (request, reply) => {
      const row = await change(request, keyOf(request), { document: request.body.secret });
      tellVersion(reply, row.version);
      return success(request, secretResponse(row));
    },
  );

  app.put(
    `${URL}/:identifier/yaml`,
    {
      config: { body: 'text' },
      schema: {
        summary: 'Change a secret by YAML; without a value the one that is there stays',
        tags,
        params: Params,
        querystring: SaveQuery,
        body: Text,
        response: one,
      },
    },
    async (request, reply) => {
      const row = await change(request, keyOf(request), secretFromText(request.body));
      tellVersion(reply, row.version);
      return success(request, secretResponse(row));
    },
  );

  app.put(
    `${URL}/files/:identifier`,
    {
      bodyLimit: FORM_BYTES_MAX,
      config: { body: 'bytes' },
      schema: {
        summary: 'Change a secret file; without a file the one that is there stays',
        tags,
        consumes: ['multipart/form-data'],
        params: Params,
        querystring: SaveQuery,
        response: one,
      },
    },
    async (request, reply) => {
      const row = await change(request, keyOf(request), await givenForm(request));
      tellVersion(reply, row.version);
      return success(request, secretResponse(row));
    },
  );
}

function readRoutes(app: App, { db }: ApiDependencies): void {
  app.get(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'What is known about a secret; never its value',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        response: one,
      },
    },
    async (request, reply) => {
      const key = keyOf(request);
      const row = await findSecret(db, key);
      if (row === undefined) throw noSecret(key.owner, key.identifier);
      tellVersion(reply, row.version);
      return success(request, secretResponse(row));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete a secret; steps that use it fail from then on',
        tags,
        params: Params,
        querystring: ownerQuery({ forceDelete: Type.Optional(Type.Boolean()) }),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const key = keyOf(request);
      const outcome = await deleteSecret(db, key, expectedVersion(request));
      if (outcome === 'missing') throw noSecret(key.owner, key.identifier);
      if (outcome === 'stale') throw staleVersion(`The secret ${key.identifier}`);
      return success(request, true);
    },
  );
}

const ListQuery = ownerQuery({
  pageIndex: PageNumber,
  pageSize: pageSize(50),
  searchTerm: Type.Optional(Type.String()),
  filterIdentifier: Type.Optional(Type.String({ description: 'A saved filter in place of the body.' })),
  identifiers: Type.Optional(Type.Array(Type.String())),
  type: Type.Optional(Type.String()),
  types: Type.Optional(Type.Array(Type.String())),
  includeAllSecretsAccessibleAtScope: Type.Optional(
    Type.Boolean({ description: 'Those of the organization and the account too.' }),
  ),
});

function listRoutes(app: App, { db }: ApiDependencies): void {
  const summary = 'List secrets of an account, an organization or a project';
  const response = answers(successOf(ngPageOf(SecretResponse)));
  const list = async (
    owner: OwnerScope,
    query: { readonly pageIndex: number; readonly pageSize: number; readonly searchTerm?: string },
    filter: { readonly identifiers: readonly string[]; readonly types: readonly string[]; readonly isWide: boolean },
  ): Promise<ReturnType<typeof ngPage<SecretResponse>>> => {
    const { pageIndex, pageSize: size, searchTerm = '' } = query;
    const { rows, total } = await listSecrets(
      db,
      {
        owners: filter.isWide ? ownersAbove(owner) : [owner],
        search: searchTerm,
        ...(filter.identifiers.length === 0 ? {} : { identifiers: filter.identifiers }),
        ...(filter.types.length === 0 ? {} : { types: filter.types }),
      },
      pageIndex,
      size,
    );
    return ngPage(rows.map(secretResponse), pageIndex, size, total);
  };

  app.get(URL, { schema: { summary, tags, querystring: ListQuery, response } }, async (request) => {
    const { query } = request;
    const { identifiers = [], type = '', types = [], includeAllSecretsAccessibleAtScope: isWide = false } = query;
    const wanted = type === '' ? types : [...types, type];
    return success(request, await list(ownerOf(request, query), query, { identifiers, types: wanted, isWide }));
  });

  for (const url of [`${URL}/list/secrets`, `${URL}/list`]) {
    app.post(
      url,
      { schema: { summary, tags, querystring: ListQuery, body: SecretFilter, response } },
      async (request) => {
        const { query } = request;
        const owner = ownerOf(request, query);
        const use = { owner, type: 'Secret', identifier: query.filterIdentifier, schema: SecretFilter };
        const body = await filterOf(db, request, { ...use, body: request.body });
        const isWide =
          query.includeAllSecretsAccessibleAtScope === true || body.includeAllSecretsAccessibleAtScope === true;
        const identifiers = body.identifiers ?? query.identifiers ?? [];
        const types = body.secretTypes ?? query.types ?? [];
        const search = body.searchTerm ?? query.searchTerm ?? '';
        const page = await list(owner, { ...query, searchTerm: search }, { identifiers, types, isWide });
        return success(request, page);
      },
    );
  }
}

function keyOf(
  request: FastifyRequest<{
    Params: { readonly identifier: string };
    Querystring: { readonly orgIdentifier?: string; readonly projectIdentifier?: string };
  }>,
): SecretKey {
  return { owner: ownerOf(request, request.query), identifier: request.params.identifier };
}

async function givenForm(request: FastifyRequest): Promise<SecretDocument> {
  return secretFromForm(request.body as Buffer, request.headers['content-type']);
}

function saved(result: SaveSecretResult, owner: OwnerScope, identifier: string): SecretRow {
  switch (result.kind) {
    case 'saved':
      return result.row;
    case 'invalid': {
      const { field, reason } = result.objection;
      throw new RequestError('INVALID_REQUEST', `${field}: ${reason}`, [{ fieldId: field, error: reason }]);
    }
    case 'duplicate':
      throw new ApiError('DUPLICATE_FIELD', `There is a secret of this identifier in ${describeOwner(owner)} already.`);
    case 'noOwner':
      throw noOwner(owner);
    case 'missing':
      throw noSecret(owner, identifier);
    case 'stale':
      throw staleVersion(`The secret ${identifier}`);
  }
}

function noSecret(owner: OwnerScope, identifier: string): Error {
  return notFound(
    `Secret with the given ID: ${identifier} does not exist in ${describeOwner(owner)} or has been deleted.`,
  );
}
