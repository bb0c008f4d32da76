import type { CommandDefinition } from '../command-line/command.ts';
import { serverCommand } from '../connection/options.ts';
import { FILE_OPTION, LABEL_OPTION, LEVEL_OPTION, YES_OPTION } from '../documents/options.ts';

export const deleteCommand: CommandDefinition = serverCommand({
  name: 'delete',
  summary: 'delete a document, or those that files describe',
  details:
    'Asks before it deletes. With -f the documents of the files are deleted in the order opposite to that of bridle apply; those that are not there are passed over.',
  arguments: [
    { name: 'kind', description: 'the kind of document: pipeline, trigger, connector, …' },
    { name: 'name', description: 'its identifier; of triggers and input sets with the pipeline, as release/nightly' },
  ],
  options: [FILE_OPTION, LEVEL_OPTION, LABEL_OPTION, YES_OPTION],
  examples: [
    { command: 'bridle delete trigger release/nightly', meaning: 'asks, and deletes it' },
    { command: 'bridle delete template build --label v1 --yes', meaning: 'one version of a template' },
    { command: 'bridle delete -f .harness/pipelines/old.yaml --yes', meaning: 'what a file describes' },
  ],
  exitCodes: [0],
  seeAlso: ['list', 'apply'],
  load: async () => (await import('../documents/delete.ts')).deleteDocuments,
});
