/** Definitions of the stages' specs, one per type that Bridle runs (pipelines.md §1.3, §1.11, §5.6, §6.1). */
import type { CHAIN_KEYS } from '../read-chain.ts';
import { STAGE_TYPES, type StageType } from '../node-parts.ts';
import { CACHING_POLICIES, type CACHING_KEYS } from '../ci/caching.ts';
import { CI_INFRASTRUCTURES, CI_RUNTIMES, PLATFORM_ARCHITECTURES, PLATFORM_SYSTEMS } from '../ci/ci-infrastructure.ts';
import type { CI_SPEC_KEYS } from '../ci/ci-spec.ts';
import type { CUSTOM_SPEC_KEYS } from '../read-stage.ts';
import { DEPLOYMENT_DEFINITIONS, DEPLOYMENT_FIELDS } from './deployment-schema.ts';
import { anything, branch, flag, list, map, text, texts, usualWord, word } from './fields.ts';
import { reference, type FieldsOf, type JsonSchema } from './json-schema.ts';

const execution = reference('execution');

const CUSTOM_FIELDS: FieldsOf<typeof CUSTOM_SPEC_KEYS> = {
  execution,
  environment: anything('The environment the stage works with.'),
  outputs: anything('Values that the stage gives out.'),
};

const CACHING_FIELDS: FieldsOf<typeof CACHING_KEYS> = {
  enabled: flag('Whether anything is cached.'),
  key: text({
    description: 'What a cache is found by; texts such as {{ checksum "package-lock.json" }} are filled in.',
    examples: ['app-{{ checksum "package-lock.json" }}'],
  }),
  paths: texts({ description: 'The folders that are kept.', examples: [['node_modules']] }),
  override: flag('Whether a key that is there is written anew.'),
  policy: word(CACHING_POLICIES, 'pull brings caches back, push keeps them, pull-push does both.'),
};

const CI_FIELDS: FieldsOf<typeof CI_SPEC_KEYS> = {
  cloneCodebase: flag('Whether the codebase of the pipeline is cloned first.'),
  infrastructure: map(
    {
      type: usualWord(CI_INFRASTRUCTURES, 'Its kind.'),
      spec: anything('What belongs to its kind.'),
      useFromStage: anything('The earlier stage whose infrastructure it takes.'),
    },
    'Where the stage runs in Harness. Here its steps run on a delegate.',
  ),
  platform: map(
    {
      os: word(PLATFORM_SYSTEMS, 'The operating system of the delegate.'),
      arch: word(PLATFORM_ARCHITECTURES, 'The processor of the delegate.'),
    },
    'What the delegate must be.',
  ),
  runtime: map(
    { type: usualWord(CI_RUNTIMES, 'Its kind.'), spec: anything('What belongs to its kind.') },
    'Where the stage runs in Harness. Here its steps run on a delegate.',
  ),
  sharedPaths: texts('Paths that the containers of its steps share.'),
  serviceDependencies: anything('Services that run beside the steps; the Background step is their successor.'),
  caching: map(CACHING_FIELDS, 'Folders that are kept from one run to the next.'),
  buildIntelligence: anything('Whether what has not changed is built again.'),
  execution,
};

const CHAIN_FIELDS: FieldsOf<typeof CHAIN_KEYS> = {
  org: text('The organization of the pipeline.'),
  project: text('The project of the pipeline.'),
  pipeline: text('The pipeline that the stage starts.'),
  inputs: map({}, 'Values for its runtime inputs: the tree below its pipeline key.'),
  pipelineInputs: map({}, 'The same as inputs.'),
  inputSetReferences: texts('Input sets of the pipeline, folded in this order.'),
  outputs: list(
    map(
      { name: text('Its name here.'), value: text('An expression of the started pipeline.') },
      'A value that the stage gives out.',
      ['name'],
    ),
    'What the stage gives out when the pipeline has ended.',
  ),
};

const SPECS: Readonly<Record<StageType, JsonSchema>> = {
  Custom: map(CUSTOM_FIELDS, 'Steps on delegates.', ['execution']),
  Approval: map(CUSTOM_FIELDS, 'Steps that people answer.', ['execution']),
  CI: map(CI_FIELDS, 'Steps that share one workspace on one delegate.', ['execution']),
  Deployment: map(DEPLOYMENT_FIELDS, 'Deploys services to environments.', ['execution']),
  Pipeline: map(CHAIN_FIELDS, 'Starts another pipeline and waits for its end.', ['org', 'project', 'pipeline']),
};

export const STAGE_SPEC_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  ...DEPLOYMENT_DEFINITIONS,
  execution: map(
    {
      steps: list(reference('stepItem'), 'What runs, from the top down.'),
      rollbackSteps: list(reference('stepItem'), 'What undoes the stage when a failure strategy says so.'),
    },
    'The steps of the stage.',
    ['steps'],
  ),
  OtherStageSpec: map({ execution: reference('execution') }, 'What the stage does. Bridle does not run its type yet.'),
  ...Object.fromEntries(Object.entries(SPECS).map(([type, spec]) => [`${type}StageSpec`, spec])),
};

export function stageBranches(): readonly JsonSchema[] {
  const runs = STAGE_TYPES.map((type) => {
    // A deployment says what happens when it fails.
    const required = type === 'Deployment' ? ['spec', 'failureStrategies'] : ['spec'];
    return branch('type', type, { properties: { spec: reference(`${type}StageSpec`) }, required });
  });
  const isRun: JsonSchema = { properties: { type: { enum: STAGE_TYPES } }, required: ['type'] };
  return [...runs, { if: isRun, else: { properties: { spec: reference('OtherStageSpec') } } }];
}
