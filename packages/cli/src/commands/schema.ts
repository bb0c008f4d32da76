import type { CommandDefinition } from '../command-line/command.ts';

export const schema: CommandDefinition = {
  name: 'schema',
  summary: 'print the JSON Schema of a kind of document',
  details:
    'For editors and other tools that know JSON Schema. Kinds: pipeline, template, inputSet, overlayInputSet, trigger, service, environment, infrastructure, test; runEvent is what bridle run --json prints.',
  arguments: [{ name: 'kind', description: 'the kind of document', isRequired: true }],
  examples: [
    { command: 'bridle schema pipeline > pipeline.schema.json', meaning: 'for the yaml.schemas setting of an editor' },
    { command: 'bridle schema trigger', meaning: 'what a trigger may hold' },
    { command: 'bridle schema runEvent', meaning: 'what a program reads from bridle run --json' },
  ],
  exitCodes: [0, 5],
  seeAlso: ['validate'],
  load: async () => (await import('../schema/print-schema.ts')).printSchema,
};
