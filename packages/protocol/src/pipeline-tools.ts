/** What clients ask about pipelines besides saving them (api.md §4.1). */
import { Type, type Static } from 'typebox';
import { nullable, Tags } from './schema.ts';

const Place = {
  orgIdentifier: Type.String({ minLength: 1 }),
  projectIdentifier: Type.String({ minLength: 1 }),
  pipelineIdentifier: Type.String({ minLength: 1 }),
};

/** Unknown keys are ignored. */
export const PipelineCloneRequest = Type.Object({
  sourceConfig: Type.Object(Place),
  destinationConfig: Type.Object({
    ...Place,
    pipelineName: Type.Optional(nullable(Type.String({ description: 'Absent = the identifier.' }))),
    description: Type.Optional(nullable(Type.String())),
    tags: Type.Optional(nullable(Tags)),
  }),
  cloneConfig: Type.Optional(
    nullable(
      Type.Object({
        inputSets: Type.Optional(nullable(Type.Boolean({ description: 'Input sets and overlays, too.' }))),
        connectors: Type.Optional(nullable(Type.Boolean())),
        templates: Type.Optional(nullable(Type.Boolean())),
        triggers: Type.Optional(nullable(Type.Boolean())),
      }),
    ),
  ),
});
export type PipelineCloneRequest = Static<typeof PipelineCloneRequest>;

export const PipelineValidationStarted = Type.Object({
  uuid: Type.String({ description: 'Of this version of the pipeline; for the second call.' }),
});

export const PipelineValidation = Type.Object({
  status: Type.Enum(['SUCCESS', 'FAILURE']),
  policyEval: Type.Null({ description: 'Bridle has no policies.' }),
  templateValidation: Type.Object({
    valid: Type.Boolean(),
    exceptionMessage: nullable(Type.String({ description: 'What is wrong, with lines.' })),
  }),
});
export type PipelineValidation = Static<typeof PipelineValidation>;

const YamlProperties = Type.Object({
  fqn: Type.String({ description: 'What `<+…>` says for it.' }),
  localName: Type.String({ description: 'The same from inside of its stage or step.' }),
  variableName: Type.String(),
  aliasFqn: Type.String(),
  visible: Type.Boolean(),
});

export const PipelineVariables = Type.Object({
  yaml: Type.String({ description: 'The pipeline with an id in place of each value.' }),
  metadataMap: Type.Record(
    Type.String({ description: 'The id.' }),
    Type.Object({
      yamlProperties: Type.Optional(YamlProperties),
      yamlOutputProperties: Type.Optional(
        Type.Object({ outputProperties: Type.Array(YamlProperties) }, { description: 'Of a step: what it gives out.' }),
      ),
    }),
  ),
  errorResponses: Type.Null(),
  serviceExpressionPropertiesList: Type.Array(Type.Unknown()),
});
export type PipelineVariables = Static<typeof PipelineVariables>;

/** Unknown keys are ignored. */
export const StepPaletteRequest = Type.Object({
  stepPalleteModuleInfos: Type.Optional(
    nullable(
      Type.Array(
        Type.Object({
          module: Type.String(),
          category: Type.Optional(nullable(Type.String())),
          shouldShowCommonSteps: Type.Optional(nullable(Type.Boolean())),
          commonStepCategory: Type.Optional(nullable(Type.String())),
        }),
      ),
    ),
  ),
});
export type StepPaletteRequest = Static<typeof StepPaletteRequest>;

const StepData = Type.Object({
  name: Type.String(),
  type: Type.String(),
  disabled: Type.Boolean(),
  featureRestrictionName: Type.Null(),
});

/** Categories hold categories in Harness; Bridle has one level. */
export const StepPalette = Type.Object({
  name: Type.Literal('Library'),
  stepsData: Type.Array(StepData),
  stepCategories: Type.Array(
    Type.Object({
      name: Type.String(),
      stepsData: Type.Array(StepData),
      stepCategories: Type.Array(Type.Unknown()),
    }),
  ),
});
export type StepPalette = Static<typeof StepPalette>;

export const ExpandedPipelineJson = Type.Object({
  expandedJson: Type.String({ description: 'The pipeline with its templates in place, as JSON.' }),
});

export const RepositoryList = Type.Object({
  repositories: Type.Array(Type.String(), { description: 'Empty: nothing is kept in Git.' }),
});
export const BranchList = Type.Object({ branches: Type.Array(Type.String()) });
