import type { CommandDefinition } from '../command-line/command.ts';
import { INPUT_OPTIONS } from '../inputs/input-options.ts';

export const run: CommandDefinition = {
  name: 'run',
  summary: 'run a pipeline on this machine',
  details:
    'Needs no server: the same language, engine and executors run here. Steps with an image run in Docker, others as processes. CI stages work in a copy of your working tree. Templates, input sets, services, environments and connectors are found in the .harness/ folders of the repository.',
  arguments: [
    {
      name: 'pipeline',
      description: 'its file or identifier; by default the only one there is',
      completes: 'pipeline',
    },
  ],
  options: [
    ...INPUT_OPTIONS,
    { flags: '--from <stage>', description: 'this stage and all after it', completes: 'stage' },
    {
      flags: '--step <id>',
      description: 'only this step of its stage (STEP or STAGE.STEP); may be given several times',
      isRepeatable: true,
      completes: 'step',
    },
    {
      flags: '--event <file>',
      description: "a webhook's payload, as JSON: what <+trigger.…> gives",
      completes: 'file',
    },
    { flags: '--trigger <id>', description: 'the trigger of the repository whose inputs the event supplies' },
    {
      flags: '--secret <name[=value]>',
      description: 'a secret; NAME alone reads the environment variable, NAME=@FILE a file',
      isRepeatable: true,
    },
    {
      flags: '--secrets-file <file>',
      description: 'secrets as lines of NAME=VALUE, or as a YAML map',
      isRepeatable: true,
      completes: 'file',
    },
    {
      flags: '--executor <kind>',
      description:
        'process: images are ignored; docker: an engine must be there; dummy: nothing runs, mocks say how steps end. Default: images in Docker, the rest as processes',
      choices: ['process', 'docker', 'dummy'],
    },
    {
      flags: '--mock <place=result>',
      description: 'with --executor dummy: STAGE.STEP=Failed, or STAGE.STEP:output.NAME=VALUE',
      isRepeatable: true,
    },
    {
      flags: '--mocks <file>',
      description: 'with --executor dummy: mocks in the format of pipeline tests',
      completes: 'file',
    },
    {
      flags: '--codebase <folder>',
      description: 'what CI stages build (default: the git working tree around the pipeline)',
      completes: 'folder',
    },
    { flags: '--in-place', description: 'CI stages work in your folder itself, and not in a copy' },
    { flags: '--parallel <n>', description: 'steps at once (default: as many as there are processors, at least 4)' },
    { flags: '--yes', description: 'approve what asks for approval' },
    {
      flags: '--approve <place>',
      description: 'approve STAGE.STEP, with values as STAGE.STEP:NAME=VALUE; also answers execution inputs',
      isRepeatable: true,
      completes: 'step',
    },
    { flags: '--reject <place>', description: 'reject STAGE.STEP', isRepeatable: true, completes: 'step' },
    {
      flags: '--intervene <place=action>',
      description:
        'answer a manual intervention: STAGE.STEP=Retry, Ignore, MarkAsSuccess, MarkAsFailure, StageRollback, …',
      isRepeatable: true,
    },
    { flags: '--no-wait-on-approval', description: 'end with code 6 where a person would be asked' },
    { flags: '--timeout <duration>', description: 'stop the run after this time (30m, 2h) with code 7' },
    {
      flags: '--record <folder>',
      description: 'keep the event log and the logs of the steps, for bridle replay',
      completes: 'folder',
    },
    { flags: '--logs', description: 'print the logs of all steps as they come' },
    { flags: '--json [fields]', description: 'print events as NDJSON; --json=a,b selects fields' },
  ],
  examples: [
    { command: 'bridle run', meaning: 'the only pipeline below .harness/' },
    {
      command: 'bridle run build.yaml -i tag=1.2 --secret TOKEN',
      meaning: 'with an input, and a secret from the environment',
    },
    { command: 'bridle run --stage test --executor process --logs', meaning: 'one stage, without Docker' },
    {
      command: 'bridle run --event push.json --yes --record runs/1',
      meaning: 'as a webhook would start it, approved, and kept',
    },
  ],
  exitCodes: [0, 1, 2, 3, 5, 6, 7, 130],
  environment: [
    { name: 'DOCKER_HOST', meaning: 'where the container engine is' },
    { name: 'BRIDLE_CACHE', meaning: 'folder of the run and of caches (default ~/.cache/bridle)' },
    { name: 'HTTP_PROXY, HTTPS_PROXY, NO_PROXY', meaning: 'the way out for steps of type Http and for clones' },
  ],
  seeAlso: ['plan', 'test', 'replay'],
  load: async () => (await import('../local/run-command.ts')).runCommand,
};
