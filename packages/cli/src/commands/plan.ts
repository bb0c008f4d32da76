import type { CommandDefinition } from '../command-line/command.ts';
import { JSON_OPTION } from '../command-line/json.ts';
import { INPUT_OPTIONS } from '../inputs/input-options.ts';

export const plan: CommandDefinition = {
  name: 'plan',
  summary: 'show what a run would do, and why',
  details:
    'Runs nothing. Shows which stages and steps would run, which would be skipped and why, loops turn by turn, and every expression: its value, what it waits for, or that it never has one. Takes for granted that every step succeeds at its first attempt. Secrets are not shown.',
  arguments: [
    {
      name: 'pipeline',
      description: 'its file or identifier; by default the only one there is',
      completes: 'pipeline',
    },
  ],
  options: [
    ...INPUT_OPTIONS,
    {
      flags: '--event <file>',
      description: "a webhook's payload, as JSON: what <+trigger.…> gives",
      completes: 'file',
    },
    { flags: '--trigger <id>', description: 'the trigger of the repository whose inputs the event supplies' },
    {
      flags: '-o, --output <format>',
      description: 'how to print (default: tree)',
      choices: ['tree', 'json', 'mermaid'],
    },
    JSON_OPTION,
  ],
  examples: [
    { command: 'bridle plan', meaning: 'the only pipeline below .harness/' },
    {
      command: 'bridle plan release.yaml -i tag=1.2 --event push.json',
      meaning: 'with an input, as a webhook would start it',
    },
    {
      command: 'bridle plan --stage build -o mermaid',
      meaning: 'one stage, as a flowchart for a page of documentation',
    },
  ],
  exitCodes: [0, 1, 2, 5],
  seeAlso: ['run', 'explain', 'validate'],
  load: async () => (await import('../plan/plan.ts')).plan,
};
