/** Every command, in the order of the help. */
import type { CommandGroup } from '../command-line/program.ts';
import { complete, completion } from './completion.ts';
import { convert } from './convert.ts';
import { explain } from './explain.ts';
import { fmt } from './fmt.ts';
import { init } from './init.ts';
import { plan } from './plan.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { test } from './test.ts';
import { validate } from './validate.ts';

export const GROUPS: readonly CommandGroup[] = [
  { title: 'Run pipelines', commands: [run, plan, test, replay] },
  { title: 'Write pipelines', commands: [init, validate, fmt, explain, schema, convert] },
  { title: 'More', commands: [completion, complete] },
];
