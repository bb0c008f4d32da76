/**
 * What `trigger` and `eventPayload` mean for one event of a webhook (api.md §3.8). The same scope serves the trigger's
 * conditions, its `inputYaml`, and the execution it starts.
 *
 * All of it is data from outside: plain values, which are never read as expressions (S9).
 */
import { lazyObject, type ExpressionScope, type ScopeObject, type ScopeValue } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import type { GitEvent } from './git/git-event.ts';
import { GIT_VALUE_NAMES, gitValues } from './git/git-values.ts';

export interface CustomWebhookEvent {
  /** The body as it came. */
  readonly payload: string;
  /** Header names may have any case; several values of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An event of either kind: what came, and what it says when a Git provider sent it. */
export interface WebhookEvent extends CustomWebhookEvent {
  readonly git?: GitEvent;
  /** The connector that the trigger of a Git event names. */
  readonly connectorRef?: string;
  /** Nobody called: a schedule was due. */
  readonly isScheduled?: true;
}

/** The roots `trigger` and `eventPayload` of one event. The payload is read when an expression first asks for it. */
export function triggerScope(event: WebhookEvent): ExpressionScope {
  let parsed: { readonly payload: Value } | undefined;
  const payload = (): Value => {
    parsed ??= { payload: event.isScheduled === true ? null : readPayload(event.payload) };
    return parsed.payload;
  };
  const eventPayload = rawPayload(event.payload, payload);
  const trigger = lazyObject({
    type: () => typeOf(event),
    sourceRepo: () => (event.isScheduled === true ? null : (event.git?.provider ?? 'Custom')),
    payload,
    eventPayload: () => eventPayload,
    header: () => headerObject(event.headers),
    connectorRef: () => event.connectorRef ?? null,
    ...gitMembers(event.git),
  });
  return {
    root(name): ScopeValue | undefined {
      if (name === 'trigger') return trigger;
      return name === 'eventPayload' ? eventPayload : undefined;
    },
  };
}

function typeOf({ git, isScheduled }: WebhookEvent): 'Scheduled' | 'Webhook' | 'Custom' {
  if (isScheduled === true) return 'Scheduled';
  return git === undefined ? 'Custom' : 'Webhook';
}

/** A custom webhook has none of what Git events have: null, so that asking for it is no mistake. */
function gitMembers(git: GitEvent | undefined): Readonly<Record<string, () => Value>> {
  const values = git === undefined ? undefined : gitValues(git);
  return Object.fromEntries(GIT_VALUE_NAMES.map((name) => [name, () => values?.[name] ?? null]));
}

/** JSON when it is JSON, otherwise the text itself. */
function readPayload(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}

/** As a whole the text as it came; its members are those of the payload. */
function rawPayload(text: string, payload: () => Value): ScopeObject {
  return {
    get: (key) => {
      const value = payload();
      if (typeof value !== 'object' || value === null) return undefined;
      return Object.hasOwn(value, key) ? (value as Readonly<Record<string, Value>>)[key] : undefined;
    },
    toValue: () => text,
  };
}

/** Names are the same in any case. */
function headerObject(headers: Readonly<Record<string, string>>): ScopeObject {
  const lowerCased = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    get: (name) => lowerCased.get(name.toLowerCase()),
    keys: () => [...lowerCased.keys()],
    toValue: () => Object.fromEntries(lowerCased),
  };
}
