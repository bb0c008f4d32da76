import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';

export const login: CommandDefinition = serverCommand({
  name: 'login',
  summary: 'sign in to a server, and remember it',
  details:
    'Takes a personal access token, or one of a service account, asks the server whether it is good, and keeps it in a profile that is used from then on. On a terminal it asks; elsewhere the token comes by --token -. A Bridle that runs on this machine for you needs no login.',
  options: [JSON_OPTION],
  examples: [
    { command: 'bridle login', meaning: 'asks for the address and the token' },
    {
      command: 'bridle login --url https://ci.example.com --token - < token.txt',
      meaning: 'without a terminal; the token is not seen by others',
    },
    {
      command: 'bridle login --profile harness --url https://app.harness.io --org default --project shop',
      meaning: 'a second server, by a name of its own, with a project',
    },
  ],
  exitCodes: [0],
  seeAlso: ['logout', 'whoami', 'profile'],
  load: async () => (await import('../account/login.ts')).login,
});
