/**
 * Trigger documents. What happens in the repository is a custom webhook: its host calls the trigger's address with its own events,
 * and the trigger takes those that its conditions name; no connector is needed for that. What is built is taken from the payload.
 */
import type { Schedule } from '@bridle/pipeline';
import { printYaml } from './assemble.ts';
import { hasCodebase } from './clone-where-asked.ts';
import { toIdentifier } from './identifiers.ts';
import type { ConvertedFile, ConvertOptions } from './result.ts';
import type { PipelineDraft } from './draft.ts';
import type { Yaml, YamlMap } from './yaml-value.ts';

export type TriggerDraft = WebhookTriggerDraft | ScheduledTriggerDraft;

interface TriggerDraftBase {
  readonly name: string;
  /** What is built. Absent from the trigger when the pipeline has no codebase. */
  readonly build: YamlMap;
  readonly notes?: readonly string[];
}

export interface WebhookTriggerDraft extends TriggerDraftBase {
  readonly kind: 'webhook';
  /** The header by which the host names its events, and the events. */
  readonly header: string;
  readonly events: readonly string[];
  readonly conditions: readonly TriggerCondition[];
}

export interface ScheduledTriggerDraft extends TriggerDraftBase {
  readonly kind: 'schedule';
  readonly schedule: Schedule;
}

export interface TriggerCondition {
  /** Below the payload, as in `pull_request.base.ref`. */
  readonly path: string;
  readonly operator: 'In' | 'NotIn' | 'Equals' | 'NotEquals' | 'Regex' | 'StartsWith';
  readonly value: string;
}

/** The branch of `refs/heads/…`. */
export const PUSHED_BRANCH: YamlMap = {
  type: 'branch',
  spec: { branch: '<+<+trigger.payload.ref>.replace("refs/heads/", "")>' },
};
export const PUSHED_TAG: YamlMap = {
  type: 'tag',
  spec: { tag: '<+<+trigger.payload.ref>.replace("refs/tags/", "")>' },
};

export function assembleTrigger(
  trigger: TriggerDraft,
  pipeline: PipelineDraft,
  { orgIdentifier, projectIdentifier }: ConvertOptions,
): ConvertedFile {
  const identifier = toIdentifier(`${pipeline.identifier}_${trigger.name}`, 'trigger');
  const document: YamlMap = {
    name: trigger.name,
    identifier,
    enabled: true,
    orgIdentifier,
    projectIdentifier,
    pipelineIdentifier: pipeline.identifier,
    source: trigger.kind === 'webhook' ? webhook(trigger) : scheduled(trigger),
    inputYaml: inputYaml(trigger, pipeline),
  };
  const notes = new Map<object, readonly string[]>([[document, trigger.notes ?? []]]);
  return { path: `.harness/triggers/${identifier}.yaml`, yaml: printYaml({ trigger: document }, notes) };
}

function webhook({ header, events, conditions }: WebhookTriggerDraft): YamlMap {
  return {
    type: 'Webhook',
    spec: {
      type: 'Custom',
      spec: {
        headerConditions: [condition(`<+trigger.header['${header}']>`, events)],
        payloadConditions: conditions.map(({ path, operator, value }): Yaml => {
          return { key: `<+trigger.payload.${path}>`, operator, value };
        }),
      },
    },
  };
}

function scheduled({ schedule: { form, expression, timezone } }: ScheduledTriggerDraft): YamlMap {
  return { type: 'Scheduled', spec: { type: 'Cron', spec: { type: form, expression, timezone } } };
}

function condition(key: string, values: readonly string[]): Yaml {
  const [only = ''] = values;
  return values.length === 1
    ? { key, operator: 'Equals', value: only }
    : { key, operator: 'In', value: values.join(', ') };
}

/** Values for what the pipeline asks for and has no default for: nobody is there to be asked. */
function inputYaml({ build }: TriggerDraft, pipeline: PipelineDraft): string {
  const asked = pipeline.variables.filter(({ value }) => value === '<+input>');
  const variables = asked.map(({ name, type }): Yaml => ({ name, type, value: '' }));
  const inputs: YamlMap = {
    identifier: pipeline.identifier,
    properties: hasCodebase(pipeline) ? { ci: { codebase: { build } } } : undefined,
    variables: variables.length === 0 ? undefined : variables,
  };
  return printYaml({ pipeline: inputs });
}
