/** Cookies of a signed-in browser, and of one that is signing in at a provider of OpenID Connect. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { closeSession, openSession, SESSION_COOKIE, type SessionStart } from '../auth/browser-sessions.ts';
import { recordAudit } from '../auth/audit.ts';
import type { Principal } from '../auth/principal.ts';
import type { ApiDependencies } from './dependencies.ts';

/** Out of reach of scripts, and never sent for a page of another site. */
export function cookieOptions({ publicUrl }: Pick<ApiDependencies, 'publicUrl'>): {
  readonly path: '/';
  readonly httpOnly: true;
  readonly sameSite: 'strict';
  readonly secure: boolean;
} {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: publicUrl().startsWith('https:') };
}

/** How its user signed in. */
export type SessionOrigin = Pick<SessionStart, 'signedInBy' | 'apiKeyId'>;

/** Ends the session that the browser has, and opens one for the principal. */
export async function startSession(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal,
  by: SessionOrigin,
): Promise<void> {
  const { db, signIn } = deps;
  await endSession(deps, request);
  const start = { ...by, address: request.ip, userAgent: request.headers['user-agent'] ?? '' };
  const cookie = await openSession(db, principal, start, signIn.limits);
  reply.setCookie(SESSION_COOKIE, cookie, {
    ...cookieOptions(deps),
    maxAge: Math.ceil(signIn.limits.lifetimeMs / 1_000),
  });
  await recordSession(deps, request, principal, 'LOGIN');
}

export async function endSession({ db }: ApiDependencies, request: FastifyRequest): Promise<void> {
  const cookie = request.cookies[SESSION_COOKIE];
  if (cookie !== undefined) await closeSession(db, cookie);
}

export async function recordSession(
  { db }: ApiDependencies,
  { id, ip, method }: FastifyRequest,
  principal: Principal,
  action: 'LOGIN' | 'LOGOUT',
): Promise<void> {
  const resource = { type: 'USER', identifier: principal.email };
  await recordAudit(db, { id, ip, method, principal }, { action, resource, scope: { accountId: principal.accountId } });
}
