/** The definitions of tests of pipelines, by the key lists and words of their reader. */
import {
  ANSWER_ACTIONS,
  EXPECTED_STATUSES,
  MOCK_ERRORS,
  MOCK_STATUSES,
  ROLLBACK_WORDS,
  TEST_INTERRUPTS,
  type ANSWER_KEYS,
  type DURATION_LIMIT_KEYS,
  type EXPECT_KEYS,
  type MOCK_KEYS,
  type TEST_CASE_KEYS,
  type TEST_INTERRUPT_KEYS,
  type TEST_KEYS,
} from '../words-of-tests.ts';
import { duration, flag, knownWord, list, map, number, text, textMap, texts, words } from './fields.ts';
import { reference, type FieldsOf, type JsonSchema } from './json-schema.ts';

const MAP: JsonSchema = { type: ['object', 'null'], examples: [{}] };

const GIVEN = {
  inputs: {
    ...MAP,
    description:
      'Values for the runtime inputs: by the name of a variable or field (tag), with what it stands in where that is needed (build.script); or a tree below pipeline, as an input set has it.',
  },
  inputSets: texts('Input sets, folded in this order: identifiers, or paths of files beginning with a dot.'),
  secrets: textMap('What secrets hold, where a resolved spec or environment is looked at.'),
  event: text({
    description: 'A file with the payload of a webhook, from this file: the event that starts the pipeline.',
    examples: ['./push.json'],
  }),
  trigger: text('The trigger of the repository whose inputs the event supplies.'),
  startAt: text({ description: 'When the run starts, in virtual time.', examples: ['2026-03-01T09:00:00Z'] }),
  strict: flag({ description: 'Whether a step that a delegate would run must be mocked.', default: false }),
  mocks: list(reference('mock'), 'What steps come to; the first one that fits counts. Other steps succeed at once.'),
  answers: list(reference('answer'), 'What people do about steps that wait for them; the first one that fits counts.'),
} satisfies Readonly<Record<string, JsonSchema>>;

const TEST_FIELDS: FieldsOf<typeof TEST_KEYS> = {
  pipeline: text({
    description:
      'The pipeline: a path from this file, or the identifier of one of the repository. Absent = the one beside this file: deploy.yaml for deploy.test.yaml.',
    examples: ['./deploy.yaml'],
  }),
  cases: { ...list(reference('case'), 'The cases, each a run of its own.'), type: ['array'] },
  ...GIVEN,
};

const CASE_FIELDS: FieldsOf<typeof TEST_CASE_KEYS> = {
  name: text('What the case shows, in a sentence.'),
  ...GIVEN,
  stages: texts('Only these stages run; absent = all.'),
  interrupts: list(reference('interrupt'), 'What people do to the run at set times.'),
  expect: reference('expect'),
};

const where = {
  step: text({
    description:
      'Which step: its identifier after those of what it is in, any of which may be left out; * stands for anything.',
    examples: ['deploy.smoke'],
  }),
  stage: text({ description: 'The stage that starts another pipeline, instead of a step.', examples: ['child'] }),
};
const which = {
  attempt: number('Which try of the step: 1 = the first; absent = each.'),
  iteration: {
    description: 'Which turn of a loop: its values, as { os: linux }, or its number from 0; absent = each.',
    anyOf: [{ type: ['object'], additionalProperties: text('') }, number('')],
  } satisfies JsonSchema,
};

const MOCK_FIELDS: FieldsOf<typeof MOCK_KEYS> = {
  ...where,
  ...which,
  status: knownWord(MOCK_STATUSES, { description: 'How it ends.', default: 'Success' }),
  errorType: words(MOCK_ERRORS, 'What it failed of, as failure strategies name it; needs the status Failed.'),
  message: text('Why it failed.'),
  exitCode: number('The exit code of its process.'),
  outputs: { ...MAP, description: 'What it gives out: its output variables, and the outputs of its type.' },
  duration: duration({ description: 'How long it takes.', default: '1s' }),
};

