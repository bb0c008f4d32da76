/** What an administrator does for somebody who cannot sign in: a link, a one-time password, an end of all sessions. */
import { OneTimePassword, SignInLink, SignInLinkRequest, successOf } from '@bridle/protocol';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { recordAudit } from '../auth/audit.ts';
import { makeSignInCode } from '../auth/browser-sessions.ts';
import { giveOneTimePassword } from '../auth/sign-in.ts';
import { deleteSessionsOf } from '../store/sessions.ts';
import { findUser, type KeptUser } from '../store/users.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest, notFound } from './errors.ts';

const USER = '/bridle/api/users/:userId';
const HOUR_MS = 3_600_000;
const LINK_HOURS = 72;
const tags = ['Session'];
const params = Type.Object({ userId: Type.String() });

export function userSignInRoutes(app: App, { db, publicUrl }: ApiDependencies): void {
  const userOf = async (request: FastifyRequest, userId: string): Promise<KeptUser> => {
    const user = await findUser(db, request.accountId, userId);
    if (user === undefined) throw notFound(`User ${userId} does not exist.`);
    return user;
  };
  const record = (
    request: FastifyRequest,
    { accountId, email }: KeptUser,
    action: 'INVITE' | 'UPDATE',
  ): Promise<void> =>
    recordAudit(db, request, { action, resource: { type: 'USER', identifier: email }, scope: { accountId } });

  app.post(
    `${USER}/sign-in-link`,
    {
      schema: {
        summary: 'Invite a user by a sign-in link',
        description: 'Whoever opens it first is signed in as the user, and can choose a password. It works once.',
        tags,
        params,
        body: SignInLinkRequest,
        response: answers(successOf(SignInLink)),
      },
    },
    async (request) => {
      const user = await userOf(request, request.params.userId);
      if (user.isDisabled) throw invalidRequest(`User ${user.email} is disabled.`);
      const lifetimeMs = (request.body.hours ?? LINK_HOURS) * HOUR_MS;
      const code = await makeSignInCode(db, user, lifetimeMs);
      await record(request, user, 'INVITE');
      return success(request, {
        url: `${publicUrl()}/login?code=${code}&to=/account`,
        expiresAt: Date.now() + lifetimeMs,
      });
    },
  );

  app.post(
    `${USER}/one-time-password`,
    {
      schema: {
        summary: 'Give a user a one-time password',
        description:
          'In place of the one they have. It opens nothing until they have chosen another one; their sessions end.',
        tags,
        params,
        response: answers(successOf(OneTimePassword)),
      },
    },
    async (request) => {
      const user = await userOf(request, request.params.userId);
      const password = await giveOneTimePassword(db, user);
      await record(request, user, 'UPDATE');
      return success(request, { password });
    },
  );

  app.delete(
    `${USER}/sessions`,
    {
      schema: {
        summary: 'Sign a user out everywhere',
        tags,
        params,
        response: answers(successOf(Type.Integer({ minimum: 0 }))),
      },
    },
    async (request) => {
      const user = await userOf(request, request.params.userId);
      const ended = await deleteSessionsOf(db, user.id);
      await record(request, user, 'UPDATE');
      return success(request, ended);
    },
  );
}
