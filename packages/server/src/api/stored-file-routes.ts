/** Files and folders that people store by name (`/ng/api/file-store`), for accounts, organizations and projects. */
import { FolderNode, FolderRequest, ngPageOf, StoredFile, successOf, type StoredFileNode } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import { recordAudit, type AuditAction } from '../auth/audit.ts';
import type { Transaction } from '../store/database.ts';
import { ownerExists, type OwnerScope } from '../store/owner-scope.ts';
import {
  claimUpload,
  deleteStoredFile,
  findStoredFile,
  hasPath,
  insertStoredFile,
  listStoredFiles,
  lockStoredFiles,
  ROOT_FOLDER,
  updateStoredFile,
  type StoredFileKey,
  type StoredFileRow,
} from '../store/stored-files.ts';
import {
  answers,
  describeOwner,
  errorAnswers,
  expectedVersion,
  noOwner,
  ownerOf,
  ownerQuery,
  PageNumber,
  pageSize,
  PAGE_SIZE_MAX,
  staleVersion,
  success,
  tellVersion,
} from './answers.ts';
import type { App } from './app-types.ts';
import { attachment } from './artifact-routes.ts';
import { callerOf } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, invalidRequest, notFound } from './errors.ts';
import { readStoredFileForm, type StoredFileForm } from './stored-file-form.ts';
import { ngPage } from './wire/pages.ts';

const URL = '/ng/api/file-store';
const tags = ['File store'];
const Params = Type.Object({ identifier: Type.String() });
const one = answers(successOf(StoredFile));
/** Folders in folders. */
const PATH_LENGTH_MAX = 4_096;

export function storedFileRoutes(app: App, deps: ApiDependencies): void {
  // Their bodies are read as they come.
  void app.register(async (streams: App) => {
    streams.removeAllContentTypeParsers();
    streams.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    saveRoutes(streams, deps);
  });
  readRoutes(app, deps);
  deleteRoute(app, deps);
}

function saveRoutes(app: App, { db, storedContents }: ApiDependencies): void {
  const config = { body: 'stream' } as const;
  const consumes = ['multipart/form-data'];
  const given = (request: FastifyRequest): Promise<StoredFileForm> =>
    readStoredFileForm(storedContents, request.accountId, request.body as Readable, request.headers['content-type']);

  app.post(
    URL,
    {
      config,
      schema: {
        summary: 'Store a file or make a folder: multipart/form-data with name, type, parentIdentifier and content',
        tags,
        consumes,
        querystring: ownerQuery({}),
        response: one,
      },
    },
    async (request, reply) => {
      const owner = ownerOf(request, request.query);
      if (!(await ownerExists(db, owner))) throw noOwner(owner);
      const form = await given(request);
      const key = { owner, identifier: form.identifier };
      const row = await withUpload(request, form, async (tx) => {
        if (form.type === 'FILE' && form.upload === undefined) throw invalidRequest('A file needs a content.');
        const path = await pathOf(tx, owner, form);
        const created = await insertStoredFile(tx, key, {
          ...contentOf(form, path),
          type: form.type,
          bytes: form.upload?.bytes ?? 0,
          createdBy: callerOf(request).name,
          ...(form.upload === undefined ? {} : { fileKey: form.upload.fileKey }),
        });
        if (created === undefined)
          throw new ApiError(
            'DUPLICATE_FIELD',
            `There is a file or folder ${form.identifier}, or one at ${path}, in ${describeOwner(owner)} already.`,
          );
        await record(tx, request, 'CREATE', key);
        return created;
      });
      tellVersion(reply, row.version);
      return success(request, fileResponse(row));
    },
  );

  app.put(
    `${URL}/:identifier`,
    {
      config,
      schema: {
        summary: 'Change a stored file or folder; without a content the one that is there stays',
        tags,
        consumes,
        params: Params,
        querystring: ownerQuery({}),
        response: one,
      },
    },
    async (request, reply) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.params;
      const form = await given(request);
      const key = { owner, identifier };
      const row = await withUpload(request, form, async (tx) => {
        await lockStoredFiles(tx, owner);
        const before = await findStoredFile(tx, key);
        if (before === undefined) throw noFile(key);
        const expected = expectedVersion(request);
        if (expected !== undefined && expected !== before.version) throw staleVersion(`The file ${identifier}`);
        if (form.type !== before.type)
          throw invalidRequest(`${identifier} is a ${before.type.toLowerCase()}, and stays one.`);
        const path = await pathOf(tx, owner, form);
        if (path === before.path ? false : path.startsWith(`${before.path}/`))
          throw invalidRequest(`The folder ${identifier} cannot be moved into itself.`);
        if (path !== before.path && (await hasPath(tx, owner, path)))
          throw new ApiError(
            'DUPLICATE_FIELD',
            `There is a file or folder at ${path} in ${describeOwner(owner)} already.`,
          );
        const changed = await updateStoredFile(tx, before, contentOf(form, path), form.upload);
        await record(tx, request, 'UPDATE', key);
        return changed;
      });
      tellVersion(reply, row.version);
      return success(request, fileResponse(row));
    },
  );

  /** The upload becomes the row's, or is dropped. */
  async function withUpload(
    request: FastifyRequest,
    { upload }: StoredFileForm,
    save: (tx: Transaction) => Promise<StoredFileRow>,
  ): Promise<StoredFileRow> {
    try {
      return await db.transaction().execute(async (tx) => {
        if (upload !== undefined && !(await claimUpload(tx, upload.fileKey)))
          throw invalidRequest('The upload took too long.');
        return await save(tx);
      });
    } catch (error) {
      if (upload !== undefined) {
        await storedContents.drop(upload.fileKey).catch((failure: unknown) => {
          request.log.warn({ err: failure }, 'An upload that was refused stays until the sweep.');
        });
      }
      throw error;
    }
  }
}

