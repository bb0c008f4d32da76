/**
 * What one event comes to: for each enabled trigger in its scope whether it matches, and what a match starts. Definitions are
 * read, nothing is written.
 */
import {
  type CustomWebhookEvent,
  type ExecutionCause,
  isBlocked,
  matchConditions,
  type MatchResult,
  NO_INPUTS_YAML,
  resolveTriggerInputs,
  resolveTriggerReferences,
  type TriggerDocument,
  triggerScope,
} from '@bridle/pipeline';
import type { TriggerEventStatus } from '@bridle/protocol';
import type { StartRequest } from '../executions/service.ts';
import type { PipelineRow } from '../store/pipelines.ts';
import type { EventOutcome, TriggerEventRow } from '../store/trigger-events.ts';
import type { TriggerRow } from '../store/triggers.ts';
import { describeDiagnostics } from './describe-diagnostics.ts';
import type { DocumentSource } from './document-source.ts';
import { parseKnownTrigger } from './known-documents.ts';
import { prepareExecution } from './prepare-execution.ts';

/** The texts that the founding document and its flows print exactly. */
export const REQUESTED_MESSAGE = 'Pipeline execution was requested successfully';
export const REFUSED_PREFIX = 'Failed while requesting Pipeline Execution through Trigger: ';
export const QUEUED_MESSAGE = 'Trigger execution is queued.';

/** Who is named for a call without a key. */
const SYSTEM_USER = 'systemUser';

export interface Candidate {
  readonly trigger: TriggerRow;
  readonly pipeline: PipelineRow;
}

export interface Decision {
  readonly outcome: Outcome;
  readonly start?: StartRequest;
}

type Outcome = Omit<EventOutcome, 'eventId' | 'status'> & { readonly status: TriggerEventStatus };

/** The first decision is the event's own; the others are those of further triggers that matched (I1). Never empty. */
export async function decideEvent(
  event: TriggerEventRow,
  candidates: readonly Candidate[],
  source: DocumentSource,
): Promise<readonly [Decision, ...Decision[]]> {
  const facts: CustomWebhookEvent = { payload: event.payload.toString('utf8'), headers: event.headers };
  const missed: Missed[] = [];
  const decisions: Decision[] = [];
  for (const candidate of candidates) {
    const { trigger: document, diagnostics } = parseKnownTrigger(candidate.trigger.yaml);
    if (document?.source.kind !== 'customWebhook' || isBlocked(diagnostics, 'run')) {
      const why =
        `The trigger ${candidate.trigger.identifier} cannot fire. ${describeDiagnostics(diagnostics, 'run')}`.trim();
      decisions.push(refuse(candidate.trigger, why));
      continue;
    }
    const match = matchConditions(document.source, facts);
    if (match.matched) decisions.push(await start(event, candidate, document, { facts, match, source }));
    else missed.push({ trigger: candidate.trigger, match });
  }
  const [first, ...rest] = decisions;
  return first === undefined ? [explainMiss(event, missed)] : [first, ...rest];
}

interface Missed {
  readonly trigger: TriggerRow;
  readonly match: MatchResult;
}

interface Matched {
  readonly facts: CustomWebhookEvent;
  readonly match: MatchResult;
  readonly source: DocumentSource;
}

