import type { CommandDefinition } from '../command-line/command.ts';

export const logout: CommandDefinition = {
  name: 'logout',
  summary: 'forget the token of a profile',
  details: 'Of the current profile, where none is named. The token itself stays valid until it is revoked.',
  options: [{ flags: '--profile <name>', description: 'the profile', completes: 'profile' }],
  examples: [
    { command: 'bridle logout', meaning: 'the current profile' },
    { command: 'bridle logout --profile harness', meaning: 'another one' },
    { command: 'bridle logout --quiet', meaning: 'without a word about it' },
  ],
  exitCodes: [0, 4, 5],
  seeAlso: ['login', 'token revoke', 'profile delete'],
  load: async () => (await import('../account/logout.ts')).logout,
};
