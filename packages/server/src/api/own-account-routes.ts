/** One's own password, and the browsers in which one is signed in. */
import { BrowserSession, PasswordChangeRequest, PasswordChangeResult, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { SESSION_COOKIE } from '../auth/browser-sessions.ts';
import { changeOwnPassword } from '../auth/sign-in.ts';
import { findPassword } from '../store/passwords.ts';
import { deleteSessionOf, deleteSessionsOf, listSessions } from '../store/sessions.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf } from './authentication.ts';
import { cookieOptions } from './browser-cookies.ts';
import type { ApiDependencies } from './dependencies.ts';
import { ApiError, notFound } from './errors.ts';
import { tooOften } from './session-routes.ts';

const SESSIONS = '/bridle/api/sessions';
const tags = ['Session'];

export function ownAccountRoutes(app: App, deps: ApiDependencies): void {
  const { db, signIn } = deps;

  app.put(
    '/ng/api/user/password',
    {
      config: { account: 'own' },
      schema: {
        summary: 'Choose a password',
        description: 'Ends all other sessions of the caller. The first password is chosen in a signed-in browser.',
        tags,
        body: PasswordChangeRequest,
        response: answers(successOf(PasswordChangeResult)),
      },
    },
    async (request, reply) => {
      const principal = callerOf(request);
      if (principal.kind !== 'USER') throw new ApiError('NG_ACCESS_DENIED', 'A service account has no password.');
      // A token that got lost must not become a password that stays.
      if (principal.by === 'token' && (await findPassword(db, principal.userId)) === undefined)
        throw new ApiError('NG_ACCESS_DENIED', 'The first password is chosen in a signed-in browser.');
      const changed = await changeOwnPassword(db, principal, {
        ...request.body,
        ...(request.sessionId === undefined ? {} : { sessionId: request.sessionId }),
      });
      switch (changed.kind) {
        case 'wait':
          throw tooOften(reply, changed.ms);
        case 'wrong':
          return success(request, 'INCORRECT_CURRENT_PASSWORD' as const);
        case 'weak':
          return success(request, 'PASSWORD_STRENGTH_VIOLATED' as const);
        case 'changed': {
          const { accountId, email } = principal;
          const resource = { type: 'USER', identifier: email };
          await recordAudit(db, request, { action: 'UPDATE', resource, scope: { accountId } });
          return success(request, 'PASSWORD_CHANGED' as const);
        }
      }
    },
  );

  app.get(
    SESSIONS,
    {
      config: { account: 'own' },
      schema: {
        summary: 'Browsers in which the caller is signed in',
        tags,
        response: answers(successOf(Type.Array(BrowserSession))),
      },
    },
    async (request) => {
      const rows = await listSessions(db, callerOf(request).userId, signIn.limits.idleMs);
      return success(
        request,
        rows.map(({ signedInBy, ...row }) => ({
          ...row,
          signedInBy: signedInBy as BrowserSession['signedInBy'],
          current: row.id === request.sessionId,
        })),
      );
    },
  );

  app.delete(
    SESSIONS,
    {
      config: { account: 'own' },
      schema: {
        summary: 'Sign out everywhere',
        description: 'The answer is the number of sessions that ended. With `keepCurrent` the one that asks stays.',
        tags,
        querystring: Type.Object({ keepCurrent: Type.Boolean({ default: false }) }),
        response: answers(successOf(Type.Integer({ minimum: 0 }))),
      },
    },
    async (request, reply) => {
      const kept = request.query.keepCurrent ? request.sessionId : undefined;
      const ended = await deleteSessionsOf(db, callerOf(request).userId, kept);
      if (kept === undefined && request.sessionId !== undefined) reply.clearCookie(SESSION_COOKIE, cookieOptions(deps));
      return success(request, ended);
    },
  );

  app.delete(
    `${SESSIONS}/:sessionId`,
    {
      config: { account: 'own' },
      schema: {
        summary: 'Sign one browser out',
        tags,
        params: Type.Object({ sessionId: Type.String() }),
        response: answers(successOf(Type.Boolean())),
      },
    },
    async (request) => {
      const { sessionId } = request.params;
      if (!(await deleteSessionOf(db, callerOf(request).userId, sessionId)))
        throw notFound(`There is no session ${sessionId}.`);
      return success(request, true);
    },
  );
}
