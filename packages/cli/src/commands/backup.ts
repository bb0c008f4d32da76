import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { DATA_OPTION, HOME_ENVIRONMENT, PG_OPTION } from './home-options.ts';

export const backup: CommandDefinition = {
  name: 'backup',
  summary: 'write a backup of a home into one file',
  details:
    'The whole database as of one moment, and the files it refers to (logs, artifacts, stored files). The server may run meanwhile, and loses nothing of its speed but what the reading takes. The master key is not part of it unless --with-keys says so: without the key the secrets in a backup cannot be read, with it they can, by everybody who has the file. Files in an S3 bucket stay there. The file appears when it is whole.',
  arguments: [
    { name: 'file', description: 'that is written; it must not be there', isRequired: true, completes: 'file' },
  ],
  options: [
    DATA_OPTION,
    PG_OPTION,
    { flags: '--with-keys', description: 'with the master key: whoever has the file can read all secrets' },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle backup monday.tar', meaning: 'of ~/.bridle, without the master key' },
    { command: 'bridle backup monday.tar --with-keys', meaning: 'with it: keep the file as safe as the secrets' },
    { command: 'bridle backup ci.tar --data ./ci', meaning: 'of another home' },
  ],
  exitCodes: [0, 1, 2, 5],
  environment: HOME_ENVIRONMENT,
  seeAlso: ['restore', 'upgrade'],
  load: async () => (await import('../home/backup.ts')).backup,
};
