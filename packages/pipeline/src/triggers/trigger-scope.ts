/** The `trigger` and `eventPayload` roots of an execution that a custom webhook started (api.md §3.8). */
import type { ExpressionScope } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';

export interface TriggerFacts {
  /** The raw body. */
  readonly payload: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export function triggerScope({ payload, headers }: TriggerFacts): ExpressionScope {
  const parsed = parsePayload(payload);
  const trigger: Value = { type: 'Webhook', sourceRepo: 'Custom', payload: parsed, eventPayload: parsed, header: headers };
  return {
    root: (name) => (name === 'trigger' ? trigger : name === 'eventPayload' ? parsed : undefined),
  };
}

/** A body that is not JSON is a text. */
function parsePayload(payload: string): Value {
  try {
    return JSON.parse(payload) as Value;
  } catch {
    return payload;
  }
}
