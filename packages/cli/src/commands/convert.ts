import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';

export const convert: CommandDefinition = {
  name: 'convert',
  summary: 'make a pipeline of one for GitHub Actions, GitLab CI or Drone',
  details:
    'Writes the pipeline to standard output and a report to standard error: what is done another way, what is left to you (marked # TODO), and what has no effect any more. With --output, the pipeline and its triggers are written to files below .harness/ of that folder. Nothing of the source disappears silently; --json lists every part of it. - stands for standard input.',
  arguments: [{ name: 'file', description: 'the file to convert', isRequired: true, completes: 'file' }],
  options: [
    {
      flags: '--from <system>',
      description: 'what the file is written for; without it, its name decides',
      choices: ['github', 'gitlab', 'drone'],
    },
    { flags: '-o, --output <folder>', description: 'write the files below this folder', completes: 'folder' },
    { flags: '--force', description: 'with --output: write over files that are there' },
    { flags: '--name <name>', description: 'the name of the pipeline where the source has none' },
    { flags: '--strict', description: 'fail when something is left to you' },
    JSON_OPTION,
  ],
  examples: [
    {
      command: 'bridle convert --from github .github/workflows/build.yml > .harness/build.yaml',
      meaning: 'the pipeline of a workflow',
    },
    { command: 'bridle convert .gitlab-ci.yml --output .', meaning: 'the pipeline and its triggers, below .harness/' },
    {
      command: 'bridle convert .drone.yml --json=report',
      meaning: 'what becomes of every part of the file',
    },
  ],
  exitCodes: [0, 1, 5],
  seeAlso: ['validate', 'plan', 'run'],
  load: async () => (await import('../convert/convert-file.ts')).convertFile,
};
