/**
 * Whether the caller may (api.md §0.2). Every route that needs a caller says in its `config.needs` what they must be allowed
 * to; one that does not say it answers nobody.
 */
import type { FastifyRequest } from 'fastify';
import type { Authorizer } from '../auth/authorizer.ts';
import type { Question } from '../auth/decide.ts';
import { factsOf } from '../auth/permissions.ts';
import type { PrincipalKey } from '../store/grants.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { ownerOf } from './answers.ts';
import type { App } from './app-types.ts';
import { callerOf } from './authentication.ts';
import { ApiError } from './errors.ts';
import { needsOf, type PermissionNeed, type RouteNeeds } from './route-needs.ts';

/** What a route is and asks, as it was registered. */
export interface RegisteredRoute {
  readonly method: string;
  readonly url: string;
  readonly access: 'key' | 'open' | 'public';
  readonly needs?: RouteNeeds;
  readonly schema: unknown;
}

const registered = new WeakMap<object, RegisteredRoute[]>();

/** All routes of an app that is ready. */
export function routesOf(app: App): readonly RegisteredRoute[] {
  return registered.get(app) ?? [];
}

export function authorizeRoutes(app: App, authorizer: Authorizer): void {
  const routes: RegisteredRoute[] = [];
  registered.set(app, routes);
  app.decorateRequest('authorizer', undefined);
  app.decorateRequest('allowed', undefined);
  app.decorateRequest('authorized', undefined);
  const open: string[] = [];
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const needs = needsOf(method, route.url);
      if (needs !== undefined) route.config = { needs, ...route.config };
    }
    // Looked at once all hooks have had their say: the documentation's pages become public by one of theirs.
    queueMicrotask(() => {
      const { access = 'key', needs } = route.config ?? {};
      for (const method of [route.method].flat()) {
        const more = needs === undefined ? {} : { needs };
        routes.push({ method, url: route.url, access, schema: route.schema, ...more });
      }
      if (access === 'key' && needs === undefined) open.push(`${String(route.method)} ${route.url}`);
    });
  });
  app.addHook('onReady', async () => {
    if (open.length > 0) throw new Error(`Missing in route-needs.ts: ${open.join(', ')}.`);
  });
  app.addHook('onRequest', async (request) => {
    request.authorizer = authorizer;
  });
  // After the request was checked: who asks wrongly hears of that first.
  app.addHook('preHandler', async (request) => {
    if (request.is404) return;
    const { access = 'key', needs } = request.routeOptions.config;
    if (access !== 'key' || needs === undefined || needs === 'signedIn' || needs === 'inHandler') return;
    await authorize(request, questionOf(request, needs));
  });
}

/**
 * For handlers whose scope is known only after something is read.
 * @throws ApiError `NG_ACCESS_DENIED`
 */
export async function authorize(request: FastifyRequest, question: Question): Promise<void> {
  if (!(await mayCaller(request, question))) throw missing(question);
  request.allowed = question;
  // What is only looked at on the way to a change is not what is changed.
  if (factsOf(question.permission).action !== 'view') request.authorized = question;
}

/** The same as a question, for lists that leave out what their reader may not see. */
export async function mayCaller(request: FastifyRequest, question: Question): Promise<boolean> {
  if (request.authorizer === undefined) throw new Error('A request is judged before it was authorized.');
  return await request.authorizer.isAllowed(callerOf(request), question);
}

/** The caller as what they are given is kept by. */
export function whoOf(request: FastifyRequest): PrincipalKey {
  const { kind, userId } = callerOf(request);
  return { kind, id: userId };
}

function questionOf(request: FastifyRequest, { permission, of, inside, scopeIn }: PermissionNeed): Question {
  const query = request.query as Readonly<Record<string, unknown>>;
  const params = request.params as Readonly<Record<string, unknown>>;
  const body = scopeIn === 'body' && isRecord(request.body) ? request.body : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  // The first place that names it counts, as in the handlers.
  const first = (...values: readonly unknown[]): string => values.map(text).find((value) => value !== '') ?? '';
  const named = of === undefined ? '' : first(params[of], query[of]);
  const orgIdentifier = first(params['org'], params['orgIdentifier'], query['orgIdentifier'], body['orgIdentifier']);
  const projectIdentifier = first(
    params['project'],
    params['projectIdentifier'],
    query['projectIdentifier'],
    body['projectIdentifier'],
  );
  const scope = scopeOf(request, inside, { orgIdentifier, projectIdentifier, named });
  return { permission, scope, ...(named === '' ? {} : { identifier: named }) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function scopeOf(
  request: FastifyRequest,
  inside: PermissionNeed['inside'],
  names: { readonly orgIdentifier: string; readonly projectIdentifier: string; readonly named: string },
): OwnerScope {
  const { orgIdentifier, projectIdentifier, named } = names;
  switch (inside) {
    case 'organization':
      return ownerOf(request, { orgIdentifier: named });
    case 'project':
      return ownerOf(request, { orgIdentifier, projectIdentifier: named });
    case undefined:
      return ownerOf(request, { orgIdentifier, projectIdentifier });
  }
}

function missing(question: Question): ApiError {
  const { permission, identifier } = question;
  const { resource } = factsOf(permission);
  const on = identifier === undefined ? resource : `${resource} with identifier ${identifier}`;
  return missingPermissions(`Missing permission ${permission} on ${on}`, [question]);
}

/** The error of a caller who may not, with each thing they may not. */
export function missingPermissions(message: string, questions: readonly Question[]): ApiError {
  return new ApiError('NG_ACCESS_DENIED', message, undefined, {
    failedPermissionChecks: questions.map(({ permission, scope, identifier }) => ({
      permission,
      resourceType: factsOf(permission).resourceType,
      resourceIdentifier: identifier ?? null,
      resourceScope: {
        accountIdentifier: scope.accountId,
        orgIdentifier: scope.orgIdentifier ?? null,
        projectIdentifier: scope.projectIdentifier ?? null,
      },
    })),
  });
}
