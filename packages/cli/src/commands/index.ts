/** Every command, in the order of the help. */
import type { CommandGroup } from '../command-line/program.ts';
import { admin } from './admin.ts';
import { backup } from './backup.ts';
import { complete, completion } from './completion.ts';
import { convert } from './convert.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { explain } from './explain.ts';
import { fmt } from './fmt.ts';
import { init } from './init.ts';
import { open } from './open.ts';
import { plan } from './plan.ts';
import { replay } from './replay.ts';
import { restore } from './restore.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { up } from './up.ts';
import { upgrade } from './upgrade.ts';
import { validate } from './validate.ts';

export const GROUPS: readonly CommandGroup[] = [
  { title: 'Run pipelines', commands: [run, plan, test, replay] },
  { title: 'Write pipelines', commands: [init, validate, fmt, explain, schema, convert] },
  { title: 'Run a server', commands: [up, down, status, open, doctor, backup, restore, upgrade, admin] },
  { title: 'More', commands: [completion, complete] },
];
