import type { CommandDefinition } from '../command-line/command.ts';
import { serverCommand } from '../connection/options.ts';
import { WATCH_OPTIONS } from './watch-options.ts';

export const execute: CommandDefinition = serverCommand({
  name: 'execute',
  summary: 'start a pipeline on the server',
  details:
    'Prints the id of the execution, or follows it with --watch as bridle run does: then it ends as the execution ends. Ctrl-C looks away, and the execution goes on. It is started once, never twice, whatever happens to the network.',
  arguments: [
    {
      name: 'pipeline',
      description: 'its identifier, or the address of its page',
      isRequired: true,
      completes: 'serverPipeline',
    },
  ],
  options: [
    {
      flags: '-i, --input <name=value>',
      description: 'a runtime input: variables.tag=1.2, or just tag=1.2 where only one is called so',
      isRepeatable: true,
    },
    {
      flags: '-f, --inputs-file <file>',
      description: 'YAML of inputs: rooted at pipeline, or names with values as for -i',
      isRepeatable: true,
      completes: 'file',
    },
    {
      flags: '--input-set <id>',
      description: 'an input set or overlay of the server; the later one wins',
      isRepeatable: true,
    },
    { flags: '--stage <id>', description: 'only this stage; may be given several times', isRepeatable: true },
    { flags: '--notes <text>', description: 'what its page says about it' },
    ...WATCH_OPTIONS,
  ],
  examples: [
    { command: 'bridle execute test --watch', meaning: 'follows it to its end, and ends as it does' },
    { command: 'bridle execute showcase -i tag=1.2 --logs', meaning: 'with an input, and all that steps print' },
    {
      command: 'bridle execute test --json=planExecutionId,url',
      meaning: 'starts it, and tells a script where to look',
    },
  ],
  exitCodes: [0, 1, 3, 6, 7],
  seeAlso: ['execution watch', 'logs', 'wait', 'run'],
  load: async () => (await import('../executions/execute.ts')).execute,
});
