/** Saved pipelines (api.md §4.1) and the template of their runtime inputs (§4.2). */
import { Type, type Static } from 'typebox';
import { EntityGitDetails } from './git-details.ts';
import { GovernanceMetadata } from './execution-summary.ts';
import { nullable, Tags, Time } from './schema.ts';

export const EntityValidity = Type.Object({
  valid: Type.Boolean(),
  invalidYaml: Type.Optional(Type.String()),
});

export const PipelineResponse = Type.Object({
  yamlPipeline: Type.String(),
  resolvedTemplatesPipelineYaml: Type.Optional(Type.String()),
  gitDetails: EntityGitDetails,
  entityValidityDetails: EntityValidity,
  modules: Type.Array(Type.String()),
  storeType: Type.Literal('INLINE'),
  publicAccessResponse: Type.Object({
    public: Type.Boolean(),
    errorMessage: nullable(Type.String()),
  }),
  allowDynamicExecutions: Type.Boolean(),
  validationUuid: Type.Optional(Type.String({ description: 'Where it was asked for: of a check of this version.' })),
});
export type PipelineResponse = Static<typeof PipelineResponse>;

export const PipelineSaveResponse = Type.Object({
  identifier: nullable(Type.String()),
  governanceMetadata: nullable(GovernanceMetadata),
  publicAccessResponse: Type.Object({
    public: Type.Boolean(),
    errorMessage: nullable(Type.String()),
  }),
});
export type PipelineSaveResponse = Static<typeof PipelineSaveResponse>;

export const RecentExecution = Type.Object({
  executorInfo: Type.Object({
    triggerType: Type.String(),
    username: Type.String(),
    email: Type.Optional(Type.String()),
  }),
  planExecutionId: Type.String(),
  status: Type.String(),
  startTs: Type.Optional(Time),
  endTs: Type.Optional(Time),
  runSequence: Type.Integer(),
});
export type RecentExecution = Static<typeof RecentExecution>;

export const PipelineSummary = Type.Object({
  name: Type.String(),
  identifier: Type.String(),
  description: Type.Optional(Type.String()),
  tags: Tags,
  version: Type.Integer(),
  numOfStages: Type.Integer(),
  createdAt: Time,
  lastUpdatedAt: Time,
  modules: Type.Array(Type.String()),
  executionSummaryInfo: Type.Object({
    numOfErrors: Type.Array(Type.Integer()),
    deployments: Type.Array(Type.Integer()),
    lastExecutionTs: Type.Optional(Time),
    lastExecutionStatus: Type.Optional(Type.String()),
    lastExecutionId: Type.Optional(Type.String()),
  }),
  recentExecutionsInfo: Type.Array(RecentExecution),
  filters: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
  stageNames: Type.Array(Type.String()),
  gitDetails: Type.Optional(EntityGitDetails),
  entityValidityDetails: EntityValidity,
  storeType: Type.Literal('INLINE'),
  isDraft: Type.Boolean(),
  yamlVersion: Type.Literal('0'),
});
export type PipelineSummary = Static<typeof PipelineSummary>;

/** Body of the pipelines list; unknown keys are ignored. */
export const PipelineFilter = Type.Object({
  filterType: Type.Optional(nullable(Type.String())),
  pipelineIdentifiers: Type.Optional(nullable(Type.Array(Type.String()))),
  name: Type.Optional(nullable(Type.String())),
  description: Type.Optional(nullable(Type.String())),
  pipelineTags: Type.Optional(
    nullable(Type.Array(Type.Object({ key: Type.String(), value: Type.Optional(nullable(Type.String())) }))),
  ),
  tags: Type.Optional(nullable(Type.Record(Type.String(), nullable(Type.String())))),
  repoName: Type.Optional(nullable(Type.String({ description: 'Matches nothing: no pipeline is kept in Git.' }))),
  moduleProperties: Type.Optional(nullable(Type.Record(Type.String(), Type.Unknown()))),
});
export type PipelineFilter = Static<typeof PipelineFilter>;

/** `inputSetTemplateYaml` is absent when the pipeline has no runtime inputs. */
export const InputSetTemplate = Type.Object({
  inputSetTemplateYaml: Type.Optional(Type.String()),
  replacedExpressions: Type.Array(Type.String()),
  modules: Type.Array(Type.String()),
  hasInputSets: Type.Boolean(),
  inputs: Type.Optional(Type.Array(Type.Unknown({ description: 'The inputs one by one, for forms. Bridle only.' }))),
});
export type InputSetTemplate = Static<typeof InputSetTemplate>;
