/**
 * Who may read which logs (api.md §8.1). The log service has rules of its own: it names its account `accountID`, takes its own
 * tokens, and has its own words for what is missing.
 */
import { LogServiceError } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { openLogGrant } from '../auth/log-tokens.ts';
import type { LogInfo } from '../logs/logs.ts';
import { findPrincipal } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, RequestError } from './errors.ts';

/** The account whose logs the request may read; throws when it may not. */
export async function logAccountOf(deps: ApiDependencies, request: FastifyRequest): Promise<string> {
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
    return account;
  }
  const principal = await findPrincipal(deps, request, account);
  if (principal === undefined) throw new RequestError('INVALID_REQUEST', 'no token');
  if (principal.accountId !== account) throw otherAccount();
  return account;
}

/** The account a key may have a token for (api.md §8.1). */
export async function tokenAccountOf(deps: ApiDependencies, request: FastifyRequest): Promise<string> {
  const account = namedAccount(request);
  const principal = await findPrincipal(deps, request, account).catch((error: unknown) => {
    if (error instanceof ApiError && error.httpStatus === 401) throw noTokenForKey();
    throw error;
  });
  if (principal === undefined) throw new RequestError('INVALID_REQUEST', 'no token');
  if (principal.accountId !== account) throw noTokenForKey();
  return account;
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

/** A log of another account is not there. */
export async function findLog({ logs }: ApiDependencies, accountId: string, key: string): Promise<LogInfo | undefined> {
  const info = await logs.info(key);
  return info?.accountId === accountId ? info : undefined;
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
