/** Every command, in the order of the help. */
import type { CommandGroup } from '../command-line/program.ts';
import { admin } from './admin.ts';
import { api } from './api.ts';
import { backup } from './backup.ts';
import { complete, completion } from './completion.ts';
import { convert } from './convert.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { execute } from './execute.ts';
import { EXECUTION_COMMANDS, executionFamily } from './execution.ts';
import { explain } from './explain.ts';
import { fmt } from './fmt.ts';
import { events, logs, wait } from './follow.ts';
import { init } from './init.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { open } from './open.ts';
import { plan } from './plan.ts';
import { profileDelete, profileFamily, profileList, profileShow, profileUse } from './profile.ts';
import { replay } from './replay.ts';
import { restore } from './restore.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { tokenCreate, tokenFamily, tokenList, tokenRevoke, tokenRotate } from './token.ts';
import { up } from './up.ts';
import { upgrade } from './upgrade.ts';
import { validate } from './validate.ts';
import { whoami } from './whoami.ts';

export const GROUPS: readonly CommandGroup[] = [
  { title: 'Run pipelines', commands: [run, plan, test, replay] },
  { title: 'Write pipelines', commands: [init, validate, fmt, explain, schema, convert] },
  {
    title: 'Run on a server',
    commands: [execute, wait, logs, events, ...EXECUTION_COMMANDS],
    families: [executionFamily],
  },
  {
    title: 'Sign in',
    commands: [
      login,
      logout,
      whoami,
      profileList,
      profileUse,
      profileShow,
      profileDelete,
      tokenCreate,
      tokenList,
      tokenRotate,
      tokenRevoke,
      api,
    ],
    families: [profileFamily, tokenFamily],
  },
  { title: 'Run a server', commands: [up, down, status, open, doctor, backup, restore, upgrade, admin] },
  { title: 'More', commands: [completion, complete] },
];
