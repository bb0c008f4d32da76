/** What was sent to a webhook, how that went, and sending it once more. */
import { DELIVERY_STATES, springPageOf, successOf, WebhookDelivery, WebhookDeliveryDetails } from '@bridle/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Bell } from '../store/bell.ts';
import { wakeKeys } from '../store/wake-hub.ts';
import { findDelivery, listDeliveries, repeatDelivery } from '../store/webhook-deliveries.ts';
import { answers, ownerQuery, PageNumber, pageSize, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';
import { getEndpoint, recordWebhook, WebhookParams, WEBHOOKS, webhookTags } from './outgoing-webhook-routes.ts';
import { applyPreferences, waitSignal, WAITS } from './waiting-answers.ts';
import { webhookDelivery, webhookDeliveryDetails } from './wire/outgoing-webhook.ts';
import { springPage } from './wire/pages.ts';

const DELIVERIES = `${WEBHOOKS}/:webhookId/deliveries`;
const DeliveryParams = Type.Object({ ...WebhookParams.properties, deliveryId: Type.String() });
const tags = webhookTags;
const config = { account: 'own' } as const;
/** N1 */
const POLL_MS = 1_000;

export function webhookDeliveryRoutes(app: App, deps: ApiDependencies): void {
  const { db, webhooks } = deps;
  const one = answers(successOf(WebhookDeliveryDetails));

  app.get(
    DELIVERIES,
    {
      config,
      schema: {
        summary: 'What was sent to a webhook, newest first; kept for two weeks',
        tags,
        params: WebhookParams,
        querystring: ownerQuery({
          state: Type.Optional(Type.Enum(DELIVERY_STATES)),
          page: PageNumber,
          size: pageSize(20),
        }),
        response: answers(successOf(springPageOf(WebhookDelivery))),
      },
    },
    async (request) => {
      const { id } = await getEndpoint(deps, request);
      const { state, page, size } = request.query;
      const { rows, total } = await listDeliveries(db, id, state, page, size);
      return success(request, springPage(rows.map(webhookDelivery), page, size, total));
    },
  );

  app.get(
    `${DELIVERIES}/:deliveryId`,
    {
      config,
      schema: {
        summary: 'A delivery with every attempt',
        tags,
        headers: WAITS,
        params: DeliveryParams,
        querystring: ownerQuery({}),
        response: one,
      },
    },
    async (request, reply) => {
      const { id } = await getEndpoint(deps, request);
      return success(request, await deliveryAsPreferred(deps, request, reply, id, request.params.deliveryId));
    },
  );

  app.post(
    `${DELIVERIES}/:deliveryId/redeliver`,
    {
      config,
      schema: {
        summary: 'Send a delivery once more, now',
        tags,
        headers: WAITS,
        params: DeliveryParams,
        querystring: ownerQuery({}),
        response: one,
      },
    },
    async (request, reply) => {
      const row = await getEndpoint(deps, request);
      const { deliveryId } = request.params;
      const again = await db.transaction().execute(async (tx) => {
        await recordWebhook(tx, request, row, 'UPDATE');
        return await repeatDelivery(tx, row.id, deliveryId);
      });
      if (again === undefined) throw noDelivery(deliveryId);
      webhooks.wake();
      return success(request, await deliveryAsPreferred(deps, request, reply, row.id, deliveryId));
    },
  );

  app.post(
    `${WEBHOOKS}/:webhookId/test`,
    {
      config,
      schema: {
        summary: 'Call a webhook with an event of type `test`, once',
        tags,
        headers: WAITS,
        params: WebhookParams,
        querystring: ownerQuery({}),
        response: one,
      },
    },
    async (request, reply) => {
      const row = await getEndpoint(deps, request);
      const sent = await db.transaction().execute(async (tx) => {
        await recordWebhook(tx, request, row, 'UPDATE');
        return await webhooks.sendTest(tx, row.id);
      });
      webhooks.wake();
      return success(request, await deliveryAsPreferred(deps, request, reply, row.id, sent.id));
    },
  );
}

/** The delivery after the wait that the request prefers: until it was delivered, or is given up. */
async function deliveryAsPreferred(
  { db, wakes, ...deps }: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  endpointId: string,
  id: string,
): Promise<WebhookDeliveryDetails> {
  const { waitSeconds = 0 } = applyPreferences(request, reply);
  const over = AbortSignal.any([waitSignal(deps.stopping, reply), AbortSignal.timeout(waitSeconds * 1_000)]);
  const bell = new Bell();
  const unsubscribe = wakes.subscribe(wakeKeys.webhooks, () => bell.ring());
  const timer = setInterval(() => bell.ring(), POLL_MS);
  try {
    for (;;) {
      const row = await findDelivery(db, endpointId, id);
      if (row === undefined) throw noDelivery(id);
      if (row.state !== 'pending' || waitSeconds === 0 || over.aborted) return webhookDeliveryDetails(row);
      await bell.next(over);
    }
  } finally {
    clearInterval(timer);
    unsubscribe();
  }
}

function noDelivery(id: string): Error {
  return notFound(`There is no delivery ${id} of this webhook, or it is older than what is kept.`);
}
