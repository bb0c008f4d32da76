/**
 * The codebase of a run's CI stages: the user's working tree, as a copy or itself. It stands in for the implicit clone
 * (`harness-git-clone`) that a server makes.
 */
import { mkdir } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative } from 'node:path';
import { StepLog, type LogSink, type StepResult, type StepWorkspace } from '@bridle/executors';
import type { Value } from '@bridle/pipeline';
import { copyTree } from './copy-tree.ts';
import { describeCodebase } from './describe-codebase.ts';
import { TreeTooLarge } from './list-tree.ts';

export interface Codebase {
  /** Absolute. */
  readonly root: string;
  readonly mode: 'copy' | 'inPlace';
}

export interface CodebaseWork {
  readonly codebase: Codebase;
  /** Of the clone step, resolved. */
  readonly spec: Value;
  readonly workspace: StepWorkspace;
  readonly log: LogSink;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number, isFinished: boolean) => void;
}

/** Fields of a clone that say how it is fetched: nothing is. */
const WITHOUT_EFFECT = ['lfs', 'sparseCheckout', 'submoduleStrategy', 'preFetchCommand', 'persistCredentials'];
const CONTAINER_WORKSPACE = '/harness';

export async function provideCodebase(work: CodebaseWork): Promise<StepResult> {
  const { codebase, spec, signal } = work;
  const log = new StepLog(work.log);
  const fields = isMap(spec) ? spec : {};
  const ignored = WITHOUT_EFFECT.filter((name) => Object.hasOwn(fields, name));
  if (ignored.length > 0)
    await log.line(`Nothing is cloned here, so ${ignored.join(', ')} of the codebase has no effect.`);
  if (codebase.mode === 'copy') {
    const failure = await copy(work, log, fields['cloneDirectory']);
    if (failure !== undefined) return failure;
  } else {
    await log.line(`The steps of this stage work in ${codebase.root} itself.`);
    const wanted = fields['cloneDirectory'];
    if (typeof wanted === 'string' && wanted !== CONTAINER_WORKSPACE) {
      await log.line(`cloneDirectory (${wanted}) has no effect in place: the codebase is where it is.`);
    }
  }
  if (signal.aborted) return { kind: 'cancelled' };
  return {
    kind: 'succeeded',
    exitCode: 0,
    outputs: { ...(await describeCodebase(codebase.root, fields['build'] ?? null)) },
  };
}

async function copy(
  { codebase, workspace, signal, onProgress }: CodebaseWork,
  log: StepLog,
  cloneDirectory: Value | undefined,
): Promise<StepResult | undefined> {
  await log.line(`Copying ${codebase.root} in the place of a clone`);
  const started = performance.now();
  try {
    const to = targetFolder(workspace.folder, cloneDirectory);
    await mkdir(to, { recursive: true });
    let total = 0;
    const { files, hasGit, leftOut } = await copyTree({
      from: codebase.root,
      to,
      signal,
      onProgress: (done, all) => {
        total = all;
        onProgress(done, all, false);
      },
    });
    onProgress(total, total, true);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    await log.line(`Copied ${files} files${hasGit ? ' and the repository' : ''} in ${seconds} s`);
    if (leftOut.length > 0) await log.line(`Not in the copy: ${leftOut.join(', ')}`);
    return undefined;
  } catch (error) {
    if (signal.aborted) return { kind: 'cancelled' };
    const isOfSystem = error instanceof Error && 'code' in error;
    if (!(error instanceof TreeTooLarge) && !isOfSystem) throw error;
    const message = `The working tree cannot be copied: ${error.message}`;
    await log.line(message);
    return { kind: 'failed', outputs: {}, failure: { message, types: ['APPLICATION_ERROR'] } };
  }
}

/** Like a clone: the workspace itself, or a folder below it. */
function targetFolder(workspace: string, cloneDirectory: Value | undefined): string {
  if (typeof cloneDirectory !== 'string') return workspace;
  const below = normalize(
    cloneDirectory === CONTAINER_WORKSPACE || cloneDirectory.startsWith(`${CONTAINER_WORKSPACE}/`)
      ? `.${cloneDirectory.slice(CONTAINER_WORKSPACE.length)}`
      : cloneDirectory,
  );
  const path = join(workspace, below);
  const inside = relative(workspace, path);
  return isAbsolute(below) || inside.startsWith('..') ? workspace : path;
}

function isMap(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
