import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';

export const test: CommandDefinition = {
  name: 'test',
  summary: 'run the tests of pipelines, with mocked steps and in virtual time',
  details:
    'A test stands beside its pipeline: deploy.test.yaml for deploy.yaml. Its cases say what a run is given, what its steps come to and what people do, and what is expected of it: statuses, what was skipped, rollbacks, outputs, resolved values. Nothing is executed; days pass in milliseconds. With a folder, the tests in it are run; without, those below this one.',
  arguments: [{ name: 'dir', description: 'a folder with tests, or one test', completes: 'file' }],
  options: [
    { flags: '--filter <text>', description: 'only cases with this in their name' },
    { flags: '--coverage', description: 'which stages, steps, branches, loops and failure strategies were reached' },
    { flags: '--junit <file>', description: 'also write the results as JUnit XML', completes: 'file' },
    { flags: '--update', description: 'write what came of the cases into the tests, in place of what was expected' },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle test', meaning: 'all tests below this folder' },
    { command: 'bridle test .harness --coverage', meaning: 'those in .harness/, and what they never reach' },
    { command: 'bridle test deploy.test.yaml --filter rollback', meaning: 'cases of one test that are about rollback' },
  ],
  exitCodes: [0, 1, 2, 5],
  seeAlso: ['run', 'plan', 'validate'],
  load: async () => (await import('../pipeline-tests/run-tests.ts')).runTests,
};
