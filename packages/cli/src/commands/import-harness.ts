import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';
import { YES_OPTION } from '../documents/options.ts';

export const importHarness: CommandDefinition = serverCommand({
  name: 'import-harness',
  summary: 'copy pipelines and what they need from a Harness account, or from an export folder, to the server',
  details:
    'First it reports, before anything is written, what of each document is supported, emulated, ignored or refused, with lines and reasons. Then it asks, and writes them in the order in which they need each other; what is refused is left out and named. Organizations and projects are created. Secrets come without their values: it says which ones must be given. Nothing is changed where it reads from, and nothing is deleted.',
  arguments: [
    {
      name: 'folder',
      description: 'a folder of YAML documents: of bridle export, or as Harness keeps them in git',
      completes: 'folder',
    },
  ],
  options: [
    { flags: '--from <address>', description: 'an account instead of a folder, such as https://app.harness.io' },
    { flags: '--from-token <token>', description: 'who reads there; - reads it from standard input' },
    { flags: '--from-account <id>', description: 'the account there (default: that of the token)' },
    { flags: '--from-org <id>', description: 'only this organization (default: all that the token sees)' },
    { flags: '--from-project <id>', description: 'only this project of it' },
    { flags: '--into-project <project>', description: 'where one project goes: PROJECT or ORGANIZATION/PROJECT' },
    { flags: '--dry-run', description: 'the report only' },
    YES_OPTION,
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle import-harness backup --dry-run', meaning: 'what would become of the documents of a folder' },
    {
      command: 'bridle import-harness --from https://app.harness.io --from-org default --from-project shop',
      meaning: 'one project of an account; the token is in BRIDLE_FROM_TOKEN',
    },
    {
      command: 'bridle import-harness backup --into-project trial --yes',
      meaning: 'into a project of another name, without a question',
    },
  ],
  exitCodes: [0, 1],
  environment: [{ name: 'BRIDLE_FROM_TOKEN', meaning: 'the token of --from' }],
  seeAlso: ['export', 'apply', 'validate'],
  load: async () => (await import('../import-harness/import-harness.ts')).importHarness,
});
