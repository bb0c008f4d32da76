/** Browser sessions: sign in by a token or a sign-in link, who am I, sign out. */
import { SessionResponse, SignInRequest, successOf } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  closeSession,
  openSession,
  SESSION_COOKIE,
  SESSION_LIFETIME_MS,
  spendSignInCode,
} from '../auth/browser-sessions.ts';
import type { Principal } from '../auth/principal.ts';
import { checkToken } from '../auth/tokens.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf, refuseOtherSites } from './authentication.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, RequestError } from './errors.ts';

const url = '/bridle/api/session';
const tags = ['Session'];

export function sessionRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    url,
    {
      config: { account: 'own' },
      schema: { summary: 'Who is signed in', tags, response: answers(successOf(SessionResponse)) },
    },
    async (request) => success(request, sessionOf(deps, callerOf(request))),
  );

  app.post(
    url,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Sign in a browser',
        description: 'By a token, or by the one-time code of a sign-in link. The answer sets the session cookie.',
        tags,
        security: [],
        body: SignInRequest,
        response: answers(successOf(SessionResponse)),
      },
    },
    async (request, reply) => {
      refuseOtherSites(request);
      const principal = await principalOfCredential(deps, request.body);
      await endSession(deps, request);
      setCookie(deps, reply, await openSession(deps.db, principal));
      return success(request, sessionOf(deps, principal));
    },
  );

  app.delete(
    url,
    {
      // Signing out twice, or after the session has ended, is no mistake.
      config: { access: 'public' },
      schema: { summary: 'Sign out', tags, security: [], response: answers(successOf(Type.Boolean())) },
    },
    async (request, reply) => {
      refuseOtherSites(request);
      await endSession(deps, request);
      reply.clearCookie(SESSION_COOKIE, cookieOptions(deps));
      return success(request, true);
    },
  );
}

async function principalOfCredential({ db }: ApiDependencies, { token, code }: SignInRequest): Promise<Principal> {
  if ((token === undefined) === (code === undefined)) {
    const error = 'holds either a token or a code';
    throw new RequestError('INVALID_REQUEST', `body: ${error}`, [{ fieldId: 'body', error }]);
  }
  if (code !== undefined) {
    const principal = await spendSignInCode(db, code);
    if (principal !== undefined) return principal;
    throw new ApiError(
      'INVALID_CREDENTIAL',
      'This sign-in link was used before or has expired. Sign in with a token: the file admin-token has one.',
    );
  }
  const check = await checkToken(db, token?.trim() ?? '');
  switch (check.kind) {
    case 'valid':
      return check.principal;
    case 'expired':
      throw new ApiError('EXPIRED_TOKEN', 'This token has expired.');
    case 'revoked':
      throw new ApiError('REVOKED_TOKEN', 'This token was revoked.');
    case 'unknown':
      throw new ApiError('INVALID_TOKEN', 'This token is not known here.');
  }
}

async function endSession({ db }: ApiDependencies, request: FastifyRequest): Promise<void> {
  const cookie = request.cookies[SESSION_COOKIE];
  if (cookie !== undefined) await closeSession(db, cookie);
}

function sessionOf(deps: ApiDependencies, { userId, name, email, isAdmin, accountId }: Principal): SessionResponse {
  return {
    user: { id: userId, name, email, admin: isAdmin },
    accountId,
    defaultScope: { ...deps.defaultScope },
    publicUrl: deps.publicUrl(),
  };
}

function setCookie(deps: ApiDependencies, reply: FastifyReply, value: string): void {
  reply.setCookie(SESSION_COOKIE, value, { ...cookieOptions(deps), maxAge: SESSION_LIFETIME_MS / 1_000 });
}

/** Out of reach of scripts, and never sent for a page of another site. */
function cookieOptions({ publicUrl }: ApiDependencies): {
  readonly path: '/';
  readonly httpOnly: true;
  readonly sameSite: 'strict';
  readonly secure: boolean;
} {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: publicUrl().startsWith('https:') };
}
