/** Triggers on events of Git providers (api.md §3.6): which events and actions there are, and how such a trigger is read. */
import type { GitProvider } from '../triggers/git/git-event.ts';
import type { Findings } from './diagnostics.ts';
import { readFlag, readText, reportKind, warnUnknownKeys } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import { CONDITION_KEYS, readWebhookConditions, type WebhookConditions } from './trigger-conditions.ts';
import { find, findText, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

export interface GitWebhookSource extends WebhookConditions {
  readonly kind: 'gitWebhook';
  readonly provider: GitProvider;
  /** `Push`, `PullRequest`, `MergeRequest` or `Tag`. */
  readonly event: string;
  readonly connectorRef: string;
  /** Which repository of an account's connector. */
  readonly repoName?: string;
  /** Empty = all of them. */
  readonly actions: readonly string[];
  readonly autoAbortPreviousExecutions: boolean;
}

interface EventWords {
  readonly actions: readonly string[];
  /** Bridle hears of it, and fires. */
  readonly isServed: boolean;
}

const served = (...actions: readonly string[]): EventWords => ({ actions, isServed: true });
const known = (...actions: readonly string[]): EventWords => ({ actions, isServed: false });

/** Every event of every provider that triggers may name, with its actions. */
export const GIT_TRIGGER_EVENTS = {
  Github: {
    PullRequest: served('Close', 'Edit', 'Open', 'Reopen', 'Label', 'Unlabel', 'Synchronize', 'ReadyForReview'),
    Push: served(),
    IssueComment: known('Create', 'Edit', 'Delete'),
    Release: known('Create', 'Edit', 'Delete', 'Prerelease', 'Publish', 'Release', 'Unpublish'),
    Delete: known(),
    Create: known(),
    PullRequestReview: known('Submitted', 'Edited', 'Dismissed'),
    MergeQueue: known(),
  },
  Gitlab: {
    MergeRequest: served('Open', 'Close', 'Reopen', 'Merge', 'Update', 'Sync'),
    Push: served(),
    MRComment: known('Create'),
    Tag: served(),
    PipelineHook: known(),
  },
  Bitbucket: {
    PullRequest: served('Create', 'Update', 'Merge', 'Decline'),
    Push: served(),
    PRComment: known('Create', 'Edit', 'Delete'),
  },
  AzureRepo: {
    PullRequest: known('Create', 'Update', 'Merge'),
    Push: known(),
    IssueComment: known('Create', 'Edit', 'Delete'),
  },
  Harness: {
    PullRequest: known('Create', 'Update', 'Reopen', 'Merge', 'Comment'),
    Push: known(),
    Branch: known('Create', 'Delete'),
    Tag: known('Create', 'Delete'),
    MergeQueue: known(),
  },
  AwsCodeCommit: { Push: known() },
} as const satisfies Readonly<Record<string, Readonly<Record<string, EventWords>>>>;

export const GIT_WEBHOOK_KEYS = [
  'connectorRef',
  'repoName',
  'autoAbortPreviousExecutions',
  'actions',
  ...CONDITION_KEYS,
] as const;

const SERVED_PROVIDERS = ['Github', 'Gitlab', 'Bitbucket'] as const satisfies readonly GitProvider[];

export function isGitProvider(type: string): type is GitProvider {
  return (SERVED_PROVIDERS as readonly string[]).includes(type);
}

/** Reads below `spec` of the webhook; `undefined` = it cannot fire, which has been reported. */
export function readGitWebhook(
  provider: GitProvider,
  webhook: MapNode | undefined,
  at: YamlNode,
  findings: Findings,
): GitWebhookSource | undefined {
  const what = `the ${provider} webhook`;
  const missing = (message: string, hint: string): undefined => {
    findings.add('TRIGGER_SOURCE_INCOMPLETE', 'run', webhook ?? at, message, hint);
  };
  const event = findText(webhook, 'type') ?? '';
  const eventAt = find(webhook, 'type') ?? webhook ?? at;
  const events: Readonly<Record<string, EventWords>> = GIT_TRIGGER_EVENTS[provider];
  const words = Object.hasOwn(events, event) ? events[event] : undefined;
  if (webhook === undefined)
    return missing(`The ${provider} webhook does not say which event.`, 'Add spec: with type.');
  if (words === undefined) {
    const names = Object.keys(events);
    findings.add(
      'TRIGGER_SOURCE_UNKNOWN',
      'run',
      eventAt,
      `"${event}" is not an event of ${provider} that triggers know.`,
      didYouMean(event, names) ?? `It takes ${names.join(', ')}.`,
    );
    return undefined;
  }
  if (!words.isServed) {
    findings.add(
      'TRIGGER_SOURCE_NOT_RUN_YET',
      'run',
      eventAt,
      `Bridle does not serve ${event} events of ${provider} yet (line ${String(eventAt.range.start.line)}).`,
      'The trigger can be saved; it never fires.',
    );
    return undefined;
  }
  warnUnknownKeys(webhook, ['type', 'spec'], what, findings);
  const spec = find(webhook, 'spec');
  if (spec?.kind !== 'map') return missing(`The ${provider} webhook has no spec.`, 'Add spec: with connectorRef.');
  return readSpec(provider, event, words, spec, findings);
}

function readSpec(
  provider: GitProvider,
  event: string,
  { actions: words }: EventWords,
  spec: MapNode,
  findings: Findings,
): GitWebhookSource {
  const what = `the ${provider} webhook`;
  warnUnknownKeys(spec, GIT_WEBHOOK_KEYS, what, findings);
  const connectorRef = readText(spec, 'connectorRef', what, findings)?.trim() ?? '';
  if (connectorRef === '') {
    findings.add(
      'TRIGGER_SOURCE_INCOMPLETE',
      'run',
      find(spec, 'connectorRef') ?? spec,
      'The webhook has no connectorRef: nothing says which repository is meant.',
      'Name a Git connector.',
    );
  }
  const repoName = readText(spec, 'repoName', what, findings)?.trim() ?? '';
  return {
    kind: 'gitWebhook',
    provider,
    event,
    connectorRef,
    ...(repoName === '' ? {} : { repoName }),
    actions: readActions(spec, event, words, findings),
    autoAbortPreviousExecutions: readFlag(spec, 'autoAbortPreviousExecutions', what, findings),
    ...readWebhookConditions(spec, findings),
  };
}

function readActions(spec: MapNode, event: string, words: readonly string[], findings: Findings): readonly string[] {
  const node = find(spec, 'actions');
  if (node === undefined || isEmpty(node)) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    if (item.kind !== 'scalar') {
      reportKind(item, 'an item of actions', 'text', findings);
      return [];
    }
    const action = words.find((word) => word === item.text);
    if (action !== undefined) return [action];
    const hint = words.length === 0 ? `${event} events have no actions.` : `It takes ${words.join(', ')}.`;
    findings.add(
      'TRIGGER_CONDITION_INVALID',
      'run',
      item,
      `"${item.text}" is not an action of ${event} events.`,
      didYouMean(item.text, words) ?? hint,
    );
    return [];
  });
}
