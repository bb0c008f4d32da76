import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';
import { KIND_ARGUMENT, LEVEL_OPTION } from '../documents/options.ts';

export const list: CommandDefinition = serverCommand({
  name: 'list',
  summary: 'list the documents of one kind',
  details:
    'Those of the project, or with --level those of the organization or account itself. Input sets, overlays and triggers are listed for one pipeline, infrastructures for one environment.',
  arguments: [KIND_ARGUMENT, { name: 'parent', description: 'the pipeline or environment whose documents are meant' }],
  options: [LEVEL_OPTION, JSON_OPTION],
  examples: [
    { command: 'bridle list pipelines', meaning: 'those of the project' },
    { command: 'bridle list triggers release', meaning: 'those of the pipeline release' },
    { command: 'bridle list connectors --level account --json=identifier', meaning: "the account's own, for a script" },
  ],
  exitCodes: [0],
  seeAlso: ['get', 'export'],
  load: async () => (await import('../documents/list.ts')).listDocuments,
});
