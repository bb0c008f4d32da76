import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';
import { KIND_ARGUMENT, LABEL_OPTION, LEVEL_OPTION, NAME_ARGUMENT } from '../documents/options.ts';

export const get: CommandDefinition = serverCommand({
  name: 'get',
  summary: 'print a document as the server keeps it',
  details:
    'Kinds: organization, project, variable, secret, connector, service, environment, infrastructure, overrides, template, pipeline, inputset, overlay, trigger. Input sets, overlays and triggers are named with their pipeline, infrastructures with their environment: release/nightly. Values of secrets are never told.',
  arguments: [KIND_ARGUMENT, NAME_ARGUMENT],
  options: [LEVEL_OPTION, LABEL_OPTION, JSON_OPTION],
  examples: [
    { command: 'bridle get pipeline release > release.yaml', meaning: 'its YAML, as it was saved' },
    { command: 'bridle get trigger release/nightly', meaning: 'a trigger of the pipeline release' },
    { command: 'bridle get connector docker --level account --json', meaning: "one of the account's own, as JSON" },
  ],
  exitCodes: [0],
  seeAlso: ['list', 'apply', 'export'],
  load: async () => (await import('../documents/get.ts')).getDocument,
});
