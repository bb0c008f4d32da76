/**
 * What an event of a Git provider comes to. It concerns the triggers of the whole account; the order is that of api.md §3.7: the
 * provider, the repository, the event and its action, who sent it, headers, payload, the expression, changed files. A trigger that
 * asks for this event of this repository has a row of its own, whatever came of it; one that asks for another has none.
 */
import {
  hasSkipKeyword,
  isBlocked,
  matchConditions,
  matchSource,
  recogniseEvent,
  runIdentity,
  type GitEvent,
  type GitProvider,
  type GitWebhookSource,
  type MatchResult,
  type TriggerDocument,
  type WebhookEvent,
} from '@bridle/pipeline';
import type { TriggerEventStatus } from '@bridle/protocol';
import type { TriggerEventRow } from '../store/trigger-events.ts';
import type { TriggerRow, TriggerWithPipeline } from '../store/triggers.ts';
import { explainConditions, prove, refuseSender, type Decisions } from './decide.ts';
import type { Definitions } from './definitions.ts';
import { describeDiagnostics } from './describe-diagnostics.ts';
import { parseKnownTrigger } from './known-documents.ts';
import { decline, nameTrigger, refuseStart, startByTrigger, type Decision } from './start-by-trigger.ts';
import { readPostedText } from './posted-text.ts';

/** Account, organization and project may require that events of GitHub are signed. */
const MANDATORY = 'mandate_webhook_secrets_for_github_triggers';

export async function decideGitEvent(event: TriggerEventRow, definitions: Definitions): Promise<Decisions> {
  const posted = { payload: readPostedText(event.payload, event.headers), headers: event.headers };
  const recognised = recogniseEvent(posted);
  switch (recognised.kind) {
    case 'custom':
      return [otherProvider(event)];
    case 'unreadable': {
      const status = recognised.why === 'payload' ? 'INVALID_PAYLOAD' : 'NO_MATCHING_TRIGGER_FOR_EVENT_ACTION';
      return [{ outcome: { status, message: recognised.reason, isException: true } }];
    }
    case 'git':
      return await decideAmong(event, { ...posted, git: recognised.event }, recognised.event, definitions);
  }
}

/** As words of api.md §3.3. */
const SOURCE_NAMES: Readonly<Record<GitProvider, string>> = {
  Github: 'GITHUB',
  Gitlab: 'GITLAB',
  Bitbucket: 'BITBUCKET',
};

async function decideAmong(
  event: TriggerEventRow,
  facts: WebhookEvent,
  git: GitEvent,
  definitions: Definitions,
): Promise<Decisions> {
  const candidates = await definitions.triggersOf(event, git.provider);
  if (candidates.length === 0) return [noTriggerOf(event, SOURCE_NAMES[git.provider])];
  const others: OtherEvent[] = [];
  const decisions: Decision[] = [];
  for (const candidate of candidates) {
    const { trigger } = candidate;
    const answer = await answerOf({ event, candidate, facts, git }, definitions);
    if (answer.kind === 'decided') decisions.push(answer.decision);
    else if (answer.kind === 'conditions') decisions.push(explainConditions([{ trigger, match: answer.match }]));
    else if (answer.kind === 'otherEvent') others.push({ trigger, reason: answer.reason });
  }
  // Who asks by the event's id hears of a run before all else.
  const [first, ...rest] = decisions.toSorted((a, b) => rank(a) - rank(b));
  return first === undefined ? [explainMiss(event, git, others)] : [first, ...rest];
}

function rank({ start, outcome }: Decision): number {
  if (start !== undefined) return 0;
  return outcome.conditionResults === undefined || outcome.status === 'SKIPPED' ? 1 : 2;
}

type Answer =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'otherRepository' }
  | { readonly kind: 'otherEvent'; readonly reason: string }
  | { readonly kind: 'conditions'; readonly match: MatchResult };

interface Asked {
  readonly event: TriggerEventRow;
  readonly candidate: TriggerWithPipeline;
  readonly facts: WebhookEvent;
  readonly git: GitEvent;
}

