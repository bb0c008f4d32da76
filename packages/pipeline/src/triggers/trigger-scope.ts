/**
 * What `trigger` and `eventPayload` mean for one event of a custom webhook (api.md §3.8). The same scope serves the trigger's
 * conditions, its `inputYaml`, and the execution it starts.
 *
 * All of it is data from outside: plain values, which are never read as expressions (S9).
 */
import { lazyObject, type ExpressionScope, type ScopeObject, type ScopeValue } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';

export interface CustomWebhookEvent {
  /** The body as it came. */
  readonly payload: string;
  /** Header names may have any case; several values of one name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What only git events have: null for a custom webhook, so that asking for it is no mistake. */
const GIT_NAMES = [
  ...[
    'event',
    'branch',
    'targetBranch',
    'sourceBranch',
    'prNumber',
    'prTitle',
    'commitSha',
    'baseCommitSha',
    'tag',
    'repoUrl',
  ],
  ...['gitUser', 'connectorRef', 'triggeredBy'],
];

/** The roots `trigger` and `eventPayload` of one event. The payload is read when an expression first asks for it. */
export function triggerScope(event: CustomWebhookEvent): ExpressionScope {
  let parsed: { readonly payload: Value } | undefined;
  const payload = (): Value => {
    parsed ??= { payload: readPayload(event.payload) };
    return parsed.payload;
  };
  const eventPayload = rawPayload(event.payload, payload);
  const trigger = lazyObject({
    type: () => 'Custom',
    sourceRepo: () => 'Custom',
    payload,
    eventPayload: () => eventPayload,
    header: () => headerObject(event.headers),
    ...Object.fromEntries(GIT_NAMES.map((name) => [name, () => null])),
  });
  return {
    root(name): ScopeValue | undefined {
      if (name === 'trigger') return trigger;
      return name === 'eventPayload' ? eventPayload : undefined;
    },
  };
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
