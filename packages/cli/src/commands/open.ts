import type { CommandDefinition } from '../command-line/command.ts';
import { DATA_OPTION, HOME_ENVIRONMENT } from './home-options.ts';

export const open: CommandDefinition = {
  name: 'open',
  summary: 'open the web UI of the running server in a browser',
  details:
    'Prints the address, and opens it where there is a browser to open it in. With the id of an execution, its page; with "docs", the description of the API.',
  arguments: [{ name: 'thing', description: 'the id of an execution, or docs; without it, the start page' }],
  options: [DATA_OPTION, { flags: '--print', description: 'print the address only' }],
  examples: [
    { command: 'bridle open', meaning: 'the start page' },
    { command: 'bridle open docs', meaning: 'the description of the API' },
    { command: 'bridle open --print', meaning: 'its address, for a script' },
  ],
  exitCodes: [0, 2, 5],
  environment: [
    ...HOME_ENVIRONMENT.slice(0, 1),
    { name: 'BROWSER', meaning: 'the program that opens an address, in the place of the desktop’s' },
  ],
  seeAlso: ['up', 'status'],
  load: async () => (await import('../home/open.ts')).open,
};
