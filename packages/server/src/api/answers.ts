/** Building blocks of routes: envelopes, schemas, versions, scopes. */
import { ErrorDto, FailureDto, type Success } from '@bridle/protocol';
import type { ProjectScope } from '@bridle/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type TObject, type TSchema, type TUnion } from 'typebox';
import type { OwnerScope } from '../store/owner-scope.ts';
import { invalidRequest, notFound, RequestError } from './errors.ts';

export function success<T>(request: FastifyRequest, data: T): Success<T> {
  return { status: 'SUCCESS', data, metaData: null, correlationId: request.id };
}

const anyError: TUnion<[typeof ErrorDto, typeof FailureDto]> = Type.Union([ErrorDto, FailureDto]);

/** The `response` part of a route's schema. */
export function answers<T extends TSchema>(ok: T): { 200: T; '4xx': typeof anyError; '5xx': typeof ErrorDto } {
  return { 200: ok, '4xx': anyError, '5xx': ErrorDto };
}

const scopeKeys = {
  accountIdentifier: Type.Optional(Type.String()),
  orgIdentifier: Type.String({ minLength: 1 }),
  projectIdentifier: Type.String({ minLength: 1 }),
};

/** The `response` part of a route that answers with something else than JSON (`produces`): only its errors have a schema. */
export const errorAnswers: { readonly '4xx': TSchema; readonly '5xx': TSchema } = { '4xx': anyError, '5xx': ErrorDto };

/** The query of a route about one project, and what else it reads. */
export function scopeQuery<T extends Record<string, TSchema>>(more: T): TObject<typeof scopeKeys & T> {
  return Type.Object({ ...scopeKeys, ...more });
}

/** The project a request is about. */
export function scopeOf(
  request: FastifyRequest,
  query: { readonly orgIdentifier: string; readonly projectIdentifier: string },
): ProjectScope {
  const { orgIdentifier, projectIdentifier } = query;
  return { accountId: request.accountId, orgIdentifier, projectIdentifier };
}

const ownerKeys = {
  accountIdentifier: Type.Optional(Type.String()),
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
};

/** The query of a route about what an account, an organization or a project may own, and what else it reads. */
export function ownerQuery<T extends Record<string, TSchema>>(more: T): TObject<typeof ownerKeys & T> {
  return Type.Object({ ...ownerKeys, ...more });
}

/** Whom a request is about: the project it names, else the organization, else the account. */
export function ownerOf(
  request: FastifyRequest,
  {
    orgIdentifier = '',
    projectIdentifier = '',
  }: { readonly orgIdentifier?: string; readonly projectIdentifier?: string },
): OwnerScope {
  const { accountId } = request;
  if (orgIdentifier === '') {
    if (projectIdentifier === '') return { accountId };
    throw new RequestError('INVALID_REQUEST', 'orgIdentifier: is needed beside projectIdentifier', [
      { fieldId: 'orgIdentifier', error: 'is needed beside projectIdentifier' },
    ]);
  }
  return projectIdentifier === '' ? { accountId, orgIdentifier } : { accountId, orgIdentifier, projectIdentifier };
}

export function noOwner({ orgIdentifier = '', projectIdentifier }: OwnerScope): Error {
  return notFound(
    projectIdentifier === undefined
      ? `Organization with the given ID: ${orgIdentifier} does not exist.`
      : `Project with the given ID: ${projectIdentifier} does not exist in the organization ${orgIdentifier}.`,
  );
}

/** As messages name it: `project myproject in organization default`. */
export function describeOwner({ orgIdentifier, projectIdentifier }: OwnerScope): string {
  if (orgIdentifier === undefined) return 'the account';
  return projectIdentifier === undefined
    ? `organization ${orgIdentifier}`
    : `project ${projectIdentifier} in organization ${orgIdentifier}`;
}

/** The version of `If-Match`; undefined = no check. Takes the bare number and the quoted form of HTTP. */
export function expectedVersion(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header === '' || header === '*') return undefined;
  const version = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header)?.[1];
  if (version === undefined)
    throw new RequestError('INVALID_REQUEST', 'If-Match: is not the version of an entity', [
      { fieldId: 'If-Match', error: 'is not the version of an entity' },
    ]);
  return Number(version);
}

export function tellVersion(reply: FastifyReply, version: number): void {
  reply.header('etag', String(version));
}

export function staleVersion(what: string): Error {
  return invalidRequest(`${what} was changed since it was read. Load it again and repeat the change.`);
}

/** Sizes that one answer may have. */
export const PAGE_SIZE_MAX = 1_000;

export const PageNumber = Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 });

export function pageSize(fallback: number): ReturnType<typeof Type.Integer> {
  return Type.Integer({ minimum: 1, maximum: PAGE_SIZE_MAX, default: fallback });
}
