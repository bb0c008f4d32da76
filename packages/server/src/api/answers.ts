/** Building blocks of routes: envelopes, schemas, versions, scopes. */
import { ErrorDto, FailureDto, type Success } from '@bridle/protocol';
import type { ProjectScope } from '@bridle/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type, type TObject, type TSchema, type TUnion } from 'typebox';
import { invalidRequest, RequestError } from './errors.ts';

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
