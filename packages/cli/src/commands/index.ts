/** Every command, in the order of the help. */
import type { CommandGroup } from '../command-line/program.ts';
import { complete, completion } from './completion.ts';
import { fmt } from './fmt.ts';
import { replay } from './replay.ts';
import { schema } from './schema.ts';
import { validate } from './validate.ts';

export const GROUPS: readonly CommandGroup[] = [
  { title: 'Run pipelines', commands: [replay] },
  { title: 'Write pipelines', commands: [validate, fmt, schema] },
  { title: 'More', commands: [completion, complete] },
];
