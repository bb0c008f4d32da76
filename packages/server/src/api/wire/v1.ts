/** Entities in the snake case of the v1 surface (api.md §4.3). */
import type { InputField, InputTemplate } from '@bridle/pipeline';
import type {
  V1InputSet,
  V1Inputs,
  V1InputsSchema,
  V1Organization,
  V1Pipeline,
  V1PipelineSummary,
  V1Project,
  V1Trigger,
} from '@bridle/protocol';
import type { RecentExecutionRow } from '../../store/pipeline-activity.ts';
import type { InputSetRow } from '../../store/input-sets.ts';
import type { OrganizationRow } from '../../store/organizations.ts';
import type { PipelineRow } from '../../store/pipelines.ts';
import type { ProjectRow } from '../../store/projects.ts';
import type { TriggerRow } from '../../store/triggers.ts';

export function v1Pipeline(row: PipelineRow): V1Pipeline {
  return {
    pipeline_yaml: row.yaml,
    ...named(row),
    org: row.scope.orgIdentifier,
    project: row.scope.projectIdentifier,
    modules: [...row.modules],
    valid: true,
    store_type: 'INLINE',
  };
}

/** `recent` are its executions of late, newest first. */
export function v1PipelineSummary(row: PipelineRow, recent: readonly RecentExecutionRow[]): V1PipelineSummary {
  return {
    ...named(row),
    modules: [...row.modules],
    store_type: 'INLINE',
    stage_count: row.stageNames.length,
    stage_names: [...row.stageNames],
    recent_execution_info: recent.map(({ id, runSequence, status, startedAt, endedAt, cause }) => ({
      execution_id: id,
      run_number: runSequence,
      status,
      ...(startedAt === undefined ? {} : { started: startedAt }),
      ...(endedAt === undefined ? {} : { ended: endedAt }),
      executor_info: {
        trigger_type: cause.triggerType,
        username: cause.triggeredBy.identifier,
        ...(cause.triggeredBy.email === undefined ? {} : { email: cause.triggeredBy.email }),
      },
    })),
  };
}

export function v1InputSet(row: InputSetRow): V1InputSet {
  return {
    input_set_yaml: row.yaml,
    ...named(row),
    org: row.scope.orgIdentifier,
    project: row.scope.projectIdentifier,
    pipeline: row.pipelineIdentifier,
    store_type: 'INLINE',
  };
}

export function v1Trigger(row: TriggerRow): V1Trigger {
  return {
    trigger_yaml: row.yaml,
    ...named(row),
    org: row.scope.orgIdentifier,
    project: row.scope.projectIdentifier,
    pipeline: row.pipelineIdentifier,
    type: row.type,
    enabled: row.isEnabled,
  };
}

export function v1Inputs(template: InputTemplate, modules: readonly string[], hasInputSets: boolean): V1Inputs {
  return {
    has_input_sets: hasInputSets,
    ...(template.templateYaml === undefined ? {} : { template_yaml: template.templateYaml }),
    replaced_expressions: [],
    modules: [...modules],
    inputs: Object.fromEntries(template.inputs.map((field) => [field.path, details(field)])),
  };
}

export function v1InputsSchema(inputs: readonly InputField[]): V1InputsSchema {
  return {
    inputs: inputs.map((field) => ({ path: field.path, required: field.required, details: details(field) })),
  };
}

export function v1Organization({ createdAt, updatedAt, ...row }: OrganizationRow): V1Organization {
  const { identifier, name, description, tags } = row;
  return {
    org: { identifier, name, description, tags: { ...tags } },
    created: createdAt,
    updated: updatedAt,
    harness_managed: false,
  };
}

export function v1Project({ createdAt, updatedAt, ...row }: ProjectRow): V1Project {
  const { identifier, name, description, tags, orgIdentifier, color, modules } = row;
  return {
    project: { identifier, name, org: orgIdentifier, color, modules: [...modules], description, tags: { ...tags } },
    created: createdAt,
    updated: updatedAt,
  };
}

function details({
  label,
  type,
  description,
  required,
  allowedValues,
  regex,
  ...field
}: InputField): Record<string, unknown> {
  return {
    name: label,
    type,
    required,
    ...(description === undefined ? {} : { description }),
    ...(field.default === undefined ? {} : { default: field.default }),
    ...(allowedValues === undefined ? {} : { allowed_values: [...allowedValues] }),
    ...(regex === undefined ? {} : { regex }),
  };
}

interface Named {
  readonly identifier: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

function named({ identifier, name, description, tags, createdAt, updatedAt }: Named): Omit<
  Named,
  'createdAt' | 'updatedAt' | 'tags'
> & {
  readonly tags: Record<string, string>;
  readonly created: number;
  readonly updated: number;
} {
  return { identifier, name, description, tags: { ...tags }, created: createdAt, updated: updatedAt };
}
