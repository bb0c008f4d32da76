/** Saved templates (`/template/api/templates`). The contract gives no shapes; these are the ones its clients read. */
import { Type, type Static } from 'typebox';
import { EntityGitDetails } from './git-details.ts';
import { EntityValidity } from './pipelines.ts';
import { nullable, Tags, Time } from './schema.ts';

export const TemplateResponse = Type.Object({
  accountId: Type.String(),
  orgIdentifier: Type.Optional(Type.String()),
  projectIdentifier: Type.Optional(Type.String()),
  identifier: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  tags: Tags,
  yaml: Type.String(),
  versionLabel: Type.String(),
  templateEntityType: Type.String({ description: 'Step, StepGroup, Stage, Pipeline, …' }),
  childType: Type.Optional(Type.String({ description: 'Type of the step or stage it makes.' })),
  templateScope: Type.Enum(['account', 'org', 'project']),
  version: Type.Integer({ description: 'Raised by each change; what If-Match compares.' }),
  stableTemplate: Type.Boolean(),
  gitDetails: EntityGitDetails,
  entityValidityDetails: EntityValidity,
  createdAt: Time,
  lastUpdatedAt: Time,
  storeType: Type.Literal('INLINE'),
});
export type TemplateResponse = Static<typeof TemplateResponse>;

/** Answer to a save. */
export const TemplateWrapperResponse = Type.Object({
  valid: Type.Boolean(),
  templateResponseDTO: TemplateResponse,
});
export type TemplateWrapperResponse = Static<typeof TemplateWrapperResponse>;

/** Body of the templates lists; unknown keys are ignored. */
export const TemplateFilter = Type.Object({
  filterType: Type.Optional(Type.String()),
  templateIdentifiers: Type.Optional(nullable(Type.Array(Type.String()))),
  templateEntityTypes: Type.Optional(nullable(Type.Array(Type.String()))),
  childTypes: Type.Optional(nullable(Type.Array(Type.String()))),
});
export type TemplateFilter = Static<typeof TemplateFilter>;

export const TemplateReferenceSummary = Type.Object({
  templateIdentifier: Type.String(),
  versionLabel: Type.String({ description: 'The version that was found, also where the stable one was asked for.' }),
  scope: Type.Enum(['account', 'org', 'project']),
});
export type TemplateReferenceSummary = Static<typeof TemplateReferenceSummary>;

/** A pipeline whose templates are to be put in place. */
export const ApplyTemplatesRequest = Type.Object({ originalEntityYaml: Type.String({ minLength: 1 }) });
export type ApplyTemplatesRequest = Static<typeof ApplyTemplatesRequest>;

/** A pipeline with its templates in place of the links. */
export const TemplateMergeResponse = Type.Object({
  mergedPipelineYaml: Type.String(),
  templateReferenceSummaries: Type.Array(TemplateReferenceSummary),
});
export type TemplateMergeResponse = Static<typeof TemplateMergeResponse>;
