/** What all steps with an image share: find the engine, check what is allowed, have the image there, and set the container up. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, type StepContext, type StepResult } from '../executor.ts';
import { checkEnvironment } from '../process/environment.ts';
import { SHELL_PROGRAMS, type Shell, type ShellName } from '../process/shells.ts';
import { builtInVariables, type ScriptFolder } from '../script-step.ts';
import type { StepLog } from '../step-log.ts';
import { SpecError } from '../step-spec.ts';
import type { ContainerMount, ContainerRequest } from './container-request.ts';
import type { ContainerSpec } from './container-spec.ts';
import type { DockerHost } from './docker-host.ts';
import { engineAddress, engineProblem, type Engine } from './engine.ts';
import { fullName, type ImageName } from './image-name.ts';
import { findShellIn } from './image-programs.ts';
import { digestOf, ensureImage } from './images.ts';
import { LABEL_STEP, LABEL_TASK } from './labels.ts';
import { checkAllowed, checkPrivileged, findRegistryAccess, loginFor, resolveImage } from './registry-access.ts';
import type { ContainerRun } from './run-container.ts';

/** Working directory of all containers of a stage. */
export const CONTAINER_WORKSPACE = '/harness';
/** Script and outputs: outside of the workspace, so that a step's `ls` or `git clean` does not meet them. */
const CONTAINER_FILES = '/bridle';

export interface StepContainer {
  readonly run: ContainerRun;
  /** Names the image for people. */
  readonly image: string;
  readonly files: ScriptFolder;
  /** The shell in the image; a text says what it lacks. Errors are the engine's. */
  findShell(name: ShellName): Promise<Shell | string>;
  /** Runs the image's own entrypoint until another is set. */
  readonly request: ContainerRequest;
}

export interface ContainerWish {
  readonly spec: ContainerSpec;
  /** The step's own variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where its script and outputs lie on this host; made when missing. */
  readonly filesFolder: string;
  /** A plugin by a tag that can change deserves a warning (S16). */
  readonly isPlugin: boolean;
}

/** Answers with a result when there is nothing to run. */
export async function openStepContainer(
  wish: ContainerWish,
  context: StepContext,
  log: StepLog,
): Promise<StepContainer | StepResult> {
  const engine = await context.host.docker?.engine();
  if (engine === undefined || context.host.docker === undefined) return refuseWithoutEngine(log);
  const run = {
    engine,
    host: context.host.docker,
    signal: context.signal,
    killGraceMs: context.host.settings.killGraceMs,
  };
  try {
    return await open(wish, run, context, log);
  } catch (error) {
    if (error instanceof SpecError) throw error;
    return await refuse(log, `The container could not be set up: ${engineProblem(error)}`);
  }
}

export async function refuseWithoutEngine(log: StepLog): Promise<StepResult> {
  const message = `This delegate has no Docker engine for a step with an image (capability docker): ${engineAddress()} does not answer.`;
  await log.line(message);
  return failed(message, ['DELEGATE_PROVISIONING']);
}

async function refuse(log: StepLog, message: string): Promise<StepResult> {
  await log.line(message);
  return failed(message, ['INFRASTRUCTURE_FAILURE']);
}

async function open(
  wish: ContainerWish,
  run: ContainerRun,
  context: StepContext,
  log: StepLog,
): Promise<StepContainer | StepResult> {
  const { spec } = wish;
  const access = findRegistryAccess(spec.connectorRef, context);
  const name = resolveImage(spec.image, access);
  checkAllowed(name, context);
  checkPrivileged(spec.isPrivileged, context);
  const found = await ensureImage(
    { name, policy: spec.pullPolicy, login: loginFor(name, access) },
    run.engine,
    log,
    run.signal,
  );
  if (found.kind === 'cancelled') return { kind: 'cancelled' };
  if (found.kind === 'missing') {
    await log.line(found.message);
    return failed(found.message, ['PLUGIN_IMAGE_FAILURE']);
  }
  if (wish.isPlugin && name.digest === undefined) await warnOfTag(name, digestOf(name, found.info), log);
  const files = await makeFilesFolder(wish.filesFolder);
  run.host.noteWriter(context.workspace.folder, found.info);
  const user = spec.user ?? found.info.Config.User;
  const variables = environmentOf(wish, files, await gitVariables(user, context), context);
  const isOpen = isRoot(user) || context.workspace.isOfUser === true;
  if (!isOpen) await chmod(context.workspace.folder, 0o777); // the folders around it keep other users of this host out
  return {
    run,
    image: fullName(name),
    files,
    findShell: async (shell) =>
      (await findShellIn(found.info, shell, run.engine, run.host)) ??
      `The shell ${shell} was not found in the image ${fullName(name)}: it needs ${SHELL_PROGRAMS[shell].join(' or ')} in its PATH.`,
    request: {
      name: `bridle-${context.step.taskId}-${randomBytes(3).toString('hex')}`,
      image: found.info.Id,
      environment: variables,
      workingFolder: CONTAINER_WORKSPACE,
      mounts: await mountsOf(files, run.engine, run.host, context),
      ...(await networkOf(run.engine, run.host, context)),
      ports: [],
      limits: spec.limits,
      user: spec.user,
      isPrivileged: spec.isPrivileged,
      labels: {
        ...run.host.labels(context.step.stage?.workspaceKey),
        [LABEL_TASK]: context.step.taskId,
        [LABEL_STEP]: context.step.identifier,
      },
    },
  };
}

