import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';

export const replay: CommandDefinition = {
  name: 'replay',
  summary: 'tell whether a recorded run would go the same way today',
  details:
    'Decides a recorded run anew, under the pipeline as it stands now and by the engine of now, with the results, answers and times of then. Nothing is run. The first difference is named: which step or stage, what it did then, what it does now, and why. It ends with 1 when there is one.',
  arguments: [
    {
      name: 'record',
      description: 'the folder that run --record wrote, or a record file',
      isRequired: true,
      completes: 'folder',
    },
  ],
  options: [
    {
      flags: '--pipeline <file>',
      description: 'the pipeline to replay it under; without it, the file the run was made of',
      completes: 'pipeline',
    },
    { flags: '--recorded', description: 'under the pipeline as it was recorded: has the engine changed?' },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle replay run-1', meaning: 'would it go the same way with the pipeline as it is now?' },
    { command: 'bridle replay run-1 --pipeline .harness/next.yaml', meaning: 'and with another one?' },
    { command: 'bridle replay run-1/record.ndjson --recorded --json', meaning: 'the old pipeline, the new Bridle' },
  ],
  exitCodes: [0, 1, 2, 5],
  seeAlso: ['run', 'plan', 'test'],
  load: async () => (await import('../replay/replay.ts')).replay,
};
