/**
 * Trigger YAML → typed document with diagnostics (api.md §3.6). For a trigger, "run" means fire: what blocks running lets it
 * save, and never fire.
 */
import { Findings, isBlocked, type Diagnostic } from './diagnostics.ts';
import { SECRET_REFERENCE } from './connectors/fields.ts';
import { readCron, type CronSource } from './cron-trigger.ts';
import { isGitProvider, readGitWebhook, type GitWebhookSource } from './git-trigger.ts';
import { readIdentifier, readName } from './identifiers.ts';
import { loadYaml } from './load-yaml.ts';
import { findRoot } from './parse-pipeline.ts';
import { readFlag, readMap, readTags, readText, reportKind, warnUnknownKeys } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import { CONDITION_KEYS, readWebhookConditions, type WebhookConditions } from './trigger-conditions.ts';
import { describeKind, find, findText, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

export interface TriggerDocument {
  readonly identifier: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly orgIdentifier: string;
  readonly projectIdentifier: string;
  readonly pipelineIdentifier: string;
  readonly source: TriggerSource;
  /** The secret that callers sign with, as a reference. */
  readonly webhookSecretRef?: string;
  /** YAML rooted at `pipeline`; the empty text when the trigger supplies no inputs. May hold `<+trigger.…>`. */
  readonly inputYaml: string;
  readonly inputSetRefs: readonly string[];
  readonly stagesToExecute: readonly string[];
}

export type TriggerSource =
  | CustomWebhookSource
  | GitWebhookSource
  | CronSource
  /** Known to Harness, not carried by Bridle yet: the trigger never fires. `type` as in `Webhook`, `detail` as in `Github`. */
  | { readonly kind: 'notRunYet'; readonly type: string; readonly detail?: string };

export interface CustomWebhookSource extends WebhookConditions {
  readonly kind: 'customWebhook';
}

export interface ParsedTrigger {
  /** Absent when the text is no YAML or has no `trigger`. */
  readonly trigger?: TriggerDocument;
  readonly diagnostics: readonly Diagnostic[];
}

export const SOURCE_TYPES = [
  'Webhook',
  'Scheduled',
  'Artifact',
  'Manifest',
  'MultiRegionArtifact',
  'SystemEvent',
] as const;
export const WEBHOOK_TYPES = [
  'Custom',
  'Github',
  'Gitlab',
  'Bitbucket',
  'AzureRepo',
  'Harness',
  'AwsCodeCommit',
  'EventRelay',
  'HarnessArtifactRegistry',
] as const;
export const TRIGGER_KEYS = [
  'name',
  'identifier',
  'enabled',
  'description',
  'tags',
  'orgIdentifier',
  'projectIdentifier',
  'pipelineIdentifier',
  'stagesToExecute',
  'encryptedWebhookSecretIdentifier',
  'source',
  'inputYaml',
  'inputSetRefs',
  'pipelineBranchName',
  'inputSetBranchName',
] as const;

export function parseTrigger(yaml: string): ParsedTrigger {
  const { root, diagnostics } = loadYaml(yaml);
  const findings = new Findings();
  findings.addAll(diagnostics);
  const map = root === undefined && diagnostics.length > 0 ? undefined : findRoot(root, 'trigger', findings);
  if (map === undefined) return { diagnostics: findings.list() };
  const trigger = readTrigger(map, findings);
  return { trigger, diagnostics: findings.list() };
}

function readTrigger(map: MapNode, findings: Findings): TriggerDocument {
  const what = 'the trigger';
  warnUnknownKeys(map, TRIGGER_KEYS, what, findings);
  const identifier = readIdentifier(map, 'trigger', findings);
  const description = readText(map, 'description', what, findings);
  const inputSetRefs = readTexts(map, 'inputSetRefs', what, findings);
  const stagesToExecute = readTexts(map, 'stagesToExecute', what, findings);
  const webhookSecretRef = readSecretReference(map, findings);
  reportBranches(map, findings);
  return {
    identifier,
    name: readName(map, 'trigger', identifier, findings),
    ...(description === undefined ? {} : { description }),
    tags: readTags(map, what, findings),
    enabled: isEmpty(find(map, 'enabled')) || readFlag(map, 'enabled', what, findings),
    orgIdentifier: readScope(map, 'orgIdentifier', findings),
    projectIdentifier: readScope(map, 'projectIdentifier', findings),
    pipelineIdentifier: readScope(map, 'pipelineIdentifier', findings),
    source: readSource(map, findings),
    ...(webhookSecretRef === undefined ? {} : { webhookSecretRef }),
    inputYaml: readInputYaml(map, findings),
    inputSetRefs,
    stagesToExecute,
  };
}

function readSecretReference(map: MapNode, findings: Findings): string | undefined {
  const key = 'encryptedWebhookSecretIdentifier';
  const text = readText(map, key, 'the trigger', findings)?.trim() ?? '';
  if (text === '') return undefined;
  if (!SECRET_REFERENCE.test(text)) {
    findings.add(
      'TRIGGER_SECRET_INVALID',
      'run',
      find(map, key) ?? map,
      `${key} is no reference to a secret: "${text}".`,
      'Write the identifier of a secret, with org. or account. in front when it is theirs.',
    );
  }
  return text;
}

/** Pipelines have no branches here. */
function reportBranches(map: MapNode, findings: Findings): void {
  for (const key of ['pipelineBranchName', 'inputSetBranchName']) {
    const node = find(map, key);
    if (node !== undefined && !isEmpty(node)) {
      findings.add(
        'CONSTRUCT_IGNORED',
        'nothing',
        node,
        `${key} has no effect: Bridle keeps pipelines in its own store, which has no branches.`,
      );
    }
  }
}

/** Required, but the API knows the values from its query: a missing one is filled there. */
function readScope(map: MapNode, key: string, findings: Findings): string {
  const text = readText(map, key, 'the trigger', findings) ?? '';
  if (text === '')
    findings.add(
      'FIELD_MISSING',
      'nothing',
      find(map, key) ?? map,
      `The trigger has no ${key}.`,
      'It is taken from the request.',
    );
  return text;
}

function readTexts(map: MapNode, key: string, what: string, findings: Findings): readonly string[] {
  const node = find(map, key);
  if (node === undefined || isEmpty(node)) return [];
  if (node.kind === 'scalar') return [node.text];
  if (node.kind === 'map') {
    reportKind(node, `the field ${key} of ${what}`, 'a list of texts', findings);
    return [];
  }
  return node.items.flatMap((item) => {
    if (item.kind === 'scalar') return [item.text];
    reportKind(item, `an item of ${key} of ${what}`, 'text', findings);
    return [];
  });
}

function readInputYaml(map: MapNode, findings: Findings): string {
  const text = readText(map, 'inputYaml', 'the trigger', findings) ?? '';
  const node = find(map, 'inputYaml');
  if (text.trim() === '' || node === undefined) return '';
  const { root, diagnostics } = loadYaml(text, 'inputs');
  const broken = diagnostics.find(({ blocks }) => blocks !== 'nothing');
  if (broken !== undefined) {
    findings.add(
      'TRIGGER_INPUTS_INVALID',
      'save',
      node,
      `inputYaml is not valid YAML (its line ${String(broken.range.start.line)}): ${broken.message}`,
      broken.hint,
    );
  } else if (find(root, 'pipeline') === undefined) {
    findings.add(
      'TRIGGER_INPUTS_INVALID',
      'save',
      node,
      `inputYaml must be a map with the key pipeline${root === undefined ? '' : `, but it is ${describeKind(root)}`}.`,
      'Write "pipeline: {}" when there is nothing to supply.',
    );
  }
  return text;
}

function readSource(map: MapNode, findings: Findings): TriggerSource {
  const source = readMap(map, 'source', 'the trigger', findings);
  if (source === undefined) {
    findings.add(
      'FIELD_MISSING',
      'run',
      find(map, 'source') ?? map,
      'The trigger has no source: nothing can fire it.',
      'Add source: with type: Webhook, and below it spec: with type: Custom.',
    );
    return { kind: 'notRunYet', type: '' };
  }
  const type = findText(source, 'type') ?? '';
  const at = find(source, 'type') ?? source;
  if (!(SOURCE_TYPES as readonly string[]).includes(type)) {
    findings.add(
      'TRIGGER_SOURCE_UNKNOWN',
      'run',
      at,
      `"${type}" is not a type of trigger source.`,
      didYouMean(type, SOURCE_TYPES) ?? `It takes ${SOURCE_TYPES.join(', ')}.`,
    );
    return { kind: 'notRunYet', type };
  }
  warnUnknownKeys(source, ['type', 'spec', 'pollInterval', 'webhookId'], 'the trigger source', findings);
  if (type === 'Scheduled') return readSchedule(source, at, findings);
  if (type !== 'Webhook') return notRunYet(at, type, undefined, findings);
  const spec = readMap(source, 'spec', 'the trigger source', findings);
  const webhook = findText(spec, 'type') ?? '';
  const webhookAt = find(spec, 'type') ?? at;
  if (!(WEBHOOK_TYPES as readonly string[]).includes(webhook)) {
    findings.add(
      'TRIGGER_SOURCE_UNKNOWN',
      'run',
      webhookAt,
      `"${webhook}" is not a type of webhook.`,
      didYouMean(webhook, WEBHOOK_TYPES) ?? `It takes ${WEBHOOK_TYPES.join(', ')}.`,
    );
    return { kind: 'notRunYet', type, detail: webhook };
  }
  const inner = readMap(spec ?? source, 'spec', 'the webhook', findings);
  if (webhook === 'Custom') return readCustomWebhook(inner, findings);
  if (!isGitProvider(webhook)) return notRunYet(webhookAt, type, webhook, findings);
  return readGitWebhook(webhook, inner, webhookAt, findings) ?? { kind: 'notRunYet', type, detail: webhook };
}

function readSchedule(source: MapNode, at: YamlNode, findings: Findings): TriggerSource {
  const spec = readMap(source, 'spec', 'the trigger source', findings);
  const kind = findText(spec, 'type') ?? '';
  if (spec === undefined) {
    findings.add('TRIGGER_SOURCE_INCOMPLETE', 'run', at, 'The trigger has no schedule.', 'Add spec: with type: Cron.');
    return { kind: 'notRunYet', type: 'Scheduled' };
  }
  if (kind !== 'Cron') {
    findings.add(
      'TRIGGER_SOURCE_UNKNOWN',
      'run',
      find(spec, 'type') ?? spec,
      `"${kind}" is not a type of schedule.`,
      'It takes Cron.',
    );
    return { kind: 'notRunYet', type: 'Scheduled', ...(kind === '' ? {} : { detail: kind }) };
  }
  return readCron(readMap(spec, 'spec', 'the schedule', findings), spec, findings);
}

function notRunYet(at: YamlNode, type: string, detail: string | undefined, findings: Findings): TriggerSource {
  const name = detail === undefined ? type : `${type} ${detail}`;
  const line = String(at.range.start.line);
  findings.add(
    'TRIGGER_SOURCE_NOT_RUN_YET',
    'run',
    at,
    `Bridle does not serve ${name} triggers yet (line ${line}).`,
    'The trigger can be saved; it never fires.',
  );
  return { kind: 'notRunYet', type, ...(detail === undefined ? {} : { detail }) };
}

function readCustomWebhook(spec: MapNode | undefined, findings: Findings): CustomWebhookSource {
  if (spec === undefined) return { kind: 'customWebhook', payloadConditions: [], headerConditions: [] };
  warnUnknownKeys(spec, CONDITION_KEYS, 'the webhook', findings);
  return { kind: 'customWebhook', ...readWebhookConditions(spec, findings) };
}

/** May the trigger fire? */
export function canFire({ diagnostics }: ParsedTrigger): boolean {
  return !isBlocked(diagnostics, 'run');
}
