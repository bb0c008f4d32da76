import type { CommandDefinition } from '../command-line/command.ts';

export const init: CommandDefinition = {
  name: 'init',
  summary: 'write a first pipeline, its test and an event',
  details:
    'Into .harness/ of the repository around this folder, or of the folder that is named. Nothing is overwritten.',
  arguments: [{ name: 'folder', description: 'the root of the repository', completes: 'folder' }],
  options: [{ flags: '--name <name>', description: 'how the pipeline is called (default: as the folder is)' }],
  examples: [
    { command: 'bridle init', meaning: 'in the repository around this folder' },
    { command: 'bridle init --name Shop', meaning: 'with a name of its own' },
    { command: 'bridle init services/api', meaning: 'for a part of the repository' },
  ],
  exitCodes: [0],
  seeAlso: ['run', 'plan', 'test'],
  load: async () => (await import('../init/init.ts')).init,
};
