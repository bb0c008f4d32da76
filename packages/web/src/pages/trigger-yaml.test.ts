import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { triggerYaml, type TriggerFields } from './trigger-yaml.ts';

const FIELDS: TriggerFields = {
  kind: 'Custom',
  name: 'On push',
  identifier: 'on_push',
  inputYaml: '',
  event: 'Push',
  connectorRef: 'account.github',
  repoName: 'team/app',
  secretRef: 'hook',
  expression: '0 2 * * *',
  timezone: 'Europe/Berlin',
};
const PLACE = { org: 'default', project: 'p', pipeline: 'build' };

it.each([
  ['Custom', { type: 'Webhook', spec: { type: 'Custom', spec: { payloadConditions: [], headerConditions: [] } } }],
  [
    'Github',
    {
      type: 'Webhook',
      spec: {
        type: 'Github',
        spec: { type: 'Push', spec: expect.objectContaining({ connectorRef: 'account.github', repoName: 'team/app' }) },
      },
    },
  ],
  [
    'Scheduled',
    {
      type: 'Scheduled',
      spec: { type: 'Cron', spec: { type: 'UNIX', expression: '0 2 * * *', timezone: 'Europe/Berlin' } },
    },
  ],
] as const)('a trigger of kind %s listens to what the form says, and to nothing else', (kind, source) => {
  const { trigger } = parse(triggerYaml({ ...FIELDS, kind }, PLACE)) as { trigger: Record<string, unknown> };
  expect(trigger).toMatchObject({ identifier: 'on_push', pipelineIdentifier: 'build', source });
  expect('encryptedWebhookSecretIdentifier' in trigger).toBe(kind === 'Github');
});
