/** Saved input sets and overlays, and what they merge to (api.md §4.2). */
import { Type, type Static } from 'typebox';
import { EntityGitDetails } from './git-details.ts';
import { EntityValidity } from './pipelines.ts';
import { nullable, Tags, Time } from './schema.ts';

/** What of saved sets does not fit the pipeline, or is gone. */
export const InputSetErrorWrapper = Type.Object({
  type: Type.Literal('InputSetErrorWrapper'),
  uuidToErrorResponseMap: Type.Record(
    Type.String({ description: 'Path of the value.' }),
    Type.Object({
      errors: Type.Array(
        Type.Object({
          fieldName: Type.String(),
          message: Type.String(),
          identifierOfErrorSource: nullable(Type.String()),
        }),
      ),
    }),
  ),
  invalidInputSetReferences: Type.Array(Type.String()),
});
export type InputSetErrorWrapper = Static<typeof InputSetErrorWrapper>;

const common = {
  accountId: Type.String(),
  orgIdentifier: Type.String(),
  projectIdentifier: Type.String(),
  pipelineIdentifier: Type.String(),
  identifier: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  tags: Tags,
  outdated: Type.Boolean({ description: 'It gives what the pipeline does not ask for any more.' }),
  errorResponse: Type.Boolean(),
  gitDetails: EntityGitDetails,
  entityValidityDetails: EntityValidity,
  storeType: Type.Literal('INLINE'),
};

export const InputSetResponse = Type.Object({
  ...common,
  inputSetYaml: Type.String(),
  inputSetErrorWrapper: Type.Optional(InputSetErrorWrapper),
});
export type InputSetResponse = Static<typeof InputSetResponse>;

export const OverlayInputSetResponse = Type.Object({
  ...common,
  overlayInputSetYaml: Type.String(),
  inputSetReferences: Type.Array(Type.String()),
  invalidInputSetReferences: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Input sets that are gone, and why they are needed.' }),
  ),
});
export type OverlayInputSetResponse = Static<typeof OverlayInputSetResponse>;

export const InputSetSummary = Type.Object({
  identifier: Type.String(),
  name: Type.String(),
  pipelineIdentifier: Type.String(),
  description: Type.Optional(Type.String()),
  inputSetType: Type.Enum(['INPUT_SET', 'OVERLAY_INPUT_SET']),
  tags: Tags,
  gitDetails: EntityGitDetails,
  createdAt: Time,
  lastUpdatedAt: Time,
  isOutdated: Type.Boolean(),
  inputSetErrorDetails: Type.Optional(InputSetErrorWrapper),
  overlaySetErrorDetails: Type.Optional(
    Type.Record(Type.String(), Type.String(), { description: 'Input sets that are gone, and why they are needed.' }),
  ),
  entityValidityDetails: EntityValidity,
  storeType: Type.Literal('INLINE'),
});
export type InputSetSummary = Static<typeof InputSetSummary>;

/** Which sets to merge, and how. */
export const InputSetMergeRequest = Type.Object({
  inputSetReferences: Type.Optional(nullable(Type.Array(Type.String()))),
  withMergedPipelineYaml: Type.Optional(nullable(Type.Boolean())),
  stageIdentifiers: Type.Optional(nullable(Type.Array(Type.String()))),
  lastYamlToMerge: Type.Optional(nullable(Type.String({ description: 'Inputs that win over the sets.' }))),
});
export type InputSetMergeRequest = Static<typeof InputSetMergeRequest>;

export const InputSetMergeResponse = Type.Object({
  pipelineYaml: Type.Optional(
    Type.String({ description: 'The input template with the merged values; the rest is still asked for.' }),
  ),
  completePipelineYaml: Type.Optional(Type.String({ description: 'The pipeline with them.' })),
  errorResponse: Type.Boolean(),
  inputSetErrorWrapper: Type.Optional(InputSetErrorWrapper),
});
export type InputSetMergeResponse = Static<typeof InputSetMergeResponse>;
