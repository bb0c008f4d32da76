/** What the commands about a server of this machine have in common. */
import type { OptionDefinition } from '../command-line/command.ts';

export const DATA_OPTION: OptionDefinition = {
  flags: '--data <dir>',
  description: 'the home: data, keys and logs (default: ~/.bridle, as root /var/lib/bridle)',
  completes: 'folder',
};

export const PG_OPTION: OptionDefinition = {
  flags: '--pg <url>',
  description: 'a PostgreSQL of your own in the place of the embedded one',
};

export const HOME_ENVIRONMENT = [
  { name: 'BRIDLE_HOME', meaning: 'the home, where --data is not given' },
  { name: 'DATABASE_URL', meaning: 'the PostgreSQL, where --pg is not given' },
] as const;
