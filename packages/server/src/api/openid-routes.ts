/**
 * Signing in by a provider of OpenID Connect: a browser goes there from here, and comes back with a code.
 *
 * The way back comes from another site, so the cookie of it is `lax`; it opens nothing by itself, and is good for one return.
 */
import { Type } from 'typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FLOW_LIFETIME_MS, OpenIdAwayError, type OpenId } from '../auth/openid.ts';
import { signInPerson } from '../auth/openid-users.ts';
import { errorAnswers } from './answers.ts';
import type { App } from './app-types.ts';
import { cookieOptions, startSession } from './browser-cookies.ts';
import type { ApiDependencies } from './dependencies.ts';
import { RequestError } from './errors.ts';

export const OPENID_START = '/bridle/api/openid/start';
const RETURN = '/bridle/api/openid/return';
const FLOW_COOKIE = 'bridle_openid';
const tags = ['Session'];

/** What the sign-in page is told; it has the sentences. */
type Problem = 'away' | 'lost' | 'refused' | 'unknown' | 'disabled' | 'taken' | 'noEmail';

const redirects = {
  303: Type.Null({ description: 'To the provider, to the page that was wanted, or to the sign-in page.' }),
  ...errorAnswers,
};

export function openIdRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    OPENID_START,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Sign in by the provider of OpenID Connect',
        description: 'For browsers: leads to the provider, and from there back to `to`, a path of this site.',
        tags,
        security: [],
        querystring: Type.Object({ to: Type.Optional(Type.String({ maxLength: 2_048 })) }),
        response: redirects,
      },
    },
    async (request, reply) => {
      const openId = openIdOf(deps, request);
      try {
        const { url, flow } = await openId.begin(returnUrl(deps), pathOf(request.query.to));
        reply.setCookie(FLOW_COOKIE, flow, { ...flowCookie(deps), maxAge: FLOW_LIFETIME_MS / 1_000 });
        return await reply.redirect(url, 303);
      } catch (error) {
        return await failed(request, reply, error);
      }
    },
  );

  app.get(
    RETURN,
    {
      config: { access: 'public' },
      schema: {
        summary: 'Back from the provider of OpenID Connect',
        description: 'For browsers that the provider sends back: signs in, and leads on.',
        tags,
        security: [],
        response: redirects,
      },
    },
    async (request, reply) => {
      const openId = openIdOf(deps, request);
      const flow = request.cookies[FLOW_COOKIE];
      reply.clearCookie(FLOW_COOKIE, flowCookie(deps));
      try {
        const { search } = new URL(request.url, 'http://localhost');
        const back = await openId.finish(new URL(`${returnUrl(deps)}${search}`), flow);
        if (back.kind === 'refused')
          request.log.warn({ reason: back.reason }, 'the provider of OpenID Connect refused');
        if (back.kind !== 'person') return await toLogin(reply, back.kind);
        const { settings } = openId;
        const signedIn = await signInPerson(deps.db, deps.signIn.accountId, settings, back.person);
        if (signedIn.kind !== 'signedIn') {
          const { issuer, subject } = back.person;
          request.log.warn({ issuer, subject, kind: signedIn.kind }, 'a person of the provider was not let in');
          return await toLogin(reply, signedIn.kind);
        }
        await startSession(deps, request, reply, signedIn.principal, { signedInBy: 'openid' });
        return await reply.redirect(back.continueAt, 303);
      } catch (error) {
        return await failed(request, reply, error);
      }
    },
  );
}

function openIdOf({ signIn: { openId } }: ApiDependencies, { method, url }: FastifyRequest): OpenId {
  if (openId !== undefined) return openId;
  const path = url.split('?')[0] ?? '';
  throw new RequestError(
    'RESOURCE_NOT_FOUND_EXCEPTION',
    `There is nothing at ${method} ${path}: BRIDLE_OPENID_ISSUER is not set.`,
  );
}

function returnUrl({ publicUrl }: ApiDependencies): string {
  return `${publicUrl()}${RETURN}`;
}

function flowCookie(deps: ApiDependencies): Omit<ReturnType<typeof cookieOptions>, 'sameSite' | 'path'> & {
  readonly sameSite: 'lax';
  readonly path: string;
} {
  return { ...cookieOptions(deps), sameSite: 'lax', path: '/bridle/api/openid' };
}

/** A path of this site, or the first page: a link must not send a fresh session elsewhere. */
function pathOf(to: string | undefined): string {
  const here = 'http://bridle.invalid';
  const url = to === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? null : URL.parse(to, here);
  return url?.origin === here ? `${url.pathname}${url.search}${url.hash}` : '/';
}

async function failed(request: FastifyRequest, reply: FastifyReply, error: unknown): Promise<FastifyReply> {
  if (!(error instanceof OpenIdAwayError)) throw error;
  request.log.warn({ err: error }, error.message);
  return await toLogin(reply, 'away');
}

function toLogin(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.redirect(`/login?problem=${problem}`, 303);
}
