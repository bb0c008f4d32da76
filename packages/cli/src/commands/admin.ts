import type { CommandDefinition } from '../command-line/command.ts';
import { DATA_OPTION, HOME_ENVIRONMENT, PG_OPTION } from './home-options.ts';

export const admin: CommandDefinition = {
  name: 'admin',
  summary: 'get back in: links that sign in, lost passwords, a lost master key',
  details:
    'What the owner of a home may do without being signed in, while the server runs or not. users: who there is. sign-in-link: a link that signs in once, within the hour. reset-password: forgets the password of a user, ends their sessions, and prints such a link. rotate-admin-token: puts a new token into the file admin-token of the home, and the one before is good no more. give-up-master-key: goes on with a new key when the old one is lost for good; without --yes it only tells what would be lost.',
  arguments: [
    {
      name: 'what',
      description: 'users, sign-in-link, reset-password, rotate-admin-token or give-up-master-key',
      isRequired: true,
    },
    { name: 'email', description: 'of the user; for sign-in-link the first administrator, where it is left out' },
  ],
  options: [DATA_OPTION, PG_OPTION, { flags: '--yes', description: 'give the master key up' }],
  examples: [
    { command: 'bridle admin sign-in-link', meaning: 'back in as the first administrator' },
    { command: 'bridle admin reset-password mira@example.com', meaning: 'a new password for somebody' },
    { command: 'bridle admin give-up-master-key', meaning: 'which secrets would be lost' },
  ],
  exitCodes: [0, 1, 2],
  environment: [...HOME_ENVIRONMENT, { name: 'BRIDLE_PORT, BRIDLE_PUBLIC_URL', meaning: 'where the links lead to' }],
  seeAlso: ['status', 'restore'],
  load: async () => (await import('../home/admin.ts')).admin,
};
