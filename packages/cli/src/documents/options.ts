/** What the commands about documents have in common. */
import type { ArgumentDefinition, OptionDefinition } from '../command-line/command.ts';

export const KIND_ARGUMENT: ArgumentDefinition = {
  name: 'kind',
  description: 'the kind of document: pipeline, trigger, connector, …',
  isRequired: true,
};

export const NAME_ARGUMENT: ArgumentDefinition = {
  name: 'name',
  description: 'its identifier; of triggers and input sets with the pipeline, as release/nightly',
  isRequired: true,
};

export const FILE_OPTION: OptionDefinition = {
  flags: '-f, --file <file>',
  description: 'a file, a folder, or - for standard input',
  isRepeatable: true,
  completes: 'file',
};

export const LEVEL_OPTION: OptionDefinition = {
  flags: '--level <level>',
  description: 'whose it is where the text does not say it (default: project)',
  choices: ['account', 'org', 'project'],
};

export const LABEL_OPTION: OptionDefinition = {
  flags: '--label <version>',
  description: 'the version of a template (default: its stable one)',
};

export const YES_OPTION: OptionDefinition = { flags: '--yes', description: 'do not ask' };
