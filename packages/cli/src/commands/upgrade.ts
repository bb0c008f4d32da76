import type { CommandDefinition } from '../command-line/command.ts';
import { DATA_OPTION, HOME_ENVIRONMENT } from './home-options.ts';

export const upgrade: CommandDefinition = {
  name: 'upgrade',
  summary: 'bring the database of a home to the PostgreSQL of this release',
  details:
    'Needed when a start says that the data were written by an earlier PostgreSQL. Everything is read with the earlier PostgreSQL and written into a new data directory; the old one is kept beside it. It can be stopped or killed at any point and called again. The earlier PostgreSQL is fetched with npm, or taken from --binaries.',
  options: [
    DATA_OPTION,
    {
      flags: '--binaries <dir>',
      description: 'the earlier PostgreSQL: a folder with bin, lib and share',
      completes: 'folder',
    },
  ],
  examples: [
    { command: 'bridle upgrade', meaning: 'of ~/.bridle' },
    { command: 'bridle upgrade --data ./ci', meaning: 'of another home' },
    { command: 'bridle upgrade --binaries /usr/lib/postgresql/17', meaning: 'where npm reaches no registry' },
  ],
  exitCodes: [0, 1, 2],
  environment: HOME_ENVIRONMENT.slice(0, 1),
  seeAlso: ['backup', 'up'],
  load: async () => (await import('../home/upgrade.ts')).upgrade,
};
