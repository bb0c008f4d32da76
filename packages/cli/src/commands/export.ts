import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { serverCommand } from '../connection/options.ts';

export const exportCommand: CommandDefinition = serverCommand({
  name: 'export',
  summary: 'write the documents of a project into .harness/, one file each',
  details:
    'What bridle apply reads, and bridle run, plan and test find. Secrets come without their values. A file that is there and says something else is left alone unless --force is given; none is deleted.',
  arguments: [{ name: 'folder', description: 'where to (default: .harness)', completes: 'folder' }],
  options: [{ flags: '--force', description: 'replace files that say something else' }, JSON_OPTION],
  examples: [
    { command: 'bridle export', meaning: 'the whole project into .harness/' },
    { command: 'bridle export backup --project shop', meaning: 'another project, into a folder of its own' },
    { command: 'bridle export --json=kind,identifier,file', meaning: 'and what was written, for a script' },
  ],
  exitCodes: [0],
  seeAlso: ['apply', 'get', 'run'],
  load: async () => (await import('../documents/export.ts')).exportDocuments,
});
