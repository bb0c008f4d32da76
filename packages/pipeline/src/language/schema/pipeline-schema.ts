/** The definitions of a pipeline's parts (pipelines.md §1), by the key lists and words of their readers. */
import { CLONE_FIELDS } from '../../steps/git-clone.ts';
import { KNOWN_STEP_TYPES } from '../../steps/known-step-types.ts';
import { STEP_DEFINITIONS } from '../../steps/step-definitions.ts';
import { STEP_TYPES } from '../../steps/step-types.ts';
import { STAGE_TYPES } from '../node-parts.ts';
import { type PIPELINE_KEYS } from '../parse-pipeline.ts';
import { KNOWN_STAGE_TYPES, type STAGE_KEYS } from '../read-stage.ts';
import { type GROUP_KEYS, type STEP_KEYS } from '../read-steps.ts';
import type { LINK_KEYS } from '../templates/template-link.ts';
import {
  anything,
  branch,
  knownWord,
  duration,
  flag,
  has,
  identifier,
  list,
  map,
  text,
  textMap,
  texts,
} from './fields.ts';
import { FLOW_DEFINITIONS } from './flow-schema.ts';
import { reference, type FieldsOf, type JsonSchema } from './json-schema.ts';
import { fieldSchema, specSchema } from './spec-schema.ts';
import { STAGE_SPEC_DEFINITIONS, stageBranches } from './stage-schema.ts';

const name = text('How people call it. It may change.');
const description = text('What it is for.');
const tags = textMap({
  description: 'Words to find it by, each with a value or an empty text.',
  examples: [{ team: 'web' }],
});
const variables = list(reference('variable'), 'Named values that expressions below can read.');
const strategy = reference('strategy');
const failureStrategies = list(
  reference('failureStrategy'),
  'Which failures are answered how. The first one that names the error is taken; what has none asks the node around it.',
);
const delegateSelectors = texts({
  description: 'Tags that a delegate must have, all of them. The most specific list replaces the others.',
  examples: [['linux']],
});

const CODEBASE_FIELDS = Object.fromEntries(
  Object.entries(CLONE_FIELDS).map(([key, field]): [string, JsonSchema] => [key, fieldSchema(field)]),
);

const PIPELINE_FIELDS: FieldsOf<typeof PIPELINE_KEYS> = {
  identifier: identifier('pipeline'),
  name,
  description,
  tags,
  projectIdentifier: text('The project it belongs to.'),
  orgIdentifier: text('The organization it belongs to.'),
  stages: list(reference('stageItem'), 'What runs, from the top down.'),
  variables,
  properties: map(
    {
      ci: map(
        { codebase: map(CODEBASE_FIELDS, 'The repository that CI stages clone.') },
        'What its CI stages have in common.',
      ),
    },
    'Settings of modules. Expressions can read them.',
  ),
  timeout: duration('How long an execution may take.'),
  delegateSelectors,
  notificationRules: anything('Who is told of what.'),
  flowControl: map(
    {
      barriers: list(
        map({ identifier: identifier('barrier'), name }, 'A barrier.', ['identifier']),
        'Barriers that Barrier steps refer to.',
      ),
    },
    'What stages and steps wait for together.',
  ),
  allowStageExecutions: flag('Whether single stages may be chosen when it is started.'),
  fixedInputsOnRerun: flag('Whether a rerun must take the inputs of the run before.'),
  template: reference('templateLink'),
};

const STAGE_FIELDS: FieldsOf<typeof STAGE_KEYS> = {
  identifier: identifier('stage'),
  name,
  type: knownWord([...STAGE_TYPES, ...KNOWN_STAGE_TYPES], {
    description: `What kind of stage it is. Bridle runs ${STAGE_TYPES.join(', ')}.`,
    examples: ['Custom'],
  }),
  description,
  tags,
  when: reference('stageWhen'),
  failureStrategies,
  strategy,
  variables,
  delegateSelectors,
  timeout: duration('How long the stage may take.'),
  runMode: anything('Auto, or Manual for a stage that a person starts.'),
  spec: anything('What the stage does; its fields depend on the type.'),
  template: reference('templateLink'),
  skipInstances: anything('Whether instances that were deployed before are skipped.'),
  platform: anything('Where the stage runs.'),
  dependsOn: anything('Stages that must end before it.'),
  source: anything('The text of a Dynamic stage.'),
  sourceConfig: anything('Where the text of a Dynamic stage is.'),
};

