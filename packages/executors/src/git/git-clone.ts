/**
 * `GitClone`, and the clone of the codebase before the steps of a CI stage: a repository, or the part of it that is asked for,
 * into a folder of the workspace.
 *
 * - C1 The system's git does it, without hooks and without any configuration but ours (`git-home.ts`).
 * - C2 When it is over nothing of the credentials is left, in no way that it ends; `persistCredentials` alone keeps them.
 * - C3 Every network command that fails in passing is tried again; every failure says what is to be mended, in the step's log and in
 *   its result.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, type StepConnector, type StepContext, type StepExecutor, type StepResult } from '../executor.ts';
import { makeEnvironment } from '../process/environment.ts';
import { writeStepFile } from '../process/step-files.ts';
import { StepLog } from '../step-log.ts';
import { SpecError } from '../step-spec.ts';
import { findCloneFolder, makeCloneFolder, type CloneFolder } from './clone-folder.ts';
import { readOutputs } from './clone-outputs.ts';
import { readCloneSpec, type CloneSpec } from './clone-spec.ts';
import { fetchBuild } from './fetch-build.ts';
import { Git, GIT_MISSING } from './git-command.ts';
import { CloneCancelled, CloneFailed } from './git-failure.ts';
import { makeGitHome } from './git-home.ts';
import { persistLogin } from './persist-login.ts';
import { readRemote, type Remote } from './remote.ts';
import { signIn } from './sign-in.ts';
import { checkOutSubmodules, setSparse } from './work-tree.ts';

const OLDEST_GIT = [2, 25] as const;

export const gitClone: StepExecutor = {
  async run(context: StepContext): Promise<StepResult> {
    const log = new StepLog(context.log);
    try {
      const spec = readCloneSpec(context.step.spec);
      const remote = readRemote(
        findConnector(spec.connectorRef, context),
        spec.repoName,
        context.host.settings.git.isFileUrlAllowed,
      );
      const folder = findCloneFolder(context.workspace, spec.cloneDirectory, nameOf(spec.repoName) ?? remote.name);
      return await clone({ spec, remote: await signIn(remote, context), folder, context, log });
    } catch (error) {
      if (error instanceof CloneCancelled) {
        await log.line('The clone was stopped before it ended.');
        return { kind: 'cancelled' };
      }
      if (!(error instanceof SpecError || error instanceof CloneFailed)) throw error;
      await log.line(error.message);
      return error instanceof CloneFailed ? failed(error.message, error.types) : failed(error.message);
    }
  },
};

interface Work {
  readonly spec: CloneSpec;
  readonly remote: Remote;
  readonly folder: CloneFolder;
  readonly context: StepContext;
  readonly log: StepLog;
}

async function clone(work: Work): Promise<StepResult> {
  const { spec, remote, folder, context, log } = work;
  await log.line(`Cloning ${remote.url} into ${folder.shown === '.' ? 'the workspace' : folder.shown}`);
  await makeCloneFolder(folder, context.workspace);
  if (folder.wasCloned)
    await log.line('The clone that was there is replaced; files that are in its way are overwritten.');
  if (!spec.isTlsChecked) await log.line('Warning: sslVerify is off; anybody on the way can change what is cloned.');
  if (remote.protocol === 'http' && remote.login.kind === 'password' && !isLoopback(remote.host))
    await log.line('Warning: the credentials go over plain HTTP; anybody on the way can read them.');
  const home = makeGitHome(context.workspace, remote, spec, context.host.settings);
  try {
    const git = new Git({ context, log, environment: home.environment, url: remote.url }, folder);
    await checkVersion(git);
    await git.run(['init', '--quiet'], 'make a repository');
    await git.run(['remote', 'add', 'origin', remote.url], 'note the address of the repository');
    if (spec.hasLfs) await prepareLfs(git);
    await setSparse(git, spec.sparsePatterns);
    await runPreFetch(git, work);
    const fetched = await fetchBuild(git, spec, (line) => log.line(line));
    await checkOutSubmodules(git, spec);
    if (spec.keepsCredentials) await persistLogin(git, work);
    const outputs = await readOutputs(git, spec.build, fetched, remote.url);
    await log.line(`Commit ${outputs.commitSha}: ${outputs.commitMessage?.split('\n', 1)[0] ?? ''}`);
    return { kind: 'succeeded', exitCode: 0, outputs: { ...outputs } };
  } finally {
    await home.leave();
  }
}

/** Of `group/app.git`: `app`. */
function nameOf(repository: string | undefined): string | undefined {
  return /([^/]+?)(\.git)?\/*$/.exec(repository ?? '')?.[1];
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function findConnector(reference: string, context: StepContext): StepConnector {
  const connector = context.step.connectors?.[reference];
  if (connector === undefined) throw new SpecError(`The connector ${reference} is not there.`);
  return connector;
}

async function checkVersion(git: Git): Promise<void> {
  const { exitCode, output } = await git.try(['--version'], { isQuiet: true });
  // A program that confines git was started in its place, and did not find it.
  if (exitCode !== 0) throw new CloneFailed(GIT_MISSING, ['CONFIGURATION_FAILURE']);
  const [, major = '0', minor = '0'] = /git version (\d+)\.(\d+)/.exec(output) ?? [];
  const isOld = Number(major) < OLDEST_GIT[0] || (Number(major) === OLDEST_GIT[0] && Number(minor) < OLDEST_GIT[1]);
  if (isOld)
    throw new CloneFailed(`A clone needs git ${OLDEST_GIT.join('.')} or newer; this delegate has "${output.trim()}".`, [
      'CONFIGURATION_FAILURE',
    ]);
}

async function prepareLfs(git: Git): Promise<void> {
  const found = await git.try(['lfs', 'version'], { isQuiet: true });
  if (found.exitCode !== 0)
    throw new CloneFailed('lfs is asked for, but git-lfs was not found on this delegate.', ['CONFIGURATION_FAILURE']);
  // For the git of later steps.
  await git.run(['lfs', 'install', '--local', '--skip-repo'], 'set up git-lfs');
}

/** With the step's variables, and without any way to the credentials. */
async function runPreFetch(git: Git, { spec, context, log }: Work): Promise<void> {
  if (spec.preFetchCommand === undefined) return;
  const environment = makeEnvironment(context.host.settings.inheritedNames, [context.step.environment]);
  if (environment.kind === 'refused') throw new CloneFailed(environment.message);
  const script = join(context.workspace.scratch, 'pre-fetch.sh');
  writeStepFile(context.workspace, script, `${spec.preFetchCommand.replaceAll('\r\n', '\n')}\n`);
  await log.line('Running preFetchCommand');
  try {
    const end = await git.program('sh', ['-e', '-x', script], environment.variables);
    if (end.exitCode !== 0) throw new CloneFailed(`preFetchCommand ended with exit code ${end.exitCode}.`);
  } finally {
    await rm(script, { force: true });
  }
}
