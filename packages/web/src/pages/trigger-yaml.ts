/** What the form of a new trigger says, as the trigger's YAML. */
import { stringify } from 'yaml';

/** Kinds of triggers that the form makes; the rest is written as YAML. */
export const TRIGGER_KINDS = ['Custom', 'Github', 'Gitlab', 'Bitbucket', 'Scheduled'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

export const KIND_WORDS: Readonly<Record<TriggerKind, string>> = {
  Custom: 'Custom webhook',
  Github: 'GitHub event',
  Gitlab: 'GitLab event',
  Bitbucket: 'Bitbucket event',
  Scheduled: 'Schedule',
};

/** Events of a provider, the usual one first. */
export const GIT_EVENTS: Readonly<Record<Exclude<TriggerKind, 'Custom' | 'Scheduled'>, readonly string[]>> = {
  Github: ['Push', 'PullRequest'],
  Gitlab: ['Push', 'MergeRequest', 'Tag'],
  Bitbucket: ['Push', 'PullRequest'],
};

export interface TriggerFields {
  readonly kind: TriggerKind;
  readonly name: string;
  readonly identifier: string;
  readonly inputYaml: string;
  /** Of a Git provider. */
  readonly event: string;
  readonly connectorRef: string;
  readonly repoName: string;
  readonly secretRef: string;
  /** Of a schedule. */
  readonly expression: string;
  readonly timezone: string;
}

export interface TriggerPlace {
  readonly org: string;
  readonly project: string;
  readonly pipeline: string;
}

export function triggerYaml(fields: TriggerFields, { org, project, pipeline }: TriggerPlace): string {
  const { name, identifier, inputYaml, secretRef } = fields;
  return stringify({
    trigger: {
      name,
      identifier,
      enabled: true,
      orgIdentifier: org,
      projectIdentifier: project,
      pipelineIdentifier: pipeline,
      ...(isGit(fields.kind) && secretRef !== '' ? { encryptedWebhookSecretIdentifier: secretRef } : {}),
      source: sourceOf(fields),
      ...(inputYaml.trim() === '' ? {} : { inputYaml }),
    },
  });
}

export function isGit(kind: TriggerKind): kind is keyof typeof GIT_EVENTS {
  return kind in GIT_EVENTS;
}

function sourceOf(fields: TriggerFields): Record<string, unknown> {
  const { kind, event, connectorRef, repoName, expression, timezone } = fields;
  const none = { payloadConditions: [], headerConditions: [] };
  if (kind === 'Scheduled') {
    const zone = timezone === '' ? {} : { timezone };
    return { type: 'Scheduled', spec: { type: 'Cron', spec: { type: 'UNIX', expression, ...zone } } };
  }
  if (kind === 'Custom') return { type: 'Webhook', spec: { type: 'Custom', spec: none } };
  const repository = { connectorRef, ...(repoName === '' ? {} : { repoName }) };
  const spec = { type: event, spec: { ...repository, autoAbortPreviousExecutions: false, actions: [], ...none } };
  return { type: 'Webhook', spec: { type: kind, spec } };
}
