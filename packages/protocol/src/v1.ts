/** The v1 REST surface (api.md §4.3): snake case, no envelope, times in milliseconds. */
import { Type, type Static, type TObject, type TSchema } from 'typebox';
import { IDENTIFIER_PATTERN, Tags, Time } from './schema.ts';

const Identifier = Type.String({ pattern: IDENTIFIER_PATTERN });
const Name = Type.String({ minLength: 1, maxLength: 128 });
const Description = Type.Optional(Type.String({ maxLength: 1_024 }));

/** What an entity is called beside its YAML; the YAML says the same, and what differs is refused. */
const named = {
  identifier: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  tags: Type.Optional(Tags),
};

export const V1Identifier = Type.Object({ identifier: Type.String() });
export type V1Identifier = Static<typeof V1Identifier>;

export const V1PipelineRequest = Type.Object({
  ...named,
  pipeline_yaml: Type.String({ description: 'The pipeline as YAML; what is said beside it must agree with it.' }),
});
export type V1PipelineRequest = Static<typeof V1PipelineRequest>;

/** What is left out stays as it is. */
export const V1PipelinePatch = Type.Object(
  {
    identifier: Type.Optional(Type.String({ description: 'Cannot be changed.' })),
    name: Type.Optional(Name),
    description: Description,
    tags: Type.Optional(Tags),
    pipeline_yaml: Type.Optional(Type.String({ description: 'The whole pipeline; the rest is changed in it.' })),
  },
  { examples: [{ name: 'Release', description: 'Builds and publishes', tags: { team: 'core' } }] },
);
export type V1PipelinePatch = Static<typeof V1PipelinePatch>;

export const V1Pipeline = Type.Object({
  pipeline_yaml: Type.String(),
  template_applied_pipeline_yaml: Type.Optional(Type.String()),
  identifier: Type.String(),
  name: Type.String(),
  org: Type.String(),
  project: Type.String(),
  description: Type.String(),
  tags: Tags,
  modules: Type.Array(Type.String()),
  valid: Type.Boolean(),
  created: Time,
  updated: Time,
  store_type: Type.Literal('INLINE'),
});
export type V1Pipeline = Static<typeof V1Pipeline>;

const V1RecentExecution = Type.Object({
  execution_id: Type.String(),
  run_number: Type.Integer(),
  status: Type.String(),
  started: Type.Optional(Time),
  ended: Type.Optional(Time),
  executor_info: Type.Object({
    trigger_type: Type.String(),
    username: Type.String(),
    email: Type.Optional(Type.String()),
  }),
});

export const V1PipelineSummary = Type.Object({
  identifier: Type.String(),
  name: Type.String(),
  description: Type.String(),
  tags: Tags,
  created: Time,
  updated: Time,
  modules: Type.Array(Type.String()),
  store_type: Type.Literal('INLINE'),
  stage_count: Type.Integer(),
  stage_names: Type.Array(Type.String()),
  recent_execution_info: Type.Array(V1RecentExecution),
});
export type V1PipelineSummary = Static<typeof V1PipelineSummary>;

export const V1Validation = Type.Object({
  uuid: Type.String(),
  status: Type.Enum(['SUCCESS', 'FAILURE']),
  errors: Type.Array(Type.Object({ message: Type.String(), fqn: Type.String() })),
});
export type V1Validation = Static<typeof V1Validation>;

export const V1InputSetRequest = Type.Object({
  ...named,
  input_set_yaml: Type.String({ description: 'The input set as YAML; what is said beside it must agree with it.' }),
});

export const V1InputSet = Type.Object({
  input_set_yaml: Type.String(),
  identifier: Type.String(),
  name: Type.String(),
  org: Type.String(),
  project: Type.String(),
  pipeline: Type.String(),
  description: Type.String(),
  tags: Tags,
  created: Time,
  updated: Time,
  store_type: Type.Literal('INLINE'),
});
export type V1InputSet = Static<typeof V1InputSet>;

