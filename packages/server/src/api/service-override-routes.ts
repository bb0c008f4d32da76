/** What environments change of services (`/ng/api/serviceOverrides`, api.md §9). */
import { asProjectsWrite, levelOf } from '@bridle/pipeline';
import { ngPageOf, ServiceOverridesRequest, ServiceOverridesResponse, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import {
  changeDeploymentDocument,
  createDeploymentDocument,
  upsertDeploymentDocument,
} from '../intake/save-deployment-document.ts';
import {
  deleteDeploymentDocument,
  findOverrides,
  listDeploymentDocuments,
  type DeploymentKey,
  type DeploymentRow,
} from '../store/deployment-documents.ts';
import { type OwnerScope } from '../store/owner-scope.ts';
import { overridesIdentifier } from '../store/referenced-documents.ts';
import {
  answers,
  describeOwner,
  expectedVersion,
  ownerOf,
  ownerQuery,
  PageNumber,
  pageSize,
  success,
  tellVersion,
} from './answers.ts';
import type { App } from './app-types.ts';
import { bodyOwner, deleted, saved, type DeploymentWords } from './deployment-requests.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { serviceOverridesResponse } from './wire/deployment.ts';
import { ngPage } from './wire/pages.ts';

const URL = '/ng/api/serviceOverrides';
const WORDS: DeploymentWords = { kind: 'serviceOverrides', word: 'service overrides' };
const TYPE = 'ENV_SERVICE_OVERRIDE';
const Params = Type.Object({ identifier: Type.String({ description: 'Made of the environment and the service.' }) });
const tags = ['Service overrides'];

export function serviceOverrideRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;
  const schema = {
    tags,
    querystring: ownerQuery({}),
    body: ServiceOverridesRequest,
    response: answers(successOf(ServiceOverridesResponse)),
  };

  app.post(
    URL,
    { schema: { ...schema, summary: 'Create the overrides of a service in an environment' } },
    async (request, reply) => {
      const { key, given } = readRequest(request);
      const row = saved(await createDeploymentDocument(db, key, given), key, WORDS);
      tellVersion(reply, row.version);
      return success(request, serviceOverridesResponse(row));
    },
  );

  app.put(
    URL,
    { schema: { ...schema, summary: 'Change the overrides of a service in an environment' } },
    async (request, reply) => {
      const { key, given } = readRequest(request);
      const row = saved(await changeDeploymentDocument(db, key, given, expectedVersion(request)), key, WORDS);
      tellVersion(reply, row.version);
      return success(request, serviceOverridesResponse(row));
    },
  );

  app.post(
    `${URL}/upsert`,
    { schema: { ...schema, summary: 'Change the overrides of a service in an environment, or create them' } },
    async (request, reply) => {
      const { key, given } = readRequest(request);
      const row = saved(await upsertDeploymentDocument(db, key, given, expectedVersion(request)), key, WORDS);
      tellVersion(reply, row.version);
      return success(request, serviceOverridesResponse(row));
    },
  );

  app.get(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Read service overrides',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        response: answers(successOf(ServiceOverridesResponse)),
      },
    },
    async (request, reply) => {
      const row = await getOverrides(deps, ownerOf(request, request.query), request.params.identifier);
      tellVersion(reply, row.version);
      return success(request, serviceOverridesResponse(row));
    },
  );

  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete service overrides; executions that run are not concerned',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const row = await getOverrides(deps, ownerOf(request, request.query), request.params.identifier);
      return success(request, deleted(await deleteDeploymentDocument(db, row, expectedVersion(request)), row, WORDS));
    },
  );

  app.post(
    `${URL}/list`,
    {
      schema: {
        summary: 'List service overrides',
        tags,
        querystring: ownerQuery({ page: PageNumber, size: pageSize(100), searchTerm: Type.Optional(Type.String()) }),
        body: Type.Object({
          environmentRef: Type.Optional(Type.Union([Type.String(), Type.Null()])),
          serviceRef: Type.Optional(Type.Union([Type.String(), Type.Null()])),
        }),
        response: answers(successOf(ngPageOf(ServiceOverridesResponse))),
      },
    },
    async (request) => {
      const { page, size, searchTerm = '' } = request.query;
      const owner = ownerOf(request, request.query);
      const environmentRef = asProjectsWrite(levelOf(owner), request.body.environmentRef ?? '');
      const serviceRef = asProjectsWrite(levelOf(owner), request.body.serviceRef ?? '');
      const filter = {
        owner,
        kind: 'serviceOverrides' as const,
        search: searchTerm,
        ...(environmentRef === '' ? {} : { environmentRef }),
        ...(serviceRef === '' ? {} : { serviceRef }),
      };
      const { rows, total } = await listDeploymentDocuments(db, filter, page, size);
      return success(request, ngPage(rows.map(serviceOverridesResponse), page, size, total));
    },
  );
}

function readRequest(
  request: FastifyRequest<{
    Body: Static<typeof ServiceOverridesRequest>;
    Querystring: { readonly orgIdentifier?: string; readonly projectIdentifier?: string };
  }>,
): {
  readonly key: DeploymentKey;
  readonly given: { readonly yaml: string; readonly type: string; readonly serviceRef: string };
} {
  const { body, query } = request;
  const owner = bodyOwner(request, query, body, WORDS.word);
  const environmentRef = asProjectsWrite(levelOf(owner), body.environmentRef);
  const serviceRef = asProjectsWrite(levelOf(owner), body.serviceRef);
  const identifier = overridesIdentifier(environmentRef, serviceRef);
  return {
    key: { owner, kind: 'serviceOverrides', identifier, environmentRef },
    given: { yaml: body.yaml, type: body.type ?? TYPE, serviceRef },
  };
}

async function getOverrides({ db }: ApiDependencies, owner: OwnerScope, identifier: string): Promise<DeploymentRow> {
  const row = await findOverrides(db, owner, identifier);
  if (row === undefined) {
    throw notFound(`Service overrides with the given ID: ${identifier} do not exist in ${describeOwner(owner)}.`);
  }
  return row;
}
