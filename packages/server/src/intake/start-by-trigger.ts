/**
 * What a trigger that answers to an event starts, or why it does not. Nothing is written.
 *
 * - S15 it starts what whoever saved it last may start, in their name. What they may not is told to those who may see the
 *   trigger: who calls it hears that it may not, and not what.
 */
import {
  type ExecutionCause,
  eventCause,
  NO_INPUTS_YAML,
  resolveTriggerInputs,
  resolveTriggerReferences,
  type TriggerDocument,
  triggerScope,
  type WebhookEvent,
} from '@bridle/pipeline';
import type { TriggerEventStatus } from '@bridle/protocol';
import type { StartRequest } from '../executions/service.ts';
import type { EventOutcome, TriggerEventRow } from '../store/trigger-events.ts';
import type { TriggerKey, TriggerRow, TriggerWithPipeline } from '../store/triggers.ts';
import type { Definitions } from './definitions.ts';
import { prepareExecution } from './prepare-execution.ts';

/** The texts that the founding document and its flows print exactly. */
export const REQUESTED_MESSAGE = 'Pipeline execution was requested successfully';
export const REFUSED_PREFIX = 'Failed while requesting Pipeline Execution through Trigger: ';

/** Whose rights the history speaks of. */
const OF_WHOM = ' A trigger starts in the name of whoever made or changed it last.';
/** What whoever fires the trigger hears when its owner may not. */
const NOT_ALLOWED = 'The trigger may not start its pipeline now. Its event history says why.';

export interface Decision {
  readonly outcome: Outcome;
  readonly start?: StartRequest;
  /** A signed request that fires the trigger: it may do so once (S2). */
  readonly delivery?: { readonly key: TriggerKey; readonly signature: string };
  /** Runs of the same pipeline for the same pull request, branch or tag are of no use any more (pipelines.md §8.4). */
  readonly supersedes?: { readonly trigger: TriggerRow; readonly identity: string };
}

export type Outcome = Omit<EventOutcome, 'eventId' | 'status'> & { readonly status: TriggerEventStatus };

export interface Firing {
  readonly event: TriggerEventRow;
  readonly candidate: TriggerWithPipeline;
  readonly document: TriggerDocument;
  readonly facts: WebhookEvent;
  readonly conditionResults?: readonly unknown[];
  readonly definitions: Definitions;
}

export async function startByTrigger(firing: Firing): Promise<Decision> {
  const { event, document, facts, definitions } = firing;
  const { trigger, pipeline } = firing.candidate;
  const conditions = firing.conditionResults === undefined ? {} : { conditionResults: firing.conditionResults };
  const scope = triggerScope(facts);
  const inputs = resolveTriggerInputs(document.inputYaml, scope);
  if (inputs.kind === 'failed') return refuseStart(event, trigger, inputs.message, conditions);
  const { inputSetRefs, stagesToExecute } = document;
  const sets = resolveTriggerReferences(inputSetRefs, scope);
  if (sets.kind === 'failed') return refuseStart(event, trigger, sets.message, conditions);
  const { scope: place, pipelineIdentifier, identifier } = trigger;
  const found = await definitions.starterOf({ scope: place, pipelineIdentifier, identifier });
  if (found.kind === 'objection') return denyStart(event, trigger, found.objection, conditions);
  const prepared = await prepareExecution(definitions.documents, {
    pipeline,
    starter: found.starter,
    inputYaml: inputs.inputYaml,
    inputSetReferences: sets.references,
    known: inputs.known,
    cause: causeOf(event, trigger, facts),
    ...(stagesToExecute.length === 0 ? {} : { stages: stagesToExecute }),
  });
  const runtimeInput = inputs.inputYaml.trim() === '' ? NO_INPUTS_YAML : inputs.inputYaml;
  if (prepared.kind === 'refused') {
    return refuseStart(event, trigger, prepared.message, { ...conditions, runtimeInput });
  }
  if (prepared.kind === 'denied') {
    return denyStart(event, trigger, `${prepared.message}${OF_WHOM}`, { ...conditions, runtimeInput });
  }
  const { request } = prepared;
  return {
    outcome: {
      status: 'TARGET_EXECUTION_REQUESTED',
      message: REQUESTED_MESSAGE,
      isException: false,
      ...nameTrigger(trigger),
      executionId: request.executionId,
      runtimeInput: request.inputYaml,
      ...conditions,
    },
    start: request,
  };
}

function causeOf(event: TriggerEventRow, trigger: TriggerRow, facts: WebhookEvent): ExecutionCause {
  const { principal } = event;
  const origin = { identifier: trigger.identifier, name: trigger.name, eventId: event.id };
  const cause = eventCause(facts, origin);
  if (principal === undefined || cause.triggerType !== 'WEBHOOK_CUSTOM') return cause;
  return {
    ...cause,
    triggeredBy: { uuid: principal.userId, identifier: principal.name, email: principal.email },
  };
}

/** The trigger was to start its pipeline and could not (api.md §2.3). */
export function refuseStart(
  event: TriggerEventRow,
  trigger: TriggerRow,
  why: string,
  more: Pick<Outcome, 'conditionResults' | 'runtimeInput'> = {},
): Decision {
  return event.kind === 'cron'
    ? decline(trigger, 'EXCEPTION_WHILE_PROCESSING', why, more)
    : decline(trigger, 'INVALID_RUNTIME_INPUT_YAML', `${REFUSED_PREFIX}${why}`, more);
}

/** The same for want of rights: who calls need not know of whom and of what (S15). */
function denyStart(
  event: TriggerEventRow,
  trigger: TriggerRow,
  why: string,
  more: Pick<Outcome, 'conditionResults' | 'runtimeInput'>,
): Decision {
  const { outcome } = refuseStart(event, trigger, NOT_ALLOWED, more);
  return { outcome: { ...outcome, cause: refuseStart(event, trigger, why).outcome.message } };
}

/** The trigger starts nothing. */
export function decline(
  trigger: TriggerRow,
  status: TriggerEventStatus,
  message: string,
  more: Pick<Outcome, 'conditionResults' | 'runtimeInput'> = {},
): Decision {
  return { outcome: { status, message, isException: status !== 'SKIPPED', ...nameTrigger(trigger), ...more } };
}

/** What of an outcome says which trigger it is about. */
export function nameTrigger({
  scope,
  pipelineIdentifier,
  identifier,
}: TriggerRow): Pick<Outcome, 'scope' | 'pipelineIdentifier' | 'triggerIdentifier'> {
  return { scope, pipelineIdentifier, triggerIdentifier: identifier };
}
