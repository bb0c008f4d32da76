import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { INPUT_OPTIONS } from '../inputs/input-options.ts';

export const explain: CommandDefinition = {
  name: 'explain',
  summary: 'tell what an expression gives at a place of a pipeline',
  details:
    'Says the value an expression has where a run has come to that place, what it waits for, or why it has none and what was probably meant. Without an expression a prompt asks for them, with history and completion (Tab); Ctrl-D leaves it. Takes for granted what bridle plan does.',
  arguments: [{ name: 'expression', description: "such as '<+pipeline.name>', or a whole condition" }],
  options: [
    {
      flags: '--file <pipeline>',
      description: 'the pipeline, by file or identifier; by default the only one there is',
      completes: 'pipeline',
    },
    {
      flags: '--at <place>',
      description: 'a stage or step by identifier or address, a path of the YAML, or a line (default: pipeline)',
      completes: 'step',
    },
    { flags: '--trace', description: 'each part of the expression with its value' },
    ...INPUT_OPTIONS,
    {
      flags: '--event <file>',
      description: "a webhook's payload, as JSON: what <+trigger.…> gives",
      completes: 'file',
    },
    { flags: '--trigger <id>', description: 'the trigger of the repository whose inputs the event supplies' },
    JSON_OPTION,
  ],
  examples: [
    { command: "bridle explain '<+pipeline.name>'", meaning: 'as the pipeline itself sees it' },
    {
      command: 'bridle explain \'<+matrix.os> == "linux"\' --at test --trace',
      meaning: 'a condition at a step, part by part',
    },
    { command: 'bridle explain --file build.yaml --at 42', meaning: 'a prompt for expressions at line 42' },
  ],
  exitCodes: [0, 1, 2, 5],
  seeAlso: ['plan', 'run', 'validate'],
  load: async () => (await import('../explain/explain.ts')).explain,
};
