import type { CommandDefinition } from '../command-line/command.ts';
import { DATA_OPTION, HOME_ENVIRONMENT } from './home-options.ts';

export const down: CommandDefinition = {
  name: 'down',
  summary: 'stop the server of a home',
  details:
    'As Ctrl-C where it was started: the delegate hands its work back, the server answers what is under way, PostgreSQL ends last. Waits until all have ended. Where nothing runs, that is said, and it is a success.',
  options: [
    DATA_OPTION,
    { flags: '--timeout <seconds>', description: 'how long to wait (default: 90); the stop goes on after it' },
  ],
  examples: [
    { command: 'bridle down', meaning: 'the server of ~/.bridle' },
    { command: 'bridle down --data ./ci', meaning: 'of another home' },
    { command: 'bridle down --timeout 10', meaning: 'wait no longer than ten seconds' },
  ],
  exitCodes: [0, 1, 2, 7],
  environment: HOME_ENVIRONMENT.slice(0, 1),
  seeAlso: ['up', 'status'],
  load: async () => (await import('../home/down.ts')).down,
};
