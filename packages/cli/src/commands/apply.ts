import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';
import { FILE_OPTION, LEVEL_OPTION, YES_OPTION } from '../documents/options.ts';

export const apply: CommandDefinition = serverCommand({
  name: 'apply',
  summary: 'create or update what files describe: pipelines, triggers, connectors and all other documents',
  details:
    'Shows what each document would change on the server, asks, and saves them in the order in which they need each other. A file may hold several documents, with --- between them; a folder stands for the documents in it; without -f everything below .harness/ is applied. Documents say themselves where they belong (orgIdentifier, projectIdentifier); what does not goes where --level, --org and --project say. Nothing is deleted.',
  options: [
    FILE_OPTION,
    LEVEL_OPTION,
    { flags: '--dry-run', description: 'show what would change, and change nothing' },
    YES_OPTION,
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle apply', meaning: 'everything below .harness/, after a look at what would change' },
    { command: 'bridle apply -f .harness/pipelines/release.yaml --yes', meaning: 'one pipeline, without a question' },
    { command: 'bridle apply -f .harness --dry-run --json=action,identifier', meaning: 'what a script would change' },
  ],
  exitCodes: [0, 1],
  seeAlso: ['export', 'validate', 'delete'],
  load: async () => (await import('../documents/apply.ts')).apply,
});
