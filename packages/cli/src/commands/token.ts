import type { CommandDefinition, CommandFamily } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';
import { DATA_OPTION, HOME_ENVIRONMENT, PG_OPTION } from './home-options.ts';

export const tokenFamily: CommandFamily = {
  name: 'token',
  summary: 'tokens of yours and of service accounts: create, list, rotate, revoke',
};

const OF = [
  { flags: '--key <id>', description: 'the API key that holds it (default: bridle)' },
  { flags: '--service-account <id>', description: 'of this service account, and not your own' },
] as const;

export const tokenCreate: CommandDefinition = serverCommand({
  name: 'token create',
  summary: 'make a token, and print it this once',
  details:
    'It may do what you may, or what the service account may. The API key that holds it is made where there is none.',
  arguments: [{ name: 'token', description: 'its identifier', isRequired: true }],
  options: [
    ...OF,
    { flags: '--expires <when>', description: 'when it ends: 30d, 12h, or a date (default: never)' },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle token create laptop --expires 30d', meaning: 'one of your own, for a month' },
    {
      command: 'bridle token create nightly --service-account ci --expires 2027-01-31',
      meaning: 'one of a service account',
    },
    { command: 'bridle token create laptop --json=token', meaning: 'for a script' },
  ],
  exitCodes: [0],
  seeAlso: ['token list', 'token revoke', 'login'],
  load: async () => (await import('../account/tokens.ts')).createToken,
});

export const tokenList: CommandDefinition = serverCommand({
  name: 'token list',
  summary: 'list tokens; what they are is not shown',
  options: [...OF, JSON_OPTION],
  examples: [
    { command: 'bridle token list', meaning: 'your own' },
    { command: 'bridle token list --service-account ci', meaning: 'those of a service account' },
    { command: 'bridle token list --json=identifier,valid', meaning: 'for a script' },
  ],
  exitCodes: [0],
  seeAlso: ['token create', 'token revoke'],
  load: async () => (await import('../account/tokens.ts')).listTokens,
});

export const tokenRotate: CommandDefinition = serverCommand({
  name: 'token rotate',
  summary: 'replace a token by a new one, and print that this once',
  details: 'The old one ends now, or after --keep.',
  arguments: [{ name: 'token', description: 'its identifier', isRequired: true }],
  options: [...OF, { flags: '--keep <duration>', description: 'let the old one go on for this time: 1h' }, JSON_OPTION],
  examples: [
    { command: 'bridle token rotate laptop', meaning: 'the old one ends now' },
    { command: 'bridle token rotate nightly --service-account ci --keep 1h', meaning: 'time to change over' },
    { command: 'bridle token rotate laptop --json=token', meaning: 'for a script' },
  ],
  exitCodes: [0],
  seeAlso: ['token create', 'token revoke'],
  load: async () => (await import('../account/tokens.ts')).rotateToken,
});

export const tokenRotateAdmin: CommandDefinition = {
  name: 'token rotate-admin',
  summary: 'put a new token into the file admin-token of the home; the one before is good no more',
  details:
    'For whoever owns the home, signed in or not, while the server runs or not. The token itself is not printed.',
  options: [DATA_OPTION, PG_OPTION],
  examples: [
    { command: 'bridle token rotate-admin', meaning: 'after somebody has seen it' },
    { command: 'bridle token rotate-admin --data /srv/bridle', meaning: 'that of another home' },
    { command: 'bridle token rotate-admin --quiet && bridle whoami', meaning: 'and who is signed in then' },
  ],
  exitCodes: [0, 1],
  environment: HOME_ENVIRONMENT,
  seeAlso: ['token rotate', 'admin'],
  load: async () => (await import('../home/admin.ts')).rotateAdminToken,
};

export const tokenRevoke: CommandDefinition = serverCommand({
  name: 'token revoke',
  summary: 'end a token: from now on it is refused',
  arguments: [{ name: 'token', description: 'its identifier', isRequired: true }],
  options: OF,
  examples: [
    { command: 'bridle token revoke laptop', meaning: 'one of your own' },
    { command: 'bridle token revoke nightly --service-account ci', meaning: 'one of a service account' },
    { command: 'bridle token revoke laptop --key laptops', meaning: 'one of another API key' },
  ],
  exitCodes: [0],
  seeAlso: ['token list', 'token create'],
  load: async () => (await import('../account/tokens.ts')).revokeToken,
});
