/**
 * What one event comes to: for each enabled trigger it may concern whether it matches, and what a match starts. Definitions are
 * read, nothing is written. Events of Git providers: decide-git.ts.
 */
import {
  isBlocked,
  matchConditions,
  type MatchResult,
  type TriggerDocument,
  type WebhookEvent,
} from '@bridle/pipeline';
import type { TriggerEventStatus } from '@bridle/protocol';
import type { TriggerEventRow } from '../store/trigger-events.ts';
import type { TriggerRow, TriggerWithPipeline } from '../store/triggers.ts';
import { isAuthentic, signatureIn } from './authenticity.ts';
import type { Definitions } from './definitions.ts';
import { describeDiagnostics } from './describe-diagnostics.ts';
import { parseKnownTrigger } from './known-documents.ts';
import {
  decline,
  nameTrigger,
  REFUSED_PREFIX,
  refuseStart,
  startByTrigger,
  type Decision,
} from './start-by-trigger.ts';

export const QUEUED_MESSAGE = 'Trigger execution is queued.';
/** The exact text of api.md §2.3. */
const WRONG_SECRET = 'Please check if the secret provided for webhook is correct.';

/** The first decision is the event's own; the others are those of further triggers that matched (I1). */
export type Decisions = readonly [Decision, ...Decision[]];

/** A call of a custom webhook, or a schedule that was due. */
export async function decideEvent(
  event: TriggerEventRow,
  candidates: readonly TriggerWithPipeline[],
  definitions: Definitions,
): Promise<Decisions> {
  const isSchedule = event.kind === 'cron';
  const facts: WebhookEvent = isSchedule
    ? { payload: '', headers: {}, isScheduled: true }
    : { payload: event.payload.toString('utf8'), headers: event.headers };
  const missed: Missed[] = [];
  const decisions: Decision[] = [];
  for (const candidate of candidates) {
    const { trigger } = candidate;
    const { trigger: document, diagnostics } = parseKnownTrigger(trigger.yaml);
    const wanted = isSchedule ? 'cron' : 'customWebhook';
    if (document?.source.kind !== wanted || isBlocked(diagnostics, 'run')) {
      const why = `The trigger ${trigger.identifier} cannot fire. ${describeDiagnostics(diagnostics, 'run')}`.trim();
      decisions.push(refuseStart(event, trigger, why));
      continue;
    }
    const proof = await prove(event, trigger, document, definitions);
    if (proof.kind === 'refused') {
      decisions.push(proof.decision);
      continue;
    }
    const match = document.source.kind === 'cron' ? undefined : matchConditions(document.source, facts);
    if (match?.matched === false) {
      missed.push({ trigger, match });
      continue;
    }
    const firing = { event, candidate, document, facts, definitions };
    const conditions = match === undefined ? {} : { conditionResults: match.results };
    decisions.push({ ...(await startByTrigger({ ...firing, ...conditions })), ...proof.delivery });
  }
  const [first, ...rest] = decisions;
  if (first !== undefined) return [first, ...rest];
  return [isSchedule ? noSchedule(event) : explainMiss(event, missed)];
}

export type Proof =
  | { readonly kind: 'proven'; readonly delivery: Pick<Decision, 'delivery'> }
  | { readonly kind: 'refused'; readonly decision: Decision };

/** A trigger with a secret answers to those who know it. */
export async function prove(
  event: TriggerEventRow,
  trigger: TriggerRow,
  { webhookSecretRef }: TriggerDocument,
  definitions: Definitions,
): Promise<Proof> {
  if (webhookSecretRef === undefined || event.kind === 'cron') return { kind: 'proven', delivery: {} };
  const secret = await definitions.webhookSecret(trigger.scope, webhookSecretRef);
  if (secret.kind === 'missing') return refuseSender(trigger, `${WRONG_SECRET} ${secret.reason}`);
  if (!isAuthentic(event, secret.value)) return refuseSender(trigger, WRONG_SECRET);
  const signature = signatureIn(event.headers);
  const { scope, pipelineIdentifier, identifier } = trigger;
  const key = { scope, pipelineIdentifier, identifier };
  return { kind: 'proven', delivery: signature === undefined ? {} : { delivery: { key, signature } } };
}

export function refuseSender(trigger: TriggerRow, message: string): Extract<Proof, { kind: 'refused' }> {
  return { kind: 'refused', decision: decline(trigger, 'TRIGGER_AUTHENTICATION_FAILED', message) };
}

interface Missed {
  readonly trigger: TriggerRow;
  readonly match: MatchResult;
}

function missingPipeline({ scope }: TriggerEventRow, pipeline: string, trigger: string | undefined): string {
  const forTrigger = trigger === undefined ? '' : `, For Trigger: ${trigger}`;
  return `Unable to continue trigger execution. Pipeline with identifier: ${pipeline}, with org: ${scope.orgIdentifier}, with ProjectId: ${scope.projectIdentifier}${forTrigger} does not exist.`;
}

/** The event named a pipeline that was deleted after the call was accepted; its triggers went with it. */
export function decideWithoutPipeline(event: TriggerEventRow, pipelineIdentifier: string): Decision {
  const message = missingPipeline(event, pipelineIdentifier, event.triggerIdentifier);
  const outcome =
    event.kind === 'cron'
      ? ({ status: 'EXCEPTION_WHILE_PROCESSING', message } as const)
      : ({ status: 'INVALID_RUNTIME_INPUT_YAML', message: `${REFUSED_PREFIX}${message}` } as const);
  return { outcome: { ...outcome, isException: true } };
}

/** Headers are judged before the payload, the payload before the expression: the furthest one got says why there is no run. */
function explainMiss(event: TriggerEventRow, missed: readonly Missed[]): Decision {
  const [only] = missed;
  if (only === undefined) return noTrigger(event);
  return explainConditions(missed);
}

const KINDS = ['files', 'jexl', 'payload', 'header'] as const;

export function explainConditions(missed: readonly Missed[]): Decision {
  const kinds = missed.map(({ match }) => match.failedKind);
  const kind = KINDS.find((each) => kinds.includes(each)) ?? 'header';
  const [only] = missed;
  return {
    outcome: {
      status: MISS_STATUS[kind],
      message: missed.map(({ trigger, match }) => `${trigger.identifier}: ${match.message}`).join('\n'),
      isException: true,
      ...(missed.length === 1 && only !== undefined
        ? { ...nameTrigger(only.trigger), conditionResults: only.match.results }
        : {}),
    },
  };
}

const MISS_STATUS = {
  header: 'NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS',
  payload: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS',
  jexl: 'NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS',
  files: 'NO_MATCHING_TRIGGER_FOR_FILEPATH_CONDITIONS',
} as const satisfies Record<(typeof KINDS)[number], TriggerEventStatus>;

function noTrigger(event: TriggerEventRow): Decision {
  const which = event.triggerIdentifier === undefined ? 'No custom trigger' : `The trigger ${event.triggerIdentifier}`;
  const state = event.triggerIdentifier === undefined ? 'is enabled any more' : 'was disabled or deleted';
  return {
    outcome: {
      status: 'NO_ENABLED_CUSTOM_TRIGGER_FOUND',
      message: `${which} ${state} when the event was processed.`,
      isException: true,
    },
  };
}

function noSchedule({ triggerIdentifier = '' }: TriggerEventRow): Decision {
  const message = `The trigger ${triggerIdentifier} was disabled or deleted when its time came.`;
  return { outcome: { status: 'TARGET_DID_NOT_EXECUTE', message, isException: true } };
}