function readRoutes(app: App, { db, storedContents }: ApiDependencies): void {
  app.get(
    URL,
    {
      schema: {
        summary: 'List stored files and folders',
        tags,
        querystring: ownerQuery({
          pageIndex: PageNumber,
          pageSize: pageSize(50),
          searchTerm: Type.Optional(Type.String()),
          identifiers: Type.Optional(Type.Array(Type.String())),
        }),
        response: answers(successOf(ngPageOf(StoredFile))),
      },
    },
    async (request) => {
      const { pageIndex, pageSize: size, searchTerm: search = '', identifiers = [] } = request.query;
      const owner = ownerOf(request, request.query);
      const filter = { owner, search, ...(identifiers.length === 0 ? {} : { identifiers }) };
      const { rows, total } = await listStoredFiles(db, filter, pageIndex, size);
      return success(request, ngPage(rows.map(fileResponse), pageIndex, size, total));
    },
  );

  app.get(
    `${URL}/:identifier`,
    {
      schema: { summary: 'A stored file or folder', tags, params: Params, querystring: ownerQuery({}), response: one },
    },
    async (request, reply) => {
      const key = { owner: ownerOf(request, request.query), identifier: request.params.identifier };
      const row = await findStoredFile(db, key);
      if (row === undefined) throw noFile(key);
      tellVersion(reply, row.version);
      return success(request, fileResponse(row));
    },
  );

  app.get(
    `${URL}/files/:identifier/download`,
    {
      schema: {
        summary: 'The content of a stored file, byte for byte',
        tags,
        produces: ['application/octet-stream'],
        params: Params,
        querystring: ownerQuery({}),
        response: errorAnswers,
      },
    },
    async (request, reply) => {
      const key = { owner: ownerOf(request, request.query), identifier: request.params.identifier };
      const row = await findStoredFile(db, key);
      if (row === undefined) throw noFile(key);
      if (row.fileKey === undefined) throw invalidRequest(`${key.identifier} is a folder.`);
      const file = await storedContents.open(row.fileKey);
      if (file === undefined) throw noFile(key);
      return reply
        .type('application/octet-stream')
        .header('content-disposition', attachment(row.name))
        .header('content-length', String(file.bytes))
        .header('cache-control', 'private, no-store')
        .send(file.content);
    },
  );

  app.post(
    `${URL}/folder`,
    {
      schema: {
        summary: 'A folder, and what is directly in it',
        tags,
        querystring: ownerQuery({}),
        body: FolderRequest,
        response: answers(successOf(FolderNode)),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const { identifier } = request.body;
      const folder = identifier === ROOT_FOLDER ? undefined : await findStoredFile(db, { owner, identifier });
      if (identifier !== ROOT_FOLDER && folder?.type !== 'FOLDER') throw noFile({ owner, identifier });
      const filter = { owner, parentIdentifier: identifier, search: '' };
      const { rows } = await listStoredFiles(db, filter, 0, PAGE_SIZE_MAX);
      return success(request, {
        identifier,
        name: folder?.name ?? ROOT_FOLDER,
        type: 'FOLDER' as const,
        parentIdentifier: folder?.parentIdentifier ?? null,
        path: folder?.path ?? '/',
        children: rows.map(nodeOf),
      });
    },
  );
}

function deleteRoute(app: App, { db }: ApiDependencies): void {
  app.delete(
    `${URL}/:identifier`,
    {
      schema: {
        summary: 'Delete a stored file, or a folder with all that is in it',
        tags,
        params: Params,
        querystring: ownerQuery({ forceDelete: Type.Optional(Type.Boolean()) }),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const key = { owner, identifier: request.params.identifier };
      await db.transaction().execute(async (tx) => {
        await lockStoredFiles(tx, owner);
        const row = await findStoredFile(tx, key);
        if (row === undefined) throw noFile(key);
        const expected = expectedVersion(request);
        if (expected !== undefined && expected !== row.version) throw staleVersion(`The file ${key.identifier}`);
        await deleteStoredFile(tx, row);
        await record(tx, request, 'DELETE', key);
      });
      return success(request, true);
    },
  );
}

async function record(
  tx: Transaction,
  request: FastifyRequest,
  action: AuditAction,
  { owner, identifier }: StoredFileKey,
): Promise<void> {
  await recordAudit(tx, request, { action, resource: { type: 'FILE', identifier }, scope: owner });
}

/** @throws ApiError where the parent is no folder of the owner */
async function pathOf(tx: Transaction, owner: OwnerScope, { name, parentIdentifier }: StoredFileForm): Promise<string> {
  await lockStoredFiles(tx, owner);
  if (parentIdentifier === ROOT_FOLDER) return `/${name}`;
  const parent = await findStoredFile(tx, { owner, identifier: parentIdentifier });
  if (parent?.type !== 'FOLDER')
    throw invalidRequest(`There is no folder ${parentIdentifier} in ${describeOwner(owner)}.`);
  const path = `${parent.path}/${name}`;
  if (path.length > PATH_LENGTH_MAX)
    throw invalidRequest(`The path is longer than ${String(PATH_LENGTH_MAX)} characters.`);
  return path;
}

function contentOf(
  form: StoredFileForm,
  path: string,
): Omit<StoredFileForm, 'upload' | 'identifier' | 'type'> & { readonly path: string } {
  const { name, parentIdentifier, description, tags: given, fileUsage, mimeType } = form;
  return { name, parentIdentifier, path, description, tags: given, fileUsage, mimeType };
}

function fileResponse(row: StoredFileRow): StoredFile {
  const { owner } = row;
  return {
    accountIdentifier: owner.accountId,
    orgIdentifier: owner.orgIdentifier ?? null,
    projectIdentifier: owner.projectIdentifier ?? null,
    ...nodeOf(row),
    draft: false,
    createdBy: { name: row.createdBy },
  };
}

function nodeOf(row: StoredFileRow): StoredFileNode {
  const { identifier, name, type, parentIdentifier, path, fileUsage, mimeType, description } = row;
  return {
    identifier,
    name,
    type,
    parentIdentifier,
    path,
    fileUsage: fileUsage === '' ? null : (fileUsage as NonNullable<StoredFileNode['fileUsage']>),
    mimeType: mimeType === '' ? null : mimeType,
    description,
    tags: Object.entries(row.tags).map(([key, value]) => ({ key, value })),
    lastModifiedAt: row.updatedAt,
  };
}

function noFile({ owner, identifier }: StoredFileKey): Error {
  return notFound(`File or folder with the given ID: ${identifier} does not exist in ${describeOwner(owner)}.`);
}