async function answerOf(asked: Asked, definitions: Definitions): Promise<Answer> {
  const { event, candidate, git } = asked;
  const { trigger } = candidate;
  const { trigger: document, diagnostics } = parseKnownTrigger(trigger.yaml);
  const source = document?.source;
  if (document === undefined || source?.kind !== 'gitWebhook') {
    return { kind: 'otherEvent', reason: `The trigger listens to another event.` };
  }
  const { connectorRef, repoName } = source;
  const repository = await definitions.repository(trigger.scope, connectorRef, repoName);
  if (repository.kind === 'missing') return { kind: 'otherRepository' };
  const matched = matchSource({ ...source, repositoryUrl: repository.url }, git);
  if (matched.kind === 'differs') {
    const isElsewhere = matched.in === 'provider' || matched.in === 'repository';
    return isElsewhere ? { kind: 'otherRepository' } : { kind: 'otherEvent', reason: matched.reason };
  }
  if (isBlocked(diagnostics, 'run')) {
    const why = `The trigger ${trigger.identifier} cannot fire. ${describeDiagnostics(diagnostics, 'run')}`.trim();
    return { kind: 'decided', decision: refuseStart(event, trigger, why) };
  }
  return await answerOfMatching(asked, document, source, definitions);
}

/** The event is one of the kind that the trigger asks for. */
async function answerOfMatching(
  { event, candidate, facts, git }: Asked,
  document: TriggerDocument,
  source: GitWebhookSource,
  definitions: Definitions,
): Promise<Answer> {
  const { trigger } = candidate;
  const proof = await proveGit(event, trigger, document, source, definitions);
  if (proof.kind === 'refused') return { kind: 'decided', decision: proof.decision };
  const seen: WebhookEvent = { ...facts, connectorRef: source.connectorRef };
  const match = matchConditions(source, seen);
  if (!match.matched) return { kind: 'conditions', match };
  const conditionResults = match.results;
  if (hasSkipKeyword(git)) {
    const message = 'The text of the commit says that nothing is to be built for it.';
    return { kind: 'decided', decision: decline(trigger, 'SKIPPED', message, { conditionResults }) };
  }
  const decision = await startByTrigger({ event, candidate, document, facts: seen, conditionResults, definitions });
  const supersedes = source.autoAbortPreviousExecutions ? { supersedes: { trigger, identity: runIdentity(git) } } : {};
  return { kind: 'decided', decision: { ...decision, ...proof.delivery, ...supersedes } };
}

async function proveGit(
  event: TriggerEventRow,
  trigger: TriggerRow,
  document: TriggerDocument,
  { provider }: GitWebhookSource,
  definitions: Definitions,
): ReturnType<typeof prove> {
  if (document.webhookSecretRef === undefined && provider === 'Github') {
    const isMandatory = (await definitions.setting(trigger.scope, MANDATORY)) === 'true';
    if (isMandatory) {
      return refuseSender(
        trigger,
        'Please check if the secret provided for webhook is correct. The trigger names none (encryptedWebhookSecretIdentifier), and here every trigger of GitHub needs one.',
      );
    }
  }
  return await prove(event, trigger, document, definitions);
}

interface OtherEvent {
  readonly trigger: TriggerRow;
  readonly reason: string;
}

/** No trigger listens to this event of this repository. */
function explainMiss({ scope }: TriggerEventRow, { repository }: GitEvent, others: readonly OtherEvent[]): Decision {
  const [only] = others;
  if (only === undefined) {
    const url = repository.httpUrl ?? repository.link ?? repository.fullName;
    const message = `No trigger found for repoUrl: ${url} for Account ${scope.accountId}`;
    return { outcome: { status: 'NO_MATCHING_TRIGGER_FOR_REPO', message, isException: true } };
  }
  return {
    outcome: {
      status: 'NO_MATCHING_TRIGGER_FOR_EVENT_ACTION',
      message: others.map(({ trigger, reason }) => `${trigger.identifier}: ${reason}`).join('\n'),
      isException: true,
      ...(others.length === 1 ? nameTrigger(only.trigger) : {}),
    },
  };
}

function noTriggerOf({ scope, triggerIdentifier }: TriggerEventRow, source: string): Decision {
  const which = triggerIdentifier === undefined ? '' : `, Trigger: ${triggerIdentifier}`;
  const message = `No enabled trigger found for Account:${scope.accountId}, SourceRepoType: ${source}${which}`;
  const status: TriggerEventStatus = 'NO_ENABLED_TRIGGER_FOR_ACCOUNT_SOURCE_REPO';
  return { outcome: { status, message, isException: true } };
}

/** Providers whose triggers can be saved and never fire: none of them is enabled in earnest. */
const OTHER_PROVIDERS = [
  ['x-amz-sns-message-type', 'AWS_CODECOMMIT'],
  ['x-vss-subscriptionid', 'AZURE_REPO'],
  ['x-harness-trigger', 'HARNESS'],
] as const;

function otherProvider(event: TriggerEventRow): Decision {
  const found = OTHER_PROVIDERS.find(([header]) => event.headers[header] !== undefined);
  return noTriggerOf(event, found?.[1] ?? 'UNKNOWN');
}
