/**
 * Records every change that its handler has not recorded itself: a request other than a GET that was allowed something beyond a
 * view and has succeeded. The answer waits until it is written down; where that cannot be, it is an error that the caller hears of.
 *
 * Of what was sent and answered it takes the identifier alone: bodies may hold secrets.
 */
import type { FastifyRequest } from 'fastify';
import { isRecorded, recordAudit, type AuditAction, type AuditEntry } from '../auth/audit.ts';
import { factsOf } from '../auth/permissions.ts';
import type { Database } from '../store/database.ts';
import type { App } from './app-types.ts';

/** Answers longer than this are not looked into for an identifier. */
const ANSWER_LENGTH_MAX = 1_000_000;
const IDENTIFIER_LENGTH_MAX = 256;

export function recordChanges(app: App, db: Database): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isChange = request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'OPTIONS';
    const { authorized, principal } = request;
    if (!isChange || reply.statusCode >= 400 || authorized === undefined || principal === undefined) return;
    if (isRecorded(request)) return;
    await recordAudit(db, request, entryOf(request, authorized, payload));
  });
}

/** Routes whose resource is not that of the permission they ask for; the first whose path begins so counts. */
const RESOURCES: readonly (readonly [path: string, type: string, parameter?: string])[] = [
  ['/pipeline/api/triggers', 'TRIGGER', 'triggerIdentifier'],
  ['/pipeline/api/inputSets', 'INPUT_SET', 'inputSetIdentifier'],
  ['/v1/orgs/:org/projects/:project/pipelines/:pipeline/triggers', 'TRIGGER', 'trigger'],
  ['/v1/orgs/:org/projects/:project/input-sets', 'INPUT_SET', 'inputSet'],
  ['/ng/api/delegate-token-ng', 'DELEGATE_TOKEN', 'tokenName'],
  ['/ng/api/infrastructures', 'INFRASTRUCTURE', 'identifier'],
  ['/ng/api/serviceOverrides', 'SERVICE_OVERRIDE', 'identifier'],
];

function entryOf(
  request: FastifyRequest,
  authorized: NonNullable<FastifyRequest['authorized']>,
  payload: unknown,
): AuditEntry {
  const { action, resourceType } = factsOf(authorized.permission);
  const url = request.routeOptions.url ?? '';
  const own = RESOURCES.find(([path]) => url.startsWith(path));
  const named = own?.[2] === undefined ? authorized.identifier : parameterOf(request, own[2]);
  const identifier = named ?? identifierIn(payload) ?? '';
  return {
    action: action === 'execute' ? runAction(request) : (METHODS[request.method] ?? 'UPDATE'),
    scope: authorized.scope,
    resource: { type: own?.[1] ?? resourceType, identifier: identifier.slice(0, IDENTIFIER_LENGTH_MAX) },
  };
}

const METHODS: Readonly<Record<string, AuditAction>> = {
  POST: 'CREATE',
  PUT: 'UPDATE',
  PATCH: 'UPDATE',
  DELETE: 'DELETE',
};

function runAction(request: FastifyRequest): AuditAction {
  const interrupt = parameterOf(request, 'interruptType') ?? '';
  if (/^Abort/i.test(interrupt)) return 'ABORT';
  return interrupt === '' ? 'START' : 'UPDATE';
}

function parameterOf(request: FastifyRequest, name: string): string | undefined {
  const params = request.params as Readonly<Record<string, unknown>>;
  const query = request.query as Readonly<Record<string, unknown>>;
  const value = params[name] ?? query[name];
  return typeof value === 'string' ? value : undefined;
}

/** `data.identifier`, or that of what `data` holds: the answer to a creation says what was made. */
function identifierIn(payload: unknown): string | undefined {
  if (typeof payload !== 'string' || payload.length > ANSWER_LENGTH_MAX || !payload.startsWith('{')) return undefined;
  const answer = JSON.parse(payload) as {
    readonly data?: unknown;
    readonly resource?: unknown;
    readonly identifier?: unknown;
  };
  const data = answer.data ?? answer.resource ?? answer;
  if (typeof data !== 'object' || data === null) return undefined;
  const inside = Object.values(data).find(
    (value) => typeof value === 'object' && value !== null && 'identifier' in value,
  ) as { readonly identifier?: unknown } | undefined;
  const found = (data as { readonly identifier?: unknown }).identifier ?? inside?.identifier;
  return typeof found === 'string' ? found : undefined;
}