async function start(
  event: TriggerEventRow,
  { trigger, pipeline }: Candidate,
  document: TriggerDocument,
  { facts, match, source }: Matched,
): Promise<Decision> {
  const conditions = { conditionResults: match.results };
  const inputs = resolveTriggerInputs(document.inputYaml, triggerScope(facts));
  if (inputs.kind === 'failed') return refuse(trigger, inputs.message, conditions);
  const { inputSetRefs, stagesToExecute } = document;
  const sets = resolveTriggerReferences(inputSetRefs, triggerScope(facts));
  if (sets.kind === 'failed') return refuse(trigger, sets.message, conditions);
  const prepared = await prepareExecution(source, {
    pipeline,
    inputYaml: inputs.inputYaml,
    inputSetReferences: sets.references,
    known: inputs.known,
    cause: causeOf(event, trigger, facts),
    ...(stagesToExecute.length === 0 ? {} : { stages: stagesToExecute }),
  });
  const runtimeInput = inputs.inputYaml.trim() === '' ? NO_INPUTS_YAML : inputs.inputYaml;
  if (prepared.kind === 'refused') return refuse(trigger, prepared.message, { ...conditions, runtimeInput });
  const { request } = prepared;
  return {
    outcome: {
      status: 'TARGET_EXECUTION_REQUESTED',
      message: REQUESTED_MESSAGE,
      isException: false,
      pipelineIdentifier: trigger.pipelineIdentifier,
      triggerIdentifier: trigger.identifier,
      executionId: request.executionId,
      runtimeInput: request.inputYaml,
      ...conditions,
    },
    start: request,
  };
}

function causeOf(event: TriggerEventRow, trigger: TriggerRow, facts: CustomWebhookEvent): ExecutionCause {
  const { principal } = event;
  return {
    triggerType: 'WEBHOOK_CUSTOM',
    triggeredBy:
      principal === undefined
        ? { uuid: SYSTEM_USER, identifier: trigger.identifier }
        : { uuid: principal.userId, identifier: principal.name, email: principal.email },
    trigger: { identifier: trigger.identifier, name: trigger.name, eventId: event.id, ...facts },
  };
}

function refuse(
  trigger: TriggerRow,
  why: string,
  more: Pick<Outcome, 'conditionResults' | 'runtimeInput'> = {},
): Decision {
  return {
    outcome: {
      status: 'INVALID_RUNTIME_INPUT_YAML',
      message: `${REFUSED_PREFIX}${why}`,
      isException: true,
      pipelineIdentifier: trigger.pipelineIdentifier,
      triggerIdentifier: trigger.identifier,
      ...more,
    },
  };
}

function missingPipeline({ scope }: TriggerEventRow, pipeline: string, trigger: string | undefined): string {
  const forTrigger = trigger === undefined ? '' : `, For Trigger: ${trigger}`;
  return `Unable to continue trigger execution. Pipeline with identifier: ${pipeline}, with org: ${scope.orgIdentifier}, with ProjectId: ${scope.projectIdentifier}${forTrigger} does not exist.`;
}

/** The event named a pipeline that was deleted after the call was accepted; its triggers went with it. */
export function decideWithoutPipeline(event: TriggerEventRow, pipelineIdentifier: string): Decision {
  return {
    outcome: {
      status: 'INVALID_RUNTIME_INPUT_YAML',
      message: `${REFUSED_PREFIX}${missingPipeline(event, pipelineIdentifier, event.triggerIdentifier)}`,
      isException: true,
    },
  };
}

/** Headers are judged before the payload, the payload before the expression: the furthest one got says why there is no run. */
function explainMiss(event: TriggerEventRow, missed: readonly Missed[]): Decision {
  const [only] = missed;
  if (only === undefined) return noTrigger(event);
  const kinds = missed.map(({ match }) => match.failedKind);
  const kind = kinds.includes('jexl') ? 'jexl' : kinds.includes('payload') ? 'payload' : 'header';
  return {
    outcome: {
      status: MISS_STATUS[kind],
      message: missed.map(({ trigger, match }) => `${trigger.identifier}: ${match.message}`).join('\n'),
      isException: true,
      ...(missed.length === 1
        ? {
            pipelineIdentifier: only.trigger.pipelineIdentifier,
            triggerIdentifier: only.trigger.identifier,
            conditionResults: only.match.results,
          }
        : {}),
    },
  };
}

const MISS_STATUS = {
  header: 'NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS',
  payload: 'NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS',
  jexl: 'NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS',
} as const satisfies Record<string, TriggerEventStatus>;

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
