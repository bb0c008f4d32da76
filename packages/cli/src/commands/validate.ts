import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';

export const validate: CommandDefinition = {
  name: 'validate',
  aliases: ['lint'],
  summary: 'find what is wrong with pipelines and other documents',
  details:
    'Checks pipelines, templates, input sets, triggers, services, environments and infrastructures, each with the documents of its repository that it refers to. Without a file, all documents in .harness/ are checked. A folder stands for the documents in it, and - for standard input.',
  arguments: [{ name: 'file', description: 'documents or folders', isRepeatable: true, completes: 'file' }],
  options: [
    { flags: '--format <format>', description: 'how to print', choices: ['text', 'json', 'sarif', 'github'] },
    JSON_OPTION,
    { flags: '--strict', description: 'warnings fail, too' },
  ],
  examples: [
    { command: 'bridle validate', meaning: 'everything below .harness/' },
    { command: 'bridle validate .harness/build.yaml --strict', meaning: 'one pipeline, warnings are errors' },
    { command: 'bridle lint --format github', meaning: 'annotations in a GitHub workflow' },
  ],
  exitCodes: [0, 1, 5],
  seeAlso: ['plan', 'fmt', 'schema'],
  load: async () => (await import('../validate/validate.ts')).validate,
};
