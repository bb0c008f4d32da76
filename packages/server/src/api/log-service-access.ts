/**
 * Who may read which logs (api.md §8.1). The log service has rules of its own: it names its account `accountID`, takes its own
 * tokens, and has its own words for what is missing.
 */
import { LogServiceError } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { openLogGrant } from '../auth/log-tokens.ts';
import type { Principal } from '../auth/principal.ts';
import type { LogInfo } from '../logs/logs.ts';
import { listExecutionTargets } from '../store/execution-targets.ts';
import { findPrincipal } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, RequestError } from './errors.ts';

/** Whose rights a request has on the logs of their account. */
export type LogReader = Pick<Principal, 'accountId' | 'kind' | 'userId'>;

/** Who reads; throws when nobody is known, or they are of another account. */
export async function logReaderOf(deps: ApiDependencies, request: FastifyRequest): Promise<LogReader> {
  const account = namedAccount(request);
  const token = request.headers['x-harness-token'];
  if (typeof token === 'string' && token !== '' && request.headers['x-api-key'] === undefined) {
    const grant = openLogGrant(deps.signingKey, token, Date.now());
    if (grant === undefined || grant.prefix !== undefined) {
      throw new ApiError(
        'INVALID_TOKEN',
        'The token in X-Harness-Token is not valid or has expired. Get a new one from /log-service/token.',
      );
    }
    if (grant.accountId !== account) throw otherAccount();
    return readerOf(grant);
  }
  const principal = await findPrincipal(deps, request, account);
  if (principal === undefined) throw new RequestError('INVALID_REQUEST', 'no token');
  if (principal.accountId !== account) throw otherAccount();
  return readerOf(principal);
}

/** Whose rights a token for the log service will have (api.md §8.1). */
export async function tokenReaderOf(deps: ApiDependencies, request: FastifyRequest): Promise<LogReader> {
  const account = namedAccount(request);
  const principal = await findPrincipal(deps, request, account).catch((error: unknown) => {
    if (error instanceof ApiError && error.httpStatus === 401) throw noTokenForKey();
    throw error;
  });
  if (principal === undefined) throw new RequestError('INVALID_REQUEST', 'no token');
  if (principal.accountId !== account) throw noTokenForKey();
  return readerOf(principal);
}

export function readerOf({ accountId, kind, userId }: LogReader): LogReader {
  return { accountId, kind, userId };
}

/**
 * Whether the reader may view the pipelines these logs are of, as they are now. Logs of an execution that is gone are nobody's.
 */
export async function mayRead(deps: ApiDependencies, reader: LogReader, infos: readonly LogInfo[]): Promise<boolean> {
  return (await readableOf(deps, reader, infos)).length === infos.length;
}

/** Those of the logs whose pipelines the reader may view. */
export async function readableOf(
  { db, authorizer }: ApiDependencies,
  reader: LogReader,
  infos: readonly LogInfo[],
): Promise<readonly LogInfo[]> {
  const ids = [...new Set(infos.map(({ executionId }) => executionId))];
  const readable = new Set<string>();
  const judged = new Map<string, boolean>();
  for (const { executionId, scope, pipelineIdentifier } of await listExecutionTargets(db, ids)) {
    const name = JSON.stringify([scope, pipelineIdentifier]);
    const question = { permission: 'core_pipeline_view', scope, identifier: pipelineIdentifier } as const;
    const isAllowed = judged.get(name) ?? (await authorizer.isAllowed(reader, question));
    judged.set(name, isAllowed);
    if (isAllowed) readable.add(executionId);
  }
  return infos.filter(({ executionId }) => readable.has(executionId));
}

/** @throws ApiError `NG_ACCESS_DENIED` */
export async function requireReadable(
  deps: ApiDependencies,
  reader: LogReader,
  infos: readonly LogInfo[],
): Promise<void> {
  if (!(await mayRead(deps, reader, infos)))
    throw new ApiError('NG_ACCESS_DENIED', 'Missing permission core_pipeline_view on the pipeline of these logs');
}

export function namedAccount(request: FastifyRequest): string {
  const { accountID } = request.query as { readonly accountID?: string };
  if (accountID === undefined || accountID === '')
    throw new RequestError('INVALID_REQUEST', 'no account ID in query params');
  return accountID;
}

function otherAccount(): ApiError {
  return new ApiError('NG_ACCESS_DENIED', 'These credentials belong to another account.');
}

function noTokenForKey(): ApiError {
  return new ApiError('NG_ACCESS_DENIED', 'apikey in request not authorized for receiving tokens');
}

/** A log of another account is not there; one of a pipeline that the reader may not view is refused. */
export async function findLog(deps: ApiDependencies, reader: LogReader, key: string): Promise<LogInfo | undefined> {
  const info = await deps.logs.info(key);
  if (info?.accountId !== reader.accountId) return undefined;
  await requireReadable(deps, reader, [info]);
  return info;
}

/** Of a route that answers with something else than JSON. */
export const logErrorAnswers: { readonly '4xx': TSchema; readonly '5xx': TSchema } = {
  '4xx': LogServiceError,
  '5xx': LogServiceError,
};

/** Errors have the log service's shape. */
export function answers<T extends TSchema>(
  ok: T,
): { 200: T; '4xx': typeof LogServiceError; '5xx': typeof LogServiceError } {
  return { 200: ok, '4xx': LogServiceError, '5xx': LogServiceError };
}