async function warnOfTag(name: ImageName, digest: string | undefined, log: StepLog): Promise<void> {
  const pin = digest === undefined ? 'its digest (@sha256:…)' : `${fullName(name)}@${digest}`;
  await log.line(
    `Warning: what ${fullName(name)} stands for can change; name the image by ${pin} to be sure of what runs.`,
  );
}

async function makeFilesFolder(path: string): Promise<ScriptFolder> {
  await mkdir(path, { recursive: true });
  await chmod(path, 0o777); // whichever user the image names; the folders around it keep other users of this host out
  return { path, inside: CONTAINER_FILES, isForAnyUser: true };
}

/** @throws SpecError */
function environmentOf(
  wish: ContainerWish,
  files: ScriptFolder,
  forGit: Readonly<Record<string, string>>,
  context: StepContext,
): Record<string, string> {
  const inherited = Object.fromEntries(
    context.host.settings.inheritedNames.flatMap((name) => {
      const value = name.startsWith('BRIDLE_') ? undefined : process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const environment = checkEnvironment({
    ...inherited,
    ...forGit,
    ...context.step.environment,
    ...builtInVariables(files, CONTAINER_WORKSPACE),
    ...wish.variables,
  });
  if (environment.kind === 'refused') throw new SpecError(environment.message);
  return { ...environment.variables };
}

/** Git refuses to work in a folder of another user, and the workspace belongs to whoever made it: the container is told to trust it. */
async function gitVariables(user: string, context: StepContext): Promise<Record<string, string>> {
  const { uid } = await stat(context.workspace.folder);
  const isSame = isRoot(user) ? uid === 0 : user.split(':')[0] === String(uid);
  return isSame ? {} : { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };
}

async function mountsOf(
  files: ScriptFolder,
  engine: Engine,
  host: DockerHost,
  context: StepContext,
): Promise<readonly ContainerMount[]> {
  const mounts: ContainerMount[] = [
    { kind: 'bind', source: context.workspace.folder, target: CONTAINER_WORKSPACE },
    { kind: 'bind', source: files.path, target: files.inside },
  ];
  const { stage } = context.step;
  for (const target of new Set(stage?.sharedPaths.map(checkedSharedPath))) {
    if (stage === undefined) break;
    mounts.push({ kind: 'volume', source: await host.volume(engine, stage.workspaceKey, target), target });
  }
  return mounts;
}

function checkedSharedPath(path: string): string {
  const isPlain = path.startsWith('/') && !path.split('/').includes('..') && !/[*?,:\0]/.test(path);
  const text = path.replaceAll(/\/+/g, '/').replace(/\/$/, '');
  const isOurs = [CONTAINER_WORKSPACE, CONTAINER_FILES].some(
    (folder) => text === folder || text.startsWith(`${folder}/`),
  );
  if (!isPlain || isOurs || text === '')
    throw new SpecError(
      `sharedPaths: "${path}" cannot be shared; it must be an absolute path outside of ${CONTAINER_WORKSPACE} and ${CONTAINER_FILES}.`,
    );
  return text;
}

async function networkOf(
  engine: Engine,
  host: DockerHost,
  context: StepContext,
): Promise<Pick<ContainerRequest, 'network'>> {
  const { stage } = context.step;
  if (stage === undefined) return {};
  return { network: { id: await host.network(engine, stage.workspaceKey), aliases: [] } };
}

function isRoot(user: string): boolean {
  const [name = ''] = user.split(':');
  return name === '' || name === '0' || name === 'root';
}

/** Where the files of a step's container lie while the step runs. */
export function filesFolderOf(context: StepContext): string {
  return join(context.workspace.scratch, 'container');
}
