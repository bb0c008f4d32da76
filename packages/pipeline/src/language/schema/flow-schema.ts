/** Definitions of what nodes of a pipeline have in common: variables, conditions, failure strategies, loops. */
import { ERROR_NAMES, FAILURE_ACTIONS, PLAIN_ACTIONS } from '../node-parts.ts';
import { WHEN_STATUSES } from '../read-fields.ts';
import { ON_FAILURE, UNITS, type REPEAT_KEYS } from '../read-strategy.ts';
import { type VARIABLE_KEYS, VARIABLE_NAME, VARIABLE_TYPES } from '../read-variables.ts';
import {
  anything,
  branch,
  duration,
  flag,
  list,
  map,
  number,
  text,
  texts,
  usualWord,
  values,
  word,
  words,
} from './fields.ts';
import { reference, type FieldsOf, type JsonSchema } from './json-schema.ts';

const VARIABLE_FIELDS: FieldsOf<typeof VARIABLE_KEYS> = {
  name: {
    description: 'Its name in expressions, such as <+pipeline.variables.NAME>.',
    type: ['string'],
    pattern: VARIABLE_NAME.source,
    patternErrorMessage:
      'which is not a variable name: it begins with a letter or underscore and goes on with letters, digits and _ . $ -',
  },
  type: usualWord(VARIABLE_TYPES, { description: 'What its value is. A Secret names a secret.', default: 'String' }),
  value: text({ description: 'Its value; <+input> asks for it when the pipeline runs.', examples: ['<+input>'] }),
  default: text('Taken when nothing else is given.'),
  required: flag('Whether the pipeline may not start without a value.'),
  description: text('What it is for.'),
};

function when(status: 'pipelineStatus' | 'stageStatus', around: string): JsonSchema {
  return map(
    {
      [status]: word(WHEN_STATUSES, {
        description: `How the ${around} must stand: Success = nothing failed so far, Failure = something did, All = always.`,
        default: 'Success',
      }),
      condition: text({
        description: 'One expression over <+…> operands that must hold, besides the status.',
        examples: ['<+pipeline.variables.env> == "prod"'],
      }),
    },
    'When it runs; otherwise it is skipped.',
  );
}

const REPEAT_FIELDS: FieldsOf<typeof REPEAT_KEYS> = {
  times: number('How many instances.'),
  items: values('An item, as <+repeat.item>.', 'One instance per item.'),
  partitionSize: number('Items per instance, as <+repeat.partition>.'),
  unit: word(UNITS, { description: 'What partitionSize counts.', default: 'Count' }),
  start: number('The first item that is taken, from 0.'),
  end: number('The first item that is not taken any more.'),
  nodeName: text('The label of an instance.'),
  maxConcurrency: reference('maxConcurrency'),
};

const RETRY = {
  retryCount: number({ description: 'Repetitions beside the first run.', examples: [2] }),
  retryIntervals: {
    ...texts({ description: 'Waits before each repetition; the last one repeats.', examples: [['10s', '1m']] }),
    items: duration(''),
  },
  condition: text('Repeat only while this expression holds.'),
  onRetryFailure: map({ action: reference('lastAction') }, 'What happens when the repetitions are used up.', [
    'action',
  ]),
  failAll: flag('It has no effect.'),
};

/** `branches` may ask for more than the action's type. */
function action(types: readonly string[], branches: readonly JsonSchema[]): JsonSchema {
  return {
    ...map(
      {
        type: word(types, { description: 'What is done about the failure.', examples: ['MarkAsFailure'] }),
        spec: map({}, 'What the action needs to know; it depends on the type.'),
      },
      'What is done about the failure.',
      ['type'],
    ),
    title: 'action',
    ...(branches.length === 0 ? {} : { allOf: branches }),
  };
}

function withSpec(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  return { properties: { spec: map(properties, 'What the action needs to know.', required) }, required: ['spec'] };
}

export const FLOW_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  variable: {
    title: 'variable',
    description: 'A named value.',
    type: ['object'],
    properties: VARIABLE_FIELDS,
    required: ['name'],
  },
  stageWhen: when('pipelineStatus', 'stages before it'),
  stepWhen: when('stageStatus', 'steps before it'),
  failureStrategy: {
    title: 'failure strategy',
    ...map(
      {
        onFailure: map(
          {
            errors: words([...ERROR_NAMES, 'AnyOther'], {
              description: 'The errors it answers; AllErrors answers any.',
              examples: [['AllErrors']],
            }),
            action: reference('action'),
          },
          'Which failures it answers, and how.',
          ['errors', 'action'],
        ),
      },
      'What is done about some failures.',
      ['onFailure'],
    ),
  },
  action: action(FAILURE_ACTIONS, [
    branch('type', 'Retry', withSpec(RETRY, ['retryCount'])),
    branch('type', 'RetryStepGroup', withSpec(RETRY, ['retryCount'])),
    branch(
      'type',
      'ManualIntervention',
      withSpec(
        {
          timeout: duration('How long a person has for an answer.'),
          onTimeout: map({ action: reference('lastAction') }, 'What happens when nobody answers.', ['action']),
          failAll: flag('It has no effect.'),
        },
        ['timeout', 'onTimeout'],
      ),
    ),
  ]),
  lastAction: action(PLAIN_ACTIONS, []),
  strategy: {
    title: 'strategy',
    ...map(
      {
        matrix: {
          ...map(
            {
              exclude: list(anything('A combination, or a part of one.'), 'Combinations that are left out.'),
              maxConcurrency: reference('maxConcurrency'),
              nodeName: text({ description: 'The label of an instance.', examples: ['<+matrix.os>'] }),
            },
            {
              description: 'One instance per combination; every other key is an axis with its values.',
              examples: [{ os: ['linux', 'mac'] }],
            },
          ),
          additionalProperties: values('A value of the axis.', 'An axis: a list, or an expression that gives one.'),
        },
        repeat: map(REPEAT_FIELDS, 'One instance per item, or so many times.'),
        parallelism: number({ description: 'How many instances.', examples: [4] }),
        maxConcurrency: reference('maxConcurrency'),
        when: anything('A condition that is judged once, before there are instances.'),
        onFailure: word(ON_FAILURE, {
          description: 'After a failed instance: start the rest, or skip what has not started.',
          default: 'RunAll',
        }),
      },
      'How often it runs: exactly one of matrix, repeat and parallelism.',
    ),
  },
  maxConcurrency: number('How many instances may run at once; absent = all.'),
};
