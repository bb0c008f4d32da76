/**
 * `persistCredentials`: they stay in the clone's own settings, where the git of later steps finds them, until the workspace goes.
 * Every process of the stage can read them there.
 */
import { join } from 'node:path';
import type { StepContext } from '../executor.ts';
import { writeStepFile } from '../process/step-files.ts';
import type { StepLog } from '../step-log.ts';
import type { Git } from './git-command.ts';
import { CloneFailed } from './git-failure.ts';
import type { Remote } from './remote.ts';

interface PersistWork {
  readonly remote: Remote;
  readonly context: StepContext;
  readonly log: StepLog;
}

const KEY_FILE = 'bridle-ssh-key';
/** Wherever the clone is seen from: a container has it at another place. */
const SSH_COMMAND = `ssh -i \\"$(git rev-parse --absolute-git-dir)/${KEY_FILE}\\" -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new`;

export async function persistLogin(git: Git, { remote, context, log }: PersistWork): Promise<void> {
  const { login, origin } = remote;
  if (login.kind !== 'password' && login.kind !== 'key') return;
  await log.line(
    'Warning: persistCredentials keeps the credentials in the clone, where every step of this stage can read them.',
  );
  if (login.kind === 'password') {
    const header = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    await append(git, context, 'config', `[http "${origin}/"]\n\textraHeader = "Authorization: Basic ${header}"\n`);
  } else {
    await append(git, context, KEY_FILE, login.privateKey);
    await append(git, context, 'config', `[core]\n\tsshCommand = "${SSH_COMMAND}"\n`);
  }
}

/**
 * By a process of the step's user: this one may write where that one may not, and a link in the file's place must not make it do so.
 * The text goes by file, not by argument.
 */
async function append(git: Git, context: StepContext, name: string, text: string): Promise<void> {
  const source = join(context.workspace.scratch, 'git', `append-${name}`);
  writeStepFile(context.workspace, source, text);
  const target = join(git.folder, '.git', name);
  const { exitCode } = await git.program('sh', ['-c', 'umask 077; cat "$1" >>"$2"', 'sh', source, target], {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  });
  if (exitCode !== 0) throw new CloneFailed('The credentials could not be kept in the clone.');
}
