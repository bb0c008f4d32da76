import type { OptionDefinition } from '../command-line/command.ts';

/** How the commands that look at one run of a pipeline are told its inputs. */
export const INPUT_OPTIONS: readonly OptionDefinition[] = [
  {
    flags: '-i, --input <name=value>',
    description: 'a runtime input: variables.tag=1.2, or just tag=1.2 where only one is called so',
    isRepeatable: true,
    completes: 'input',
  },
  {
    flags: '-f, --inputs-file <file>',
    description: 'YAML of inputs: rooted at pipeline as a server takes it, or names with values as for -i',
    isRepeatable: true,
    completes: 'file',
  },
  {
    flags: '--input-set <file>',
    description: 'an input set or overlay, by file or identifier; the later one wins',
    isRepeatable: true,
    completes: 'inputSet',
  },
  {
    flags: '--stage <id>',
    description: 'only this stage; may be given several times',
    isRepeatable: true,
    completes: 'stage',
  },
];
