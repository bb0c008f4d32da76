/** Every command, in the order of the help. */
import type { CommandGroup } from '../command-line/program.ts';
import { admin } from './admin.ts';
import { api } from './api.ts';
import { apply } from './apply.ts';
import { backup } from './backup.ts';
import { complete, completion } from './completion.ts';
import { convert } from './convert.ts';
import { DELEGATE_COMMANDS, delegateFamily } from './delegate.ts';
import { deleteCommand } from './delete.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { execute } from './execute.ts';
import { EXECUTION_COMMANDS, executionFamily } from './execution.ts';
import { explain } from './explain.ts';
import { exportCommand } from './export.ts';
import { fmt } from './fmt.ts';
import { events, logs, wait } from './follow.ts';
import { get } from './get.ts';
import { importHarness } from './import-harness.ts';
import { init } from './init.ts';
import { list } from './list.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { mcp } from './mcp.ts';
import { open } from './open.ts';
import { plan } from './plan.ts';
import { profileDelete, profileFamily, profileList, profileShow, profileUse } from './profile.ts';
import { replay } from './replay.ts';
import { restore } from './restore.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { SECRET_COMMANDS, secretFamily } from './secret.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { tokenCreate, tokenFamily, tokenList, tokenRevoke, tokenRotate, tokenRotateAdmin } from './token.ts';
import { TRIGGER_COMMANDS, triggerFamily } from './trigger.ts';
import { up } from './up.ts';
import { upgrade } from './upgrade.ts';
import { validate } from './validate.ts';
import { whoami } from './whoami.ts';

export const GROUPS: readonly CommandGroup[] = [
  { title: 'Run pipelines', commands: [run, plan, test, replay] },
  { title: 'Write pipelines', commands: [init, validate, fmt, explain, schema, convert] },
  {
    title: 'Run on a server',
    commands: [execute, wait, logs, events, ...EXECUTION_COMMANDS, ...TRIGGER_COMMANDS],
    families: [executionFamily, triggerFamily],
  },
  {
    title: 'Keep on a server',
    commands: [apply, get, list, deleteCommand, exportCommand, importHarness, ...SECRET_COMMANDS],
    families: [secretFamily],
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
      tokenRotateAdmin,
      tokenRevoke,
      api,
    ],
    families: [profileFamily, tokenFamily],
  },
  {
    title: 'Run a server',
    commands: [up, down, status, open, doctor, backup, restore, upgrade, admin, ...DELEGATE_COMMANDS],
    families: [delegateFamily],
  },
  { title: 'More', commands: [mcp, completion, complete] },
];
