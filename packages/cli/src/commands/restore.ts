import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { DATA_OPTION, HOME_ENVIRONMENT, PG_OPTION } from './home-options.ts';

export const restore: CommandDefinition = {
  name: 'restore',
  summary: 'make a home out of a backup',
  details:
    'Into an empty home, or one that is not there yet. The backup may be of an older release: its data are brought up to this one. That of a newer release is refused, and so is a home that holds anything. Every part of the file is checked before anything is made. Without the master key in it, the key of the old home has to be given before the first start; what happens if it is lost is said.',
  arguments: [{ name: 'file', description: 'that bridle backup wrote', isRequired: true, completes: 'file' }],
  options: [DATA_OPTION, PG_OPTION, JSON_OPTION],
  examples: [
    { command: 'bridle restore monday.tar', meaning: 'into ~/.bridle, which must not hold anything' },
    { command: 'bridle restore monday.tar --data ./copy', meaning: 'into another home' },
    {
      command: 'bridle restore monday.tar --pg postgresql://bridle@db/bridle',
      meaning: 'into an empty database of your own',
    },
  ],
  exitCodes: [0, 1, 2, 5],
  environment: HOME_ENVIRONMENT,
  seeAlso: ['backup', 'up'],
  load: async () => (await import('../home/restore.ts')).restore,
};
