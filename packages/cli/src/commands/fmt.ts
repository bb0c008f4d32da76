import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';

export const fmt: CommandDefinition = {
  name: 'fmt',
  aliases: ['format'],
  summary: 'write documents in one and the same layout',
  details:
    'Two spaces of indent, lists below their key, no trailing blanks. Comments, the order of keys, quotes and the line breaks of texts stay. Without a file, all documents in .harness/ are formatted; - formats standard input to standard output.',
  arguments: [{ name: 'file', description: 'documents or folders', isRepeatable: true, completes: 'file' }],
  options: [{ flags: '--check', description: 'change nothing; fail where something would be changed' }, JSON_OPTION],
  examples: [
    { command: 'bridle fmt', meaning: 'everything below .harness/' },
    { command: 'bridle fmt --check', meaning: 'in a pipeline: is everything formatted?' },
    { command: 'bridle fmt - < build.yaml', meaning: 'what it would look like' },
  ],
  exitCodes: [0, 1, 5],
  seeAlso: ['validate'],
  load: async () => (await import('../format/format.ts')).format,
};
