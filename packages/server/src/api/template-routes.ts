/** Templates in their versions: create, read, change, make stable, delete (`/template/api/templates`). */
import { successOf, TemplateResponse, TemplateWrapperResponse } from '@bridle/protocol';
import { Type } from 'typebox';
import {
  changeTemplate,
  createTemplate,
  deleteTemplateVersions,
  makeTemplateStable,
  type DeleteTemplateResult,
  type SaveTemplateResult,
} from '../intake/save-template.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { findTemplate, type TemplateRow } from '../store/templates.ts';
import {
  answers,
  describeOwner,
  expectedVersion,
  noOwner,
  ownerOf,
  ownerQuery,
  staleVersion,
  success,
  tellVersion,
} from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidYaml } from './diagnostics.ts';
import { ApiError, invalidRequest, notFound } from './errors.ts';
import { mismatch } from './pipeline-routes.ts';
import { templateResponse } from './wire/template.ts';

const Params = Type.Object({ templateIdentifier: Type.String() });
const VersionParams = Type.Object({ templateIdentifier: Type.String(), versionLabel: Type.String() });
const SaveQuery = ownerQuery({
  setDefaultTemplate: Type.Optional(Type.Boolean({ description: 'Make it the stable version.' })),
});
const YamlBody = Type.String({ description: 'The template as YAML, whatever the content type.' });
const tags = ['Templates'];
const config = { body: 'text' } as const;

export function templateRoutes(app: App, deps: ApiDependencies): void {
  const { db } = deps;

  app.post(
    '/template/api/templates',
    {
      config,
      schema: {
        summary: 'Create a template, or a further version of one; the first version is the stable one',
        tags,
        querystring: SaveQuery,
        body: YamlBody,
        response: answers(successOf(TemplateWrapperResponse)),
      },
    },
    async (request, reply) => {
      const owner = ownerOf(request, request.query);
      const isStable = request.query.setDefaultTemplate === true;
      const row = saved(await createTemplate(db, owner, request.body, { isStable }), owner, '', '');
      tellVersion(reply, row.version);
      return success(request, { valid: true, templateResponseDTO: templateResponse(row) });
    },
  );

  app.get(
    '/template/api/templates/:templateIdentifier',
    {
      schema: {
        summary: 'Read a template; without versionLabel its stable version',
        tags,
        params: Params,
        querystring: ownerQuery({ versionLabel: Type.Optional(Type.String()) }),
        response: answers(successOf(TemplateResponse)),
      },
    },
    async (request, reply) => {
      const { versionLabel = '' } = request.query;
      const row = await getTemplate(
        deps,
        ownerOf(request, request.query),
        request.params.templateIdentifier,
        versionLabel,
      );
      tellVersion(reply, row.version);
      return success(request, templateResponse(row));
    },
  );

  app.put(
    '/template/api/templates/update/:templateIdentifier/:versionLabel',
    {
      config,
      schema: {
        summary: 'Change a version of a template; executions that run are not concerned',
        tags,
        params: VersionParams,
        querystring: SaveQuery,
        body: YamlBody,
        response: answers(successOf(TemplateWrapperResponse)),
      },
    },
    async (request, reply) => {
      const owner = ownerOf(request, request.query);
      const { templateIdentifier: identifier, versionLabel } = request.params;
      const key = { owner, identifier, versionLabel };
      const result = await changeTemplate(db, key, request.body, expectedVersion(request));
      const row = saved(result, owner, identifier, versionLabel);
      const isMadeStable = request.query.setDefaultTemplate === true && !row.isStable;
      const latest = (isMadeStable ? await makeTemplateStable(db, key) : undefined) ?? row;
      tellVersion(reply, latest.version);
      return success(request, { valid: true, templateResponseDTO: templateResponse(latest) });
    },
  );

  app.put(
    '/template/api/templates/updateStableTemplate/:templateIdentifier/:versionLabel',
    {
      schema: {
        summary: 'Make a version of a template the stable one: links without a version mean it from now on',
        tags,
        params: VersionParams,
        querystring: ownerQuery({}),
        response: answers(successOf(Type.String({ description: 'The version label.' }))),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { templateIdentifier: identifier, versionLabel } = request.params;
      const row = await makeTemplateStable(db, { owner, identifier, versionLabel });
      if (row === undefined) throw noTemplate(owner, identifier, versionLabel);
      return success(request, row.versionLabel);
    },
  );

  app.delete(
    '/template/api/templates/:templateIdentifier/:versionLabel',
    {
      schema: {
        summary: 'Delete a version of a template; the stable one only when it is the last',
        tags,
        params: VersionParams,
        querystring: ownerQuery({}),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { templateIdentifier: identifier, versionLabel } = request.params;
      const result = await deleteTemplateVersions(db, owner, identifier, [versionLabel], expectedVersion(request));
      return success(request, deleted(result, owner, identifier));
    },
  );

  app.delete(
    '/template/api/templates/:templateIdentifier',
    {
      schema: {
        summary: 'Delete versions of a template; without a list all of them',
        tags,
        params: Params,
        querystring: ownerQuery({}),
        body: Type.Object({
          templateVersionLabels: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
        }),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const identifier = request.params.templateIdentifier;
      const labels = request.body.templateVersionLabels ?? [];
      const result = await deleteTemplateVersions(db, owner, identifier, labels.length === 0 ? undefined : labels);
      return success(request, deleted(result, owner, identifier));
    },
  );
}

/** An empty version label means the stable version. */
export async function getTemplate(
  { db }: ApiDependencies,
  owner: OwnerScope,
  identifier: string,
  versionLabel: string,
): Promise<TemplateRow> {
  const row = await findTemplate(db, { owner, identifier, ...(versionLabel === '' ? {} : { versionLabel }) });
  if (row === undefined) throw noTemplate(owner, identifier, versionLabel);
  return row;
}

function noTemplate(owner: OwnerScope, identifier: string, versionLabel: string): Error {
  const version = versionLabel === '' ? '' : ` and version label: ${versionLabel}`;
  return notFound(
    `Template with the given ID: ${identifier}${version} does not exist in ${describeOwner(owner)} or has been deleted.`,
  );
}

function deleted(result: DeleteTemplateResult, owner: OwnerScope, identifier: string): true {
  switch (result.kind) {
    case 'deleted':
      return true;
    case 'missing':
      throw noTemplate(owner, identifier, result.versionLabel ?? '');
    case 'stale':
      throw staleVersion(`The template ${identifier}`);
    case 'isStable':
      throw invalidRequest(
        `${result.versionLabel} is the stable version of the template ${identifier}, which has other versions. Make another version the stable one first, or delete all of them.`,
      );
  }
}

function saved(result: SaveTemplateResult, owner: OwnerScope, identifier: string, versionLabel: string): TemplateRow {
  switch (result.kind) {
    case 'saved':
      return result.row;
    case 'invalid':
      throw invalidYaml(result.diagnostics);
    case 'mismatch':
      throw mismatch('template', result);
    case 'duplicate':
      throw new ApiError(
        'DUPLICATE_FIELD',
        `The template [${result.key.identifier}] with the version label [${result.key.versionLabel}] already exists in ${describeOwner(owner)}.`,
      );
    case 'otherType':
      throw invalidRequest(
        `All versions of a template are of one type: version ${result.versionLabel} is a template of type ${result.type}, and this one of type ${result.given}. Give it another identifier.`,
      );
    case 'noOwner':
      throw noOwner(owner);
    case 'missing':
      throw noTemplate(owner, identifier, versionLabel);
    case 'stale':
      throw staleVersion(`The version ${versionLabel} of the template ${identifier}`);
  }
}
