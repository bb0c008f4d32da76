import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { DATA_OPTION, HOME_ENVIRONMENT, PG_OPTION } from './home-options.ts';

export const doctor: CommandDefinition = {
  name: 'doctor',
  summary: 'check what a server needs on this machine',
  details:
    'Node, the home and its rights, keys, what an earlier start left behind, the port, PostgreSQL, the disk, the clock, and the programs that steps use. Each trouble comes with what to do about it. It starts nothing. It ends with 1 when something would keep a server from working; what only some steps need is a warning.',
  options: [
    DATA_OPTION,
    PG_OPTION,
    { flags: '--port <port>', description: 'that the server is to listen on (default: 7070)' },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle doctor', meaning: 'before the first start, or when something is wrong' },
    { command: 'bridle doctor --data ./ci --port 8080', meaning: 'for another home and port' },
    { command: 'bridle doctor --json', meaning: 'for a program' },
  ],
  exitCodes: [0, 1, 2],
  environment: [...HOME_ENVIRONMENT, { name: 'DOCKER_HOST', meaning: 'the engine that runs steps with an image' }],
  seeAlso: ['status', 'up'],
  load: async () => (await import('../home/doctor/doctor.ts')).doctor,
};