const ANSWER_FIELDS: FieldsOf<typeof ANSWER_KEYS> = {
  ...where,
  ...which,
  action: knownWord(ANSWER_ACTIONS, {
    description: 'What is done; absent = Approve for an approval, Submit for execution inputs.',
  }),
  after: duration({ description: 'How long after the step began to wait; absent = at once.' }),
  by: text({ description: 'Who does it; absent = somebody who did not start the run.', examples: ['ada'] }),
  comments: text('What is said about it.'),
  inputs: { ...MAP, description: 'Values for the inputs of the approval, or for the execution inputs of the step.' },
};

const INTERRUPT_FIELDS: FieldsOf<typeof TEST_INTERRUPT_KEYS> = {
  action: knownWord(TEST_INTERRUPTS, { description: 'What is done.', examples: ['AbortAll'] }),
  after: duration('How long after the start of the run.'),
  ...where,
  by: text('Who does it.'),
};

const status = { description: 'How it ended; NotStarted = it never began.', enum: [...EXPECTED_STATUSES, null] };
const statuses = (of: string): JsonSchema => ({
  ...MAP,
  description: `How ${of} ended, by name.`,
  additionalProperties: status,
});
const maps = (description: string): JsonSchema => ({ ...MAP, description, additionalProperties: MAP });
const counts = (description: string): JsonSchema => ({
  ...MAP,
  description,
  additionalProperties: number('How many times.'),
});

const EXPECT_FIELDS: FieldsOf<typeof EXPECT_KEYS> = {
  status: { description: 'How the run ended.', enum: [...EXPECTED_STATUSES, null] },
  stages: statuses('stages'),
  steps: statuses('steps'),
  skipped: texts('Stages and steps that were skipped.'),
  notRun: texts('Stages and steps that never began.'),
  rollback: words([...ROLLBACK_WORDS], 'What was rolled back.'),
  attempts: counts('How many tries steps had.'),
  turns: counts('How many turns loops had.'),
  failure: text('A part of the message of the run that failed.'),
  failures: textMap('A part of the message of steps or stages that failed, by name.'),
  values: { ...MAP, description: 'What expressions come to when the run is over, by expression.' },
  resolved: maps('What steps were given: parts of their specs after all expressions were resolved.'),
  environment: maps('Environment variables that steps were given; null = the variable is not there.'),
  duration: reference('durationLimits'),
  refused: text('A part of what is said when the pipeline cannot start with these inputs, or a code of it.'),
};

const LIMIT_FIELDS: FieldsOf<typeof DURATION_LIMIT_KEYS> = {
  atLeast: duration('It took this long or longer.'),
  atMost: duration('It took this long or less.'),
};

export const TEST_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  test: {
    title: 'test',
    description: 'Shows what a pipeline does, in virtual time and with mocked steps.',
    type: ['object'],
    properties: TEST_FIELDS,
    required: ['cases'],
  },
  case: {
    title: 'case',
    description: 'One run: what it is given, and what is expected of it.',
    type: ['object'],
    properties: CASE_FIELDS,
    required: ['name', 'expect'],
  },
  mock: { title: 'mock', description: 'What a step comes to.', type: ['object'], properties: MOCK_FIELDS },
  answer: { title: 'answer', description: 'What a person does.', type: ['object'], properties: ANSWER_FIELDS },
  interrupt: {
    title: 'interrupt',
    description: 'What is done to the run.',
    type: ['object'],
    properties: INTERRUPT_FIELDS,
    required: ['action'],
  },
  expect: {
    title: 'expectations',
    ...map(EXPECT_FIELDS, 'What is expected; what is not named is not looked at.'),
    type: ['object'],
  },
  durationLimits: {
    title: 'duration',
    description: 'How long the run took, in virtual time: exactly, or within limits.',
    type: ['string', 'object', 'null'],
    examples: ['3d'],
    properties: LIMIT_FIELDS,
  },
};
