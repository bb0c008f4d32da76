/** The definitions of triggers (api.md §3.6), by the key lists and words of their reader. */
import { type CRON_KEYS, SCHEDULE_FORMS } from '../cron-trigger.ts';
import { GIT_TRIGGER_EVENTS, type GIT_WEBHOOK_KEYS } from '../git-trigger.ts';
import { CONDITION_OPERATORS } from '../trigger-conditions.ts';
import { SOURCE_TYPES, type TRIGGER_KEYS, WEBHOOK_TYPES } from '../trigger-document.ts';
import { anything, branch, flag, identifier, knownWord, list, map, text, textMap, texts, usualWord } from './fields.ts';
import { reference, type FieldsOf, type JsonSchema } from './json-schema.ts';

const TRIGGER_FIELDS: FieldsOf<typeof TRIGGER_KEYS> = {
  name: text('How people call it. It may change.'),
  identifier: identifier('trigger'),
  enabled: flag({ description: 'Whether it may fire.', default: true }),
  description: text('What it is for.'),
  tags: textMap('Words to find it by.'),
  orgIdentifier: text('The organization of its pipeline.'),
  projectIdentifier: text('The project of its pipeline.'),
  pipelineIdentifier: text('The pipeline it starts.'),
  stagesToExecute: texts('Only these stages run; absent = all.'),
  encryptedWebhookSecretIdentifier: text('The secret that signs the calls.'),
  source: reference('source'),
  inputYaml: text({
    description:
      'Values for the runtime inputs: a text that is YAML itself, rooted at pipeline. It may read <+trigger.…>.',
    examples: ['pipeline:\n  identifier: build\n  variables:\n    - name: tag\n      value: <+trigger.payload.tag>\n'],
  }),
  inputSetRefs: texts('Input sets, folded in this order; inputYaml wins over them.'),
  pipelineBranchName: text('The branch the pipeline is read from.'),
  inputSetBranchName: text('The branch the input sets are read from.'),
};

const conditions = (of: string): JsonSchema => list(reference('condition'), `What must hold of the ${of}, all of it.`);

const CRON_FIELDS: FieldsOf<typeof CRON_KEYS> = {
  type: usualWord(SCHEDULE_FORMS, {
    description: 'UNIX has five fields; QUARTZ begins with seconds and counts Sunday as 1.',
    default: 'UNIX',
  }),
  expression: text({ description: 'The times.', examples: ['0 2 * * *', '0/30 8-18 * * MON-FRI'] }),
  timezone: text({ description: 'Where the clock stands; absent = UTC.', examples: ['Europe/Berlin'] }),
};

const GIT_FIELDS: FieldsOf<typeof GIT_WEBHOOK_KEYS> = {
  connectorRef: text('The Git connector of the repository.'),
  repoName: text("Which repository, where the connector is an account's."),
  autoAbortPreviousExecutions: flag({
    description: 'Older runs for the same pull request, branch or tag are aborted.',
    default: false,
  }),
  actions: texts('Only these actions count; none = all of them.'),
  payloadConditions: conditions('payload'),
  headerConditions: conditions('headers'),
  jexlCondition: text('One expression that must hold.'),
};

const GIT_PROVIDERS = ['Github', 'Gitlab', 'Bitbucket'] as const;

function gitWebhook(provider: (typeof GIT_PROVIDERS)[number]): JsonSchema {
  const events = Object.entries(GIT_TRIGGER_EVENTS[provider]);
  return {
    ...map(
      {
        type: knownWord(
          events.map(([event]) => event),
          { description: 'What happened.', examples: ['Push'] },
        ),
        spec: anything('Which of these events count.'),
      },
      `An event of ${provider}.`,
      ['type'],
    ),
    allOf: events
      .filter(([, { isServed }]) => isServed)
      .map(([event]) => branch('type', event, { properties: { spec: reference('gitEvent') }, required: ['spec'] })),
  };
}

export const TRIGGER_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  trigger: {
    title: 'trigger',
    description: 'Starts a pipeline when something happens.',
    type: ['object'],
    properties: TRIGGER_FIELDS,
    required: ['identifier', 'source'],
  },
  source: {
    title: 'trigger source',
    ...map(
      {
        type: knownWord(SOURCE_TYPES, { description: 'What fires it.', examples: ['Webhook'] }),
        spec: anything('What it listens to; it depends on the type.'),
        pollInterval: text('How often is looked for news.'),
        webhookId: text('The webhook at the provider.'),
      },
      'What fires the trigger.',
      ['type'],
    ),
    allOf: [
      branch('type', 'Webhook', { properties: { spec: reference('webhook') }, required: ['spec'] }),
      branch('type', 'Scheduled', { properties: { spec: reference('schedule') }, required: ['spec'] }),
    ],
  },
  webhook: {
    title: 'webhook',
    ...map(
      {
        type: knownWord(WEBHOOK_TYPES, {
          description: 'Who calls; Custom = anyone who knows the address.',
          examples: ['Custom'],
        }),
        spec: anything('Which calls count; it depends on the type.'),
      },
      'A call that fires the trigger.',
      ['type'],
    ),
    allOf: [
      branch('type', 'Custom', { properties: { spec: reference('customWebhook') } }),
      ...GIT_PROVIDERS.map((provider) => branch('type', provider, { properties: { spec: gitWebhook(provider) } })),
    ],
  },
  customWebhook: map(
    {
      payloadConditions: conditions('payload'),
      headerConditions: conditions('headers'),
      jexlCondition: text({
        description: 'One expression that must hold.',
        examples: ['<+trigger.payload.branch> == "main"'],
      }),
    },
    'Which calls count.',
  ),
  schedule: {
    title: 'schedule',
    ...map(
      {
        type: knownWord(['Cron'], { description: 'How the times are written.', examples: ['Cron'] }),
        spec: reference('cron'),
      },
      'When the trigger fires.',
      ['type', 'spec'],
    ),
  },
  cron: map(CRON_FIELDS, 'Times as cron writes them, at least five minutes apart.', ['expression']),
  gitEvent: map(GIT_FIELDS, 'Which events count.', ['connectorRef']),
  condition: {
    title: 'condition',
    description: 'Compares a value of the event.',
    type: ['object'],
    properties: {
      key: text({
        description: 'The value of the event.',
        examples: ['<+trigger.payload.branch>', "<+trigger.header['X-Kind']>"],
      }),
      operator: knownWord(CONDITION_OPERATORS, { description: 'How it is compared.', examples: ['Equals'] }),
      value: text('What it is compared with.'),
    },
    required: ['key', 'operator'],
  },
};
