import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { DATA_OPTION, HOME_ENVIRONMENT, PG_OPTION } from './home-options.ts';

export const status: CommandDefinition = {
  name: 'status',
  summary: 'tell whether the server of a home runs, and what it has to do',
  details:
    'Whether it runs and where it answers, versions, PostgreSQL, delegates, what is under way and what waits, and the room on the disk. It ends with 1 when nothing runs, or when the server does not answer.',
  options: [DATA_OPTION, PG_OPTION, JSON_OPTION],
  examples: [
    { command: 'bridle status', meaning: 'of ~/.bridle' },
    { command: 'bridle status --data ./ci', meaning: 'of another home' },
    { command: 'bridle status --json=isRunning,url,queue', meaning: 'for a program' },
  ],
  exitCodes: [0, 1, 2],
  environment: HOME_ENVIRONMENT,
  seeAlso: ['up', 'doctor'],
  load: async () => (await import('../home/status.ts')).status,
};
