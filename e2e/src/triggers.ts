/** Triggers of a running product, and what their history says. */
import { expect, vi } from 'vitest';
import { api, SCOPE } from './api.ts';
import type { Product } from './product.ts';

export async function createTrigger(product: Product, of: string, trigger: Record<string, unknown>): Promise<void> {
  const { identifier } = trigger;
  const body = JSON.stringify({ trigger: { name: identifier, ...SCOPE, pipelineIdentifier: of, ...trigger } });
  const query = { targetIdentifier: of };
  const answer = await api(product, '/pipeline/api/triggers', { method: 'POST', body, query });
  expect(answer.body).toMatchObject({ status: 'SUCCESS', data: { errorResponse: false } });
}

export interface HistoryRow {
  readonly eventCorrelationId: string;
  readonly finalStatus: string;
  readonly message: string;
  readonly type: string;
  readonly targetExecutionSummary?: { readonly planExecutionId: string };
}

/** The event of the trigger, once it is processed; without an id the newest. */
export function eventOf(
  product: Product,
  of: string,
  trigger: string,
  timeout: number,
  eventId?: string,
): Promise<HistoryRow> {
  const path = `/pipeline/api/triggers/eventHistory/${trigger}`;
  const query = { targetIdentifier: of };
  return vi.waitFor(
    async () => {
      const { body } = await api<{ readonly content: readonly HistoryRow[] }>(product, path, { query });
      const row = body.data.content.find((each) => eventId === undefined || each.eventCorrelationId === eventId);
      if (row === undefined || row.finalStatus === 'QUEUED') throw new Error(`The trigger ${trigger} has no event.`);
      return row;
    },
    { timeout, interval: 200 },
  );
}
