import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { DATA_OPTION, HOME_ENVIRONMENT, PG_OPTION } from './home-options.ts';

export const up: CommandDefinition = {
  name: 'up',
  summary: 'start a server with everything it needs',
  details:
    'PostgreSQL, the server with its web UI, and a delegate, until Ctrl-C stops them all. The first start makes an account with the organization "default", a project and two demo pipelines, and prints a token that is ready to use; later starts find all data again. With --ephemeral everything is in a temporary folder on a free port, and gone at the end, whatever ends it: made for tests of other programs. With --json one line is printed on standard output when all is ready: {"url", "token", "accountId", …}.',
  options: [
    { flags: '--port <port>', description: 'of the web UI and the API; 0 = any free one (default: 7070)' },
    DATA_OPTION,
    PG_OPTION,
    { flags: '--ephemeral', description: 'in a temporary folder, on a free port, gone at the end' },
    {
      flags: '--seed <what>',
      description: 'what a first start makes besides account, organization and project (default: demo)',
      choices: ['demo', 'none'],
    },
    { flags: '--open', description: 'open the web UI in a browser, signed in' },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle up', meaning: 'on http://127.0.0.1:7070, with its data in ~/.bridle' },
    { command: 'bridle up --port 8080 --data ./ci', meaning: 'another port, another home' },
    { command: 'bridle up --ephemeral --json', meaning: 'a server for a test: one line of JSON, and nothing is left' },
  ],
  exitCodes: [0, 1, 2],
  environment: [
    ...HOME_ENVIRONMENT,
    { name: 'BRIDLE_PORT', meaning: 'the port, where --port is not given' },
    { name: 'BRIDLE_…', meaning: 'all settings of the server: see its README' },
  ],
  seeAlso: ['down', 'status', 'open', 'doctor'],
  ownsSignals: true,
  load: async () => (await import('../home/up.ts')).up,
};
