/** A call of a webhook on its way to being stored: what is kept of it, and what keeps it from being stored. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { hashSenderToken, SENDER_TOKEN_HEADER, signatureIn } from '../intake/authenticity.ts';
import type { WebhookCall } from '../intake/event-acceptor.ts';
import type { ApiDependencies } from './dependencies.ts';
import { authorize } from './authorization.ts';
import { ApiError, invalidRequest } from './errors.ts';
import { requireRoom } from './room-for-work.ts';

/** Never kept: a credential in an event would be readable by everybody who sees the event. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'cookie',
  SENDER_TOKEN_HEADER,
]);

/** GitLab repeats a request that it had no answer to with the same key; it signs nothing. */
const REPETITION_HEADER = 'idempotency-key';

export type CallTarget = Pick<WebhookCall, 'kind' | 'scope' | 'pipelineIdentifier' | 'triggerIdentifier'>;

/** What is stored of the request. */
export function webhookCall(request: FastifyRequest, target: CallTarget): WebhookCall {
  const { principal } = request;
  const payload = request.body as Buffer;
  const headers = keptHeaders(request);
  const token = request.headers[SENDER_TOKEN_HEADER];
  const delivery = deliveryOf(target, headers, payload);
  return {
    ...target,
    payload,
    headers,
    sourceIp: request.ip,
    ...(principal === undefined
      ? {}
      : { principal: { userId: principal.userId, name: principal.name, email: principal.email } }),
    ...(typeof token === 'string' && token !== '' ? { senderTokenHash: hashSenderToken(token) } : {}),
    ...(delivery === undefined ? {} : { delivery }),
  };
}

/** Node lower-cases the names; several values of one name are joined by commas. */
function keptHeaders({ headers }: FastifyRequest): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !CREDENTIAL_HEADERS.has(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]),
  );
}

/** The same signed request to the same address is the same delivery (S2). */
function deliveryOf(
  { kind, scope, pipelineIdentifier, triggerIdentifier }: CallTarget,
  headers: Readonly<Record<string, string>>,
  payload: Buffer,
): string | undefined {
  const mark = signatureIn(headers) ?? (kind === 'git' ? headers[REPETITION_HEADER] : undefined);
  if (mark === undefined || mark === '') return undefined;
  const { orgIdentifier, projectIdentifier } = scope;
  const address = [kind ?? 'custom', orgIdentifier, projectIdentifier, pipelineIdentifier, triggerIdentifier, mark];
  return createHash('sha256').update(JSON.stringify(address)).update('\n').update(payload).digest('hex');
}

/** Answers with the id of the event; `refuse` says why there is none. */
export async function acceptCall(
  deps: Pick<ApiDependencies, 'intake' | 'disk'>,
  call: WebhookCall,
  refuse: () => Error,
): Promise<string> {
  requireRoom(deps);
  const result = await deps.intake.accept(call);
  switch (result.kind) {
    case 'accepted':
      return result.eventId;
    case 'noTrigger':
      throw refuse();
    case 'busy':
      throw new ApiError('SERVICE_UNAVAILABLE', 'Too many webhook calls wait to be stored. Try again in a moment.');
  }
}

/** Who shows a key must be allowed to run the pipeline; where keys are mandatory one must be shown (api.md §1.1). */
export async function authorizeCall(
  deps: Pick<ApiDependencies, 'webhookSettings'>,
  request: FastifyRequest,
  { scope, pipelineIdentifier }: CallTarget,
): Promise<void> {
  if (request.principal !== undefined) {
    const named = pipelineIdentifier === undefined ? {} : { identifier: pipelineIdentifier };
    await authorize(request, { permission: 'core_pipeline_execute', scope, ...named });
    return;
  }
  const isMandatory = (await deps.webhookSettings.find(scope, 'mandate_custom_webhook_authorization')) === 'true';
  if (!isMandatory) return;
  const { accountId, orgIdentifier, projectIdentifier } = scope;
  throw invalidRequest(
    `Authorization is mandatory for custom triggers in ${accountId}:${orgIdentifier}:${projectIdentifier}. Please add X-Api-Key header in the request`,
  );
}

/** Accounts may take less than the server does (api.md §1.1). */
export async function limitPayload(
  deps: Pick<ApiDependencies, 'webhookSettings'>,
  request: FastifyRequest,
  { scope }: CallTarget,
): Promise<void> {
  const bytes = (request.body as Buffer).length;
  const limit = Number(await deps.webhookSettings.find(scope, 'CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE'));
  if (!Number.isFinite(limit) || bytes <= limit) return;
  throw invalidRequest(
    `The payload has ${String(bytes)} bytes; custom webhooks of this account take ${String(limit)} (setting CUSTOM_WEBHOOK_TRIGGER_PAYLOAD_SIZE)`,
  );
}
