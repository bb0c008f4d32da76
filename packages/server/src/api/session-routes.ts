/** Browser sessions: sign in by a token, a sign-in link or a password, who am I, sign out. */
import { isAdministrator } from '../auth/decide.ts';
import { SessionResponse, SignInRequest, SignInWays, SignOutResponse, successOf } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findSession, SESSION_COOKIE, spendSignInCode } from '../auth/browser-sessions.ts';
import type { Principal } from '../auth/principal.ts';
import { signInByPassword } from '../auth/sign-in.ts';
import { useToken, tokenIdOf } from '../auth/tokens.ts';
import { findPassword, hasPasswords } from '../store/passwords.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf, refuseOtherSites } from './authentication.ts';
import { cookieOptions, endSession, recordSession, startSession, type SessionOrigin } from './browser-cookies.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, RequestError } from './errors.ts';
import { OPENID_START } from './openid-routes.ts';

const url = '/bridle/api/session';
const tags = ['Session'];

export function sessionRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    url,
    {
      config: { account: 'own' },
      schema: { summary: 'Who is signed in', tags, response: answers(successOf(SessionResponse)) },
    },
    async (request) => success(request, await sessionOf(deps, callerOf(request))),
  );

  app.post(
    url,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Sign in a browser',
        description:
          'By a token, by the one-time code of a sign-in link, or by e-mail address and password. The answer sets the session cookie.',
        tags,
        security: [],
        body: SignInRequest,
        response: answers(successOf(SessionResponse)),
      },
    },
    async (request, reply) => {
      refuseOtherSites(request);
      const { principal, by } = await principalOfCredential(deps, request, reply, request.body);
      await startSession(deps, request, reply, principal, by);
      return success(request, await sessionOf(deps, principal));
    },
  );

  app.delete(
    url,
    {
      // Signing out twice, or after the session has ended, is no mistake.
      config: { access: 'public' },
      schema: { summary: 'Sign out', tags, security: [], response: answers(successOf(SignOutResponse)) },
    },
    async (request, reply) => {
      refuseOtherSites(request);
      const cookie = request.cookies[SESSION_COOKIE];
      const session = cookie === undefined ? undefined : await findSession(deps.db, cookie, deps.signIn.limits);
      await endSession(deps, request);
      reply.clearCookie(SESSION_COOKIE, cookieOptions(deps));
      if (session !== undefined) await recordSession(deps, request, session.principal, 'LOGOUT');
      const isOfProvider = session?.signedInBy === 'openid';
      const continueAt = isOfProvider ? deps.signIn.openId?.signOutUrl(`${deps.publicUrl()}/login`) : undefined;
      return success(request, { continueAt: continueAt ?? null });
    },
  );

  app.get(
    '/bridle/api/sign-in',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Ways to sign in',
        tags,
        security: [],
        response: answers(successOf(SignInWays)),
      },
    },
    async (request) => {
      const { openId } = deps.signIn;
      return success(request, {
        password: await hasPasswords(deps.db),
        openId: openId === undefined ? null : { name: openId.settings.name, url: OPENID_START },
      });
    },
  );
}

interface Credential {
  readonly principal: Principal;
  readonly by: SessionOrigin;
}

async function principalOfCredential(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  body: SignInRequest,
): Promise<Credential> {
  const { token, code, email, password } = body;
  const given = [token, code, email ?? password].filter((each) => each !== undefined).length;
  if (given !== 1 || (email === undefined) !== (password === undefined)) {
    const error = 'holds either a token, or a code, or an email and a password';
    throw new RequestError('INVALID_REQUEST', `body: ${error}`, [{ fieldId: 'body', error }]);
  }
  if (email !== undefined && password !== undefined)
    return {
      principal: await principalOfPassword(deps, request, reply, { ...body, email, password }),
      by: { signedInBy: 'password' },
    };
  if (code !== undefined) {
    const principal = await spendSignInCode(deps.db, code);
    if (principal !== undefined) return { principal, by: { signedInBy: 'link' } };
    throw new ApiError(
      'INVALID_CREDENTIAL',
      'This sign-in link was used before or has expired. Sign in with a token: the file admin-token has one.',
    );
  }
  const principal = await principalOfToken(deps, token ?? '');
  const apiKeyId = tokenIdOf(token ?? '');
  return { principal, by: { signedInBy: 'token', ...(apiKeyId === undefined ? {} : { apiKeyId }) } };
}

async function principalOfToken({ db }: ApiDependencies, token: string): Promise<Principal> {
  const check = await useToken(db, token.trim());
  switch (check.kind) {
    case 'valid':
      // A browser is for people; and the session would outlive the token.
      if (check.principal.kind === 'USER') return check.principal;
      throw new ApiError('INVALID_CREDENTIAL', 'This token is of a service account, which does not sign in.');
    case 'expired':
      throw new ApiError('EXPIRED_TOKEN', 'This token has expired.');
    case 'revoked':
      throw new ApiError('REVOKED_TOKEN', 'This token was revoked.');
    case 'unknown':
      throw new ApiError('INVALID_TOKEN', 'This token is not known here.');
  }
}

async function principalOfPassword(
  { db, signIn: { accountId } }: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { email, password, newPassword }: SignInRequest & { readonly email: string; readonly password: string },
): Promise<Principal> {
  refuseNulOf(email);
  const attempt = { accountId, email: email.trim(), password, address: request.ip };
  const signedIn = await signInByPassword(db, {
    ...attempt,
    ...(newPassword === undefined ? {} : { newPassword }),
  });
  switch (signedIn.kind) {
    case 'signedIn':
      return signedIn.principal;
    case 'wrong':
      request.log.warn({ ip: request.ip }, 'a sign-in by password failed');
      throw new ApiError('INVALID_CREDENTIAL', 'E-mail address or password is wrong.');
    case 'wait':
      throw tooOften(reply, signedIn.ms);
    case 'oneTime':
      throw new ApiError('PASSWORD_EXPIRED', 'This password works once: send newPassword too, to choose another one.');
    case 'weak':
      throw weakPassword('newPassword', signedIn.reason);
  }
}

export function tooOften(reply: FastifyReply, ms: number): ApiError {
  const seconds = Math.ceil(ms / 1_000);
  reply.header('retry-after', String(seconds));
  return new ApiError('TOO_MANY_REQUESTS', `Too many attempts. Wait ${String(seconds)} s and try again.`);
}

export function weakPassword(field: string, reason: string): RequestError {
  return new RequestError('INVALID_REQUEST', `${field}: ${reason}`, [{ fieldId: field, error: reason }]);
}

/** PostgreSQL text holds none, so nobody has such an address. */
function refuseNulOf(email: string): void {
  if (email.includes('\0')) throw weakPassword('email', 'holds a NUL character');
}

async function sessionOf(deps: ApiDependencies, principal: Principal): Promise<SessionResponse> {
  const { userId, name, email, accountId } = principal;
  const isAdmin = isAdministrator(await deps.authorizer.grantsOf(principal), accountId);
  const hasPassword = (await findPassword(deps.db, userId)) !== undefined;
  return {
    user: { id: userId, name, email, admin: isAdmin, hasPassword },
    accountId,
    defaultScope: { ...deps.defaultScope },
    publicUrl: deps.publicUrl(),
  };
}
