/**
 * A file with one event, as somebody keeps it to start pipelines with: the payload as a provider or a caller sends it, or, where
 * headers matter, a map with the two keys `headers` and `payload`.
 */
import type { Value } from '../expressions/values.ts';
import type { GitEvent } from './git/git-event.ts';
import { isPayload } from './git/read-payload.ts';
import { recogniseEvent } from './git/recognise.ts';
import type { WebhookEvent } from './trigger-scope.ts';

/** More than any provider sends (GitHub: 25 MB), as characters. */
export const EVENT_FILE_LENGTH_MAX = 25_000_000;

export type EventFile =
  | { readonly kind: 'event'; readonly event: WebhookEvent }
  | {
      readonly kind: 'refused';
      /** One sentence. */
      readonly message: string;
      readonly hint?: string;
      /** 1-based; where the text is no JSON. */
      readonly position?: { readonly line: number; readonly column: number };
    };

export function readEventFile(text: string): EventFile {
  if (text.length > EVENT_FILE_LENGTH_MAX) {
    return refused(`The event is longer than ${String(EVENT_FILE_LENGTH_MAX)} characters.`);
  }
  if (text.trim() === '') return refused('The event is empty.', 'It takes the JSON of a webhook.');
  const parsed = parseJson(text);
  if (parsed.kind === 'refused') return parsed;
  const read = readEnvelope(parsed.value, text);
  if (read.kind === 'refused') return read;
  const { event } = read;
  const recognised = recogniseEvent(event);
  switch (recognised.kind) {
    case 'custom':
      return { kind: 'event', event };
    case 'git':
      return withGit(event, recognised.event);
    case 'unreadable':
      return refused(recognised.reason, 'Without headers the payload is taken as that of a custom webhook.');
  }
}

/** What an execution that an event starts says of its cause; `origin` names the trigger, or what stands for one. */
export function eventCause(event: WebhookEvent, origin: EventOrigin): EventCause {
  const { git } = event;
  return {
    triggerType: event.isScheduled === true ? 'SCHEDULER_CRON' : git === undefined ? 'WEBHOOK_CUSTOM' : 'WEBHOOK',
    triggeredBy: {
      uuid: 'systemUser',
      identifier: git === undefined || git.user.login === '' ? origin.identifier : git.user.login,
      ...(git?.user.email === undefined ? {} : { email: git.user.email }),
    },
    trigger: { ...origin, ...event },
  };
}

export interface EventOrigin {
  readonly identifier: string;
  readonly name: string;
  readonly eventId: string;
}

/** An `ExecutionCause` of the engine. */
export interface EventCause {
  readonly triggerType: 'WEBHOOK' | 'WEBHOOK_CUSTOM' | 'SCHEDULER_CRON';
  readonly triggeredBy: { readonly uuid: string; readonly identifier: string; readonly email?: string };
  readonly trigger: EventOrigin & WebhookEvent;
}

/** A deleted branch has nothing to build: no trigger answers to it. */
function withGit(event: WebhookEvent, git: GitEvent): EventFile {
  if (git.kind === 'push' && git.isDeletion === true) {
    return refused(`The event deletes the ${git.ref.kind} ${git.ref.name}: no pipeline starts for it.`);
  }
  return { kind: 'event', event: { ...event, git } };
}

type Parsed = { readonly kind: 'parsed'; readonly value: Value } | Extract<EventFile, { kind: 'refused' }>;

function parseJson(text: string): Parsed {
  try {
    return { kind: 'parsed', value: JSON.parse(text) as Value };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const found = / at position (\d+)/.exec(reason)?.[1];
    const before = text.slice(0, found === undefined ? findUnexpected(text) : Number(found)).split('\n');
    return {
      kind: 'refused',
      // What the engine says beside the reason is either said by the position or is a piece of the payload.
      message: `The event is not JSON: ${reason.replace(/(, | in JSON at| at position |, ").*$/s, '')}.`,
      hint: 'It takes the payload of a webhook as JSON, or a map with headers and payload.',
      position: { line: before.length, column: (before.at(-1) ?? '').length + 1 },
    };
  }
}

const TOKEN = /\s*(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:])/y;

/** Where a text that is no JSON has what no value begins with; the engine does not say it of every mistake. */
function findUnexpected(text: string): number {
  let before = ':';
  for (let at = 0; ; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0].trim();
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    if (token === undefined) return start;
    const isValueDue = before === ':' || before === ',' || before === '[';
    if (isValueDue && '}],:'.includes(token) && !(before === '[' && token === ']')) return start;
    before = token;
  }
}

/** A map with exactly these two keys is an envelope; anything else is the payload itself, as it stands in the file. */
function readEnvelope(
  value: Value,
  text: string,
): { readonly kind: 'read'; readonly event: WebhookEvent } | Extract<EventFile, { kind: 'refused' }> {
  if (!isPayload(value) || Object.keys(value).toSorted().join() !== 'headers,payload') {
    return { kind: 'read', event: { payload: text, headers: {} } };
  }
  const { headers, payload } = value;
  if (!isPayload(headers)) return refused('The headers of the event are no map of names and texts.');
  const read: Record<string, string> = {};
  for (const [name, header] of Object.entries(headers)) {
    const values: readonly unknown[] = Array.isArray(header) ? header : [header];
    const wrong = values.find((item) => typeof item !== 'string');
    if (wrong !== undefined) {
      return refused(`The header ${name} of the event is ${JSON.stringify(wrong)}, and no text.`);
    }
    read[name.toLowerCase()] = values.join(',');
  }
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return { kind: 'read', event: { payload: body, headers: read } };
}

function refused(message: string, hint?: string): Extract<EventFile, { kind: 'refused' }> {
  return { kind: 'refused', message, ...(hint === undefined ? {} : { hint }) };
}