const GROUP_FIELDS: FieldsOf<typeof GROUP_KEYS> = {
  identifier: identifier('step group'),
  name,
  description,
  steps: list(reference('stepItem'), 'What runs in the group, from the top down.'),
  rollbackSteps: list(reference('stepItem'), 'What undoes the group when a failure strategy says so.'),
  template: reference('templateLink'),
  variables,
  when: reference('stepWhen'),
  failureStrategies,
  strategy,
  delegateSelectors,
  stepGroupInfra: anything('Where its steps run as containers.'),
  sharedPaths: texts('Paths that its containers share.'),
  timeout: duration('How long the group may take.'),
};

const STEP_FIELDS: FieldsOf<typeof STEP_KEYS> = {
  identifier: identifier('step'),
  name,
  type: knownWord([...STEP_TYPES, ...KNOWN_STEP_TYPES], {
    description: `What the step does. Bridle runs ${STEP_TYPES.join(', ')}.`,
    examples: ['ShellScript'],
  }),
  spec: anything('What the step does; its fields depend on the type.'),
  timeout: duration('How long the step may take, each attempt by itself.'),
  description,
  when: reference('stepWhen'),
  failureStrategies,
  strategy,
  enforce: map({ policySets: texts('The policy sets.') }, 'Policy sets that judge its outcome.'),
  template: reference('templateLink'),
  identities: anything('Identities the step may take.'),
  delegateSelectors: anything('It has no effect here. Move it into spec.'),
};

/** One `$defs` name per step type that Bridle runs, such as `ShellScriptSpec`. */
const SPEC_DEFINITIONS = Object.fromEntries(
  STEP_TYPES.map((type): [string, JsonSchema] => [`${type}Spec`, specSchema(STEP_DEFINITIONS[type])]),
);

function stepBranch(type: (typeof STEP_TYPES)[number]): JsonSchema {
  const isNeeded = (SPEC_DEFINITIONS[`${type}Spec`]?.required ?? []).length > 0;
  const then = { properties: { spec: reference(`${type}Spec`) }, ...(isNeeded ? { required: ['spec'] } : {}) };
  return branch('type', type, then);
}

/** A template link has its type from the template; everything else is judged by the branch its `type` names. */
function typed(branches: readonly JsonSchema[]): JsonSchema {
  return { if: has('template'), else: { required: ['type'], allOf: branches } };
}

/** One map with one of these keys, or a group of such maps that start together. */
function itemOf(what: 'stages' | 'steps', wrappers: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const item = what === 'stages' ? 'stageItem' : 'stepItem';
  return {
    title: `item of ${what}`,
    type: ['object'],
    properties: {
      ...wrappers,
      parallel: list(reference(item), 'Members that start together.'),
      insert: map(
        {
          identifier: anything('Identifies the place.'),
          name: anything('How people call it.'),
          [what]: list(reference(item), 'What stands here.'),
        },
        'A place where the user of the template puts something in.',
      ),
    },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  };
}

const LINK_FIELDS: FieldsOf<typeof LINK_KEYS> = {
  templateRef: text({
    description: 'The template: its identifier, with org. or account. before it where it belongs there.',
    examples: ['build', 'org.build', 'account.build'],
  }),
  versionLabel: text('The version; absent = the stable one.'),
  templateInputs: anything('Values for the runtime inputs of the template, in its own shape.'),
  templateVariables: anything('Values for the variables of the template.'),
  gitBranch: text('The branch the template is read from.'),
  label: text('Shown with the link.'),
};

export const PIPELINE_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  ...FLOW_DEFINITIONS,
  ...STAGE_SPEC_DEFINITIONS,
  ...SPEC_DEFINITIONS,
  pipeline: {
    title: 'pipeline',
    description: 'Stages that run one after the other, or side by side.',
    type: ['object'],
    properties: PIPELINE_FIELDS,
    required: ['identifier'],
    if: has('template'),
    else: { required: ['stages'] },
  },
  stageItem: itemOf('stages', { stage: reference('stage') }),
  stage: {
    title: 'stage',
    description: 'A part of the pipeline with steps of its own.',
    type: ['object'],
    properties: STAGE_FIELDS,
    required: ['identifier'],
    ...typed(stageBranches()),
  },
  stepItem: itemOf('steps', { step: reference('step'), stepGroup: reference('stepGroup') }),
  stepGroup: {
    title: 'step group',
    description: 'Steps with conditions, failure strategies and variables of their own.',
    type: ['object'],
    properties: GROUP_FIELDS,
    required: ['identifier'],
    if: has('template'),
    else: { required: ['steps'] },
  },
  step: {
    title: 'step',
    description: 'The smallest unit: one script, one request, one approval.',
    type: ['object'],
    properties: STEP_FIELDS,
    required: ['identifier'],
    ...typed(STEP_TYPES.map(stepBranch)),
  },
  templateLink: map(LINK_FIELDS, 'Takes the content from a template.', ['templateRef']),
};
