/** Outgoing webhooks: addresses that are called when something happens. Only Bridle has them. */
import type { Live } from '../live/live.ts';
import { Pages, springPage } from '../pages.ts';
import type {
  Webhook,
  WebhookDelivery,
  WebhookDeliveryDetails,
  WebhookRequest,
  WebhookWithSecret,
} from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerOptions } from './owned.ts';

const WEBHOOKS = '/bridle/api/webhooks';
const WEBHOOK = '/bridle/api/webhooks/{webhookId}';
const WAIT_SECONDS_MAX = 20;

export interface DeliveryListOptions extends OwnerOptions {
  readonly state?: WebhookDelivery['state'] | undefined;
  readonly pageSize?: number | undefined;
}

export class Webhooks {
  readonly #calls: OwnedCalls;
  readonly #timeoutMs: number;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
    this.#timeoutMs = live.transport.config.timeoutMs;
  }

  async list(options: OwnerOptions = {}): Promise<readonly Webhook[]> {
    return await this.#calls.call('GET', WEBHOOKS, {}, options);
  }

  async get(webhookId: string, options: OwnerOptions = {}): Promise<Webhook> {
    return await this.#calls.call('GET', WEBHOOK, { path: { webhookId } }, options);
  }

  /** With the secret its calls are signed with: it is shown here and never again. */
  async create(webhook: WebhookRequest, options: OwnerOptions = {}): Promise<WebhookWithSecret> {
    return await this.#calls.call('POST', WEBHOOKS, { body: webhook }, options);
  }

  async update(webhookId: string, webhook: WebhookRequest, options: OwnerOptions = {}): Promise<Webhook> {
    return await this.#calls.call('PUT', WEBHOOK, { path: { webhookId }, body: webhook }, options);
  }

  async delete(webhookId: string, options: OwnerOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', WEBHOOK, { path: { webhookId } }, options);
  }

  /** A new secret. Those before it sign as well for `keepOldHours`; default: 24. */
  async rotateSecret(
    webhookId: string,
    options: OwnerOptions & { readonly keepOldHours?: number | undefined } = {},
  ): Promise<WebhookWithSecret> {
    const { keepOldHours, ...rest } = options;
    const parts = { path: { webhookId }, body: { keepOldHours } };
    return await this.#calls.call('POST', `${WEBHOOK}/rotate-secret`, parts, rest);
  }

  /** Calls it once with an event of type `test`, and tells how that went: `pending` where that is not known in time. */
  async test(webhookId: string, options: OwnerOptions = {}): Promise<WebhookDeliveryDetails> {
    return await this.#calls.call('POST', `${WEBHOOK}/test`, { path: { webhookId } }, this.#waiting(options));
  }

  /** What was sent in the last two weeks, newest first. */
  deliveries(webhookId: string, options: DeliveryListOptions = {}): Pages<WebhookDelivery> {
    const { state, pageSize: size = PAGE_SIZE, ...rest } = options;
    return new Pages(async (page) =>
      springPage(
        await this.#calls.call(
          'GET',
          `${WEBHOOK}/deliveries`,
          { path: { webhookId }, query: { state, page, size } },
          rest,
        ),
      ),
    );
  }

  /** With every attempt. */
  async delivery(webhookId: string, deliveryId: string, options: OwnerOptions = {}): Promise<WebhookDeliveryDetails> {
    return await this.#calls.call(
      'GET',
      `${WEBHOOK}/deliveries/{deliveryId}`,
      { path: { webhookId, deliveryId } },
      options,
    );
  }

  /** Sends it once more, now, and tells how that went. */
  async redeliver(webhookId: string, deliveryId: string, options: OwnerOptions = {}): Promise<WebhookDeliveryDetails> {
    const parts = { path: { webhookId, deliveryId } };
    return await this.#calls.call(
      'POST',
      `${WEBHOOK}/deliveries/{deliveryId}/redeliver`,
      parts,
      this.#waiting(options),
    );
  }

  /** A receiver has 15 s to answer; where a try may not take as long, how it went may be told later only. */
  #waiting(options: OwnerOptions): OwnerOptions {
    const { timeoutMs = this.#timeoutMs } = options;
    const seconds = Math.min(WAIT_SECONDS_MAX, Math.floor(timeoutMs / 1_000) - 1);
    return seconds <= 0 ? options : { ...options, headers: { prefer: `wait=${String(seconds)}`, ...options.headers } };
  }
}
