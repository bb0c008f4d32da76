/**
 * Who calls, and for which account (api.md §0.2). Runs before anything else looks at a request.
 *
 * - A token in `x-api-key` wins over everything; without one a browser's session counts.
 * - What a browser sends by itself (its cookie) must not let another site act in its name: changes by cookie are taken from
 *   pages of this origin only.
 */
import type {} from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import { findSession, SESSION_COOKIE, type FoundSession } from '../auth/browser-sessions.ts';
import type { Principal } from '../auth/principal.ts';
import { useToken, type TokenCheck } from '../auth/tokens.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, invalidRequest, RequestError } from './errors.ts';

/** What finding the caller needs. */
type Door = Pick<ApiDependencies, 'db' | 'signIn'>;

export function authenticate(app: App, door: Door): void {
  app.decorateRequest('principal', undefined);
  app.decorateRequest('sessionId', undefined);
  app.decorateRequest('accountId', '');
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    refuseNul(request);
    const { access = 'key', account = 'named' } = request.routeOptions.config;
    if (access === 'public') return;
    const named = findAccount(request);
    const principal = await findPrincipal(door, request, named);
    if (principal === undefined && access === 'key') throw wrongKey(request, named, 'missing');
    if (account === 'named' && named === undefined)
      throw invalidRequest('Account detail is not present in the request');
    if (principal !== undefined && named !== undefined && principal.accountId !== named)
      throw wrongKey(request, named, 'unknown');
    request.principal = principal;
    request.accountId = named ?? principal?.accountId ?? '';
  });
}

/** The caller of a route whose access is `key`. */
export function callerOf(request: FastifyRequest): Principal {
  if (request.principal === undefined)
    throw new Error(`${request.routeOptions.url ?? 'A route'} was reached without authentication.`);
  return request.principal;
}

/** Header, `account`, `accountIdentifier` (the log service says `accountID`), path: in this order. */
function findAccount(request: FastifyRequest): string | undefined {
  const query = request.query as Readonly<Record<string, unknown>>;
  const params = request.params as Readonly<Record<string, unknown>>;
  const found = [
    request.headers['harness-account'],
    query['account'],
    query['accountIdentifier'],
    query['accountID'],
    params['accountIdentifier'],
  ];
  return found
    .map((value): unknown => (Array.isArray(value) ? value[0] : value))
    .find((value) => typeof value === 'string' && value !== '') as string | undefined;
}

/** Whoever the request's key or session stands for; throws for a key that is none. */
export async function findPrincipal(
  { db, signIn }: Door,
  request: FastifyRequest,
  account: string | undefined,
): Promise<Principal | undefined> {
  const key = request.headers['x-api-key'];
  if (typeof key === 'string' && key !== '') {
    const check = await useToken(db, key);
    if (check.kind !== 'valid') throw wrongKey(request, account, check.kind);
    return check.principal;
  }
  const cookie = request.cookies[SESSION_COOKIE];
  // Open routes are for callers without any sign-in: a browser's cookie must neither help nor hinder there.
  if (cookie === undefined || request.routeOptions.config.access === 'open') return undefined;
  const session: FoundSession | undefined = await findSession(db, cookie, signIn.limits);
  if (session !== undefined && changesSomething(request) && !isSameOrigin(request)) {
    throw new ApiError(
      'NG_ACCESS_DENIED',
      'A signed-in browser may change things from pages of this address only. Scripts send x-api-key instead.',
    );
  }
  request.sessionId = session?.sessionId;
  return session?.principal;
}

function changesSomething({ method }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

/** Browsers say where a request comes from; one that says nothing is no browser that knows the cookie. */
export function isSameOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  // An opaque origin (`null`) is no address, and equals none.
  return origin !== undefined && host !== undefined && URL.parse(origin)?.host === host;
}

/**
 * For routes that set or end a session: a page of another site must neither sign a browser in nor out. A caller that names no
 * origin is no browser.
 */
export function refuseOtherSites(request: FastifyRequest): void {
  const { headers } = request;
  const isFromPage = headers['sec-fetch-site'] !== undefined || headers.origin !== undefined;
  if (isFromPage && !isSameOrigin(request)) {
    throw new ApiError('NG_ACCESS_DENIED', 'A browser signs in and out on pages of this address only.');
  }
}

function wrongKey(request: FastifyRequest, account: string | undefined, why: TokenCheck['kind'] | 'missing'): ApiError {
  const name = account ?? 'none';
  switch (why) {
    case 'expired':
      return new ApiError('EXPIRED_TOKEN', `Invalid call: The token has expired. Account id for API called: ${name}`);
    case 'revoked':
      return new ApiError('REVOKED_TOKEN', `Invalid call: The token was revoked. Account id for API called: ${name}`);
    case 'missing':
      return new ApiError(
        'INVALID_TOKEN',
        `Invalid call: Send a token in the header x-api-key, or sign in. Account id for API called: ${name}`,
      );
    case 'unknown':
    case 'valid': {
      const code = request.routeOptions.config.wrongKeyCode ?? 'INVALID_TOKEN';
      if (code === 'INVALID_CREDENTIAL') return new ApiError(code, 'Invalid or missing credentials');
      return new ApiError(code, `Invalid call: Invalid token or token expired. Account id for API called: ${name}`);
    }
  }
}

/** PostgreSQL text holds no NUL, and no identifier of ours does. */
function refuseNul(request: FastifyRequest): void {
  if (/%00/.test(request.url)) throw new RequestError('INVALID_REQUEST', 'The address holds a NUL character.');
}
