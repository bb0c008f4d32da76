import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';

export const whoami: CommandDefinition = serverCommand({
  name: 'whoami',
  summary: 'tell which server, who asks, and where each value comes from',
  details: 'Asks the server, so it also tells whether the token is good. The secret part of the token is not shown.',
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle whoami', meaning: 'each value, and which option, variable or file it is of' },
    { command: 'bridle whoami --profile harness', meaning: 'with another profile' },
    { command: 'bridle whoami --json=user,url', meaning: 'for a script' },
  ],
  exitCodes: [0],
  seeAlso: ['login', 'profile', 'api'],
  load: async () => (await import('../account/whoami.ts')).whoami,
});