export const V1TriggerRequest = Type.Object({
  ...named,
  trigger_yaml: Type.String({ description: 'The trigger as YAML; what is said beside it must agree with it.' }),
});

export const V1Trigger = Type.Object({
  trigger_yaml: Type.String(),
  identifier: Type.String(),
  name: Type.String(),
  org: Type.String(),
  project: Type.String(),
  pipeline: Type.String(),
  description: Type.String(),
  tags: Tags,
  type: Type.String(),
  enabled: Type.Boolean(),
  created: Time,
  updated: Time,
});
export type V1Trigger = Static<typeof V1Trigger>;

export const V1ExecuteRequest = Type.Object({
  inputs_yaml: Type.Optional(Type.String({ description: 'Runtime inputs as YAML rooted at `pipeline:`.' })),
  runtime_yaml: Type.Optional(Type.String({ description: 'The same under its older name.' })),
  input_set_refs: Type.Optional(Type.Array(Type.String(), { description: 'Merged in this order below the inputs.' })),
  notes: Type.Optional(Type.String()),
});
export type V1ExecuteRequest = Static<typeof V1ExecuteRequest>;

export const V1StagesRequest = Type.Object({
  ...V1ExecuteRequest.properties,
  stage_identifiers: Type.Array(Type.String()),
  expression_values: Type.Optional(Type.Record(Type.String(), Type.String())),
});

export const V1DynamicRequest = Type.Object({
  yaml: Type.String({ description: 'The whole pipeline to run in place of the saved one, as YAML.' }),
  inputs_yaml: V1ExecuteRequest.properties.inputs_yaml,
});

export const V1Started = Type.Object({
  execution_details: Type.Object({
    execution_id: Type.String(),
    status: Type.String({ description: 'Raw engine name, such as RUNNING.' }),
  }),
});
export type V1Started = Static<typeof V1Started>;

export const V1Inputs = Type.Object({
  has_input_sets: Type.Boolean(),
  template_yaml: Type.Optional(Type.String({ description: 'Absent when nothing is asked.' })),
  replaced_expressions: Type.Array(Type.String()),
  modules: Type.Array(Type.String()),
  inputs: Type.Record(Type.String(), Type.Unknown(), { description: 'By the place of each in the pipeline.' }),
});
export type V1Inputs = Static<typeof V1Inputs>;

export const V1InputsSchema = Type.Object({
  inputs: Type.Array(
    Type.Object({ path: Type.String(), required: Type.Boolean(), details: Type.Record(Type.String(), Type.Unknown()) }),
  ),
});
export type V1InputsSchema = Static<typeof V1InputsSchema>;

const Organization = Type.Object({
  identifier: Identifier,
  name: Name,
  description: Description,
  tags: Type.Optional(Tags),
});

export const V1OrganizationRequest = Type.Object({ org: Organization });

export const V1Organization = Type.Object({
  org: Type.Object({ identifier: Type.String(), name: Type.String(), description: Type.String(), tags: Tags }),
  created: Time,
  updated: Time,
  harness_managed: Type.Boolean(),
});
export type V1Organization = Static<typeof V1Organization>;

export const V1ProjectRequest = Type.Object({
  project: Type.Object({
    identifier: Identifier,
    name: Name,
    org: Type.Optional(Type.String()),
    color: Type.Optional(Type.String()),
    modules: Type.Optional(Type.Array(Type.String())),
    description: Description,
    tags: Type.Optional(Tags),
  }),
});

export const V1Project = Type.Object({
  project: Type.Object({
    identifier: Type.String(),
    name: Type.String(),
    org: Type.String(),
    color: Type.String(),
    modules: Type.Array(Type.String()),
    description: Type.String(),
    tags: Tags,
  }),
  created: Time,
  updated: Time,
});
export type V1Project = Static<typeof V1Project>;

/** The query of a v1 list. */
export function v1Paging<T extends Record<string, TSchema>>(more: T): TObject<typeof pagingKeys & T> {
  return Type.Object({ ...pagingKeys, ...more });
}

const pagingKeys = {
  page: Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 30 }),
  search_term: Type.Optional(Type.String()),
};
