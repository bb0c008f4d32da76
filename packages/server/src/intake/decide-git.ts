/**
 * What an event of a Git provider comes to. It concerns the triggers of the whole account; the order is that of api.md §3.7: the
 * provider, the repository, the event and its action, who sent it, headers, payload, the expression, changed files. A trigger that
 * asks for this event of this repository has a row of its own, whatever came of it; one that asks for another has none.
 *
 * The event of a pull request does not name its files. When nothing but a condition on them is open, the provider is asked
 * (files-loop.ts), and the event is decided anew with what it answered.
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
import { FILES_SOURCES_MAX, type AskedFiles, type FilesAnswer, type FilesSource } from '../store/trigger-files.ts';
import type { TriggerRow, TriggerWithPipeline } from '../store/triggers.ts';
import { explainConditions, prove, refuseSender, type Decisions } from './decide.ts';
import type { Definitions } from './definitions.ts';
import { describeDiagnostics } from './describe-diagnostics.ts';
import { parseKnownTrigger } from './known-documents.ts';
import { decline, nameTrigger, refuseStart, startByTrigger, type Decision } from './start-by-trigger.ts';
import { readPostedText } from './posted-text.ts';

/** Account, organization and project may require that events of GitHub are signed. */
const MANDATORY = 'mandate_webhook_secrets_for_github_triggers';

export type GitDecision =
  | { readonly kind: 'decided'; readonly decisions: Decisions }
  /** Not before these are answered. */
  | { readonly kind: 'postponed'; readonly asked: readonly AskedFiles[] };

export async function decideGitEvent(event: TriggerEventRow, definitions: Definitions): Promise<GitDecision> {
  const posted = { payload: readPostedText(event.payload, event.headers), headers: event.headers };
  const recognised = recogniseEvent(posted);
  switch (recognised.kind) {
    case 'custom':
      return decided(otherProvider(event));
    case 'unreadable': {
      const status = recognised.why === 'payload' ? 'INVALID_PAYLOAD' : 'NO_MATCHING_TRIGGER_FOR_EVENT_ACTION';
      return decided({ outcome: { status, message: recognised.reason, isException: true } });
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
): Promise<GitDecision> {
  const candidates = await definitions.triggersOf(event, git.provider);
  if (candidates.length === 0) return decided(noTriggerOf(event, SOURCE_NAMES[git.provider]));
  const wanted = new Map<string, FilesSource>();
  const others: OtherEvent[] = [];
  const decisions: Decision[] = [];
  for (const candidate of candidates) {
    const { trigger } = candidate;
    const answer = await answerOf({ event, candidate, facts, git }, definitions);
    if (answer.kind === 'decided') decisions.push(answer.decision);
    else if (answer.kind === 'conditions') decisions.push(explainConditions([{ trigger, match: answer.match }]));
    else if (answer.kind === 'otherEvent') others.push({ trigger, reason: answer.reason });
    else if (answer.kind === 'needsFiles') wanted.set(nameOf(answer.source), answer.source);
  }
  if (wanted.size > 0) {
    const sources = [...wanted.values()].slice(0, FILES_SOURCES_MAX);
    return { kind: 'postponed', asked: sources.map((source) => ({ source })) };
  }
  // Who asks by the event's id hears of a run before all else.
  const [first, ...rest] = decisions.toSorted((a, b) => rank(a) - rank(b));
  return first === undefined ? decided(explainMiss(event, git, others)) : decided(first, ...rest);
}

function decided(...decisions: Decisions): GitDecision {
  return { kind: 'decided', decisions };
}

function nameOf({ scope, connectorRef, repoName }: FilesSource): string {
  return JSON.stringify([scope.orgIdentifier, scope.projectIdentifier, connectorRef, repoName ?? null]);
}

function rank({ start, outcome }: Decision): number {
  if (start !== undefined) return 0;
  return outcome.conditionResults === undefined || outcome.status === 'SKIPPED' ? 1 : 2;
}

type Answer =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'otherRepository' }
  | { readonly kind: 'otherEvent'; readonly reason: string }
  | { readonly kind: 'conditions'; readonly match: MatchResult }
  /** All but its conditions on files hold. */
  | { readonly kind: 'needsFiles'; readonly source: FilesSource };

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
  asked: Asked,
  document: TriggerDocument,
  source: GitWebhookSource,
  definitions: Definitions,
): Promise<Answer> {
  const { event, candidate, facts, git } = asked;
  const { trigger } = candidate;
  const proof = await proveGit(event, trigger, document, source, definitions);
  if (proof.kind === 'refused') return { kind: 'decided', decision: proof.decision };
  const seen: WebhookEvent = { ...facts, connectorRef: source.connectorRef };
  const files = filesOf(asked, source);
  const match = matchConditions(source, seen, files?.answer?.kind === 'files' ? files.answer.files : undefined);
  if (!match.matched) return files === undefined ? { kind: 'conditions', match } : answerOnFiles(asked, files, match);
  const conditionResults = match.results;
  if (hasSkipKeyword(git)) {
    const message = 'The text of the commit says that nothing is to be built for it.';
    return { kind: 'decided', decision: decline(trigger, 'SKIPPED', message, { conditionResults }) };
  }
  const decision = await startByTrigger({ event, candidate, document, facts: seen, conditionResults, definitions });
  const supersedes = source.autoAbortPreviousExecutions ? { supersedes: { trigger, identity: runIdentity(git) } } : {};
  return { kind: 'decided', decision: { ...decision, ...proof.delivery, ...supersedes } };
}

/** Whom to ask for the files of a pull request, and what it answered, if it was asked; a push says by itself what it may. */
function filesOf(
  { event, candidate, git }: Asked,
  { connectorRef, repoName }: GitWebhookSource,
): AskedFiles | undefined {
  if (git.kind !== 'pullRequest') return undefined;
  const { scope } = candidate.trigger;
  const named = repoName === undefined ? {} : { repoName };
  const source: FilesSource = { scope, connectorRef, ...named, number: git.number };
  const found = event.files?.find((each) => nameOf(each.source) === nameOf(source));
  if (found !== undefined) return found;
  return event.files === undefined ? { source } : { source, answer: NOT_ASKED };
}

const NOT_ASKED: FilesAnswer = {
  kind: 'failed',
  isOutage: false,
  reason: `More than ${FILES_SOURCES_MAX} connectors of triggers are for this repository; the provider was not asked by this one's.`,
};

/** The conditions do not hold, or not all can be judged. */
function answerOnFiles({ candidate }: Asked, { source, answer }: AskedFiles, match: MatchResult): Answer {
  if (match.failedKind !== 'files' || answer?.kind === 'files') return { kind: 'conditions', match };
  if (answer === undefined) return { kind: 'needsFiles', source };
  const status = answer.isOutage ? 'SCM_SERVICE_CONNECTION_FAILED' : 'FAILED_TO_FETCH_PR_DETAILS';
  const message = `The files that the pull request changes could not be read: ${answer.reason}`;
  const conditions = { conditionResults: match.results };
  return { kind: 'decided', decision: decline(candidate.trigger, status, message, conditions) };
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
