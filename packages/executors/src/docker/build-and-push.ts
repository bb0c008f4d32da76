/** `BuildAndPushDockerRegistry`: builds an image from the workspace and pushes it under each of its tags. */
import type { Readable } from 'node:stream';
import { failed, type StepContext, type StepExecutor, type StepResult } from '../executor.ts';
import { performStep } from '../perform-step.ts';
import { StepLog } from '../step-log.ts';
import { SpecError, textOf, variableMap, type SpecObject } from '../step-spec.ts';
import { PathRefused } from '../storage/open-folder.ts';
import { openBuildContext } from './build-context.ts';
import { buildImage, usesBuildKit, type ImageBuild } from './builder.ts';
import { findImages, type DockerfileImages } from './dockerfile.ts';
import { engineProblem, type Engine } from './engine.ts';
import { DOCKER_HUB, parseImageName, type ImageName } from './image-name.ts';
import { ensureImage } from './images.ts';
import { readProgress } from './progress.ts';
import {
  checkAllowed,
  findRegistryAccess,
  loginFor,
  resolveImage,
  type RegistryAccess,
  type RegistryLogin,
} from './registry-access.ts';
import { CONTAINER_WORKSPACE, refuseWithoutEngine } from './step-container.ts';

const TAGS_MAX = 100;

interface PushPlan {
  readonly repository: ImageName;
  readonly tags: readonly string[];
  /** Of the registry that is pushed to. */
  readonly access: RegistryAccess | undefined;
  /** Of registries that base images come from. */
  readonly bases: readonly RegistryAccess[];
  readonly isPushed: boolean;
}

export const buildAndPush: StepExecutor = {
  run: (context) => performStep(context, (spec) => run(spec, context)),
};

async function run(spec: SpecObject, context: StepContext): Promise<StepResult> {
  const log = new StepLog(context.log);
  const plan = readPlan(spec, context);
  const engine = await context.host.docker?.engine();
  if (engine === undefined) return refuseWithoutEngine(log);
  try {
    const imageId = await build(spec, plan, engine, context, log);
    if (typeof imageId !== 'string') return imageId;
    return plan.isPushed ? await pushAll(plan, engine, context, log) : await notPushed(plan, imageId, log);
  } catch (error) {
    if (context.signal.aborted) return { kind: 'cancelled' };
    if (error instanceof PathRefused) throw new SpecError(error.message);
    if (error instanceof SpecError) throw error;
    return refuse(log, `The image could not be built: ${engineProblem(error)}`);
  }
}

async function refuse(log: StepLog, message: string): Promise<StepResult> {
  await log.line(message);
  return failed(message);
}

/** Answers with the image's id, or with the result when there is no image. */
async function build(
  spec: SpecObject,
  plan: PushPlan,
  engine: Engine,
  context: StepContext,
  log: StepLog,
): Promise<string | StepResult> {
  const buildContext = await openBuildContext(
    {
      workspace: context.workspace.folder,
      context: namesBelow(textOf(spec['context'], 'context') || '.', context),
      dockerfile: namesBelow(textOf(spec['dockerfile'], 'dockerfile') || 'Dockerfile', context),
      canHideDockerfile: !usesBuildKit(engine),
    },
    context.signal,
  );
  const buildArgs = variableMap(spec['buildArgs'], 'buildArgs');
  const images = findImages(buildContext.dockerfile, buildArgs);
  try {
    checkImages(images, context);
    await pullBases(images.names, plan, engine, context, log);
  } catch (error) {
    buildContext.tar.destroy();
    throw error;
  }
  if (textOf(spec['cacheTo'], 'cacheTo')) {
    await log.line('Warning: cacheTo is not carried out; the layers stay with the Docker engine of this delegate.');
  }
  const wish: ImageBuild = {
    context: buildContext,
    names: plan.tags.map((tag) => nameWith(plan, tag)),
    buildArgs,
    labels: variableMap(spec['labels'], 'labels'),
    target: textOf(spec['target'], 'target') || undefined,
    cacheFrom: textList(spec['cacheFrom'], 'cacheFrom'),
    logins: loginsOf([plan.access, ...plan.bases]),
  };
  await log.line(`Building ${wish.names.join(', ')}`);
  const end = await buildImage(wish, engine, log, context.signal);
  switch (end.kind) {
    case 'cancelled':
      await log.line('Execution was stopped before it ended.');
      return end;
    case 'failed':
      return refuse(log, `The image could not be built: ${end.message}`);
    case 'built':
      return end.imageId;
  }
}

/** S13: what a build runs is what its images bring. @throws SpecError */
function checkImages({ names, unclear }: DockerfileImages, context: StepContext): void {
  for (const name of names) checkAllowed(name, context);
  if (context.step.containers?.imagesAllowed !== undefined && unclear.length > 0)
    throw new SpecError(
      `This account allows certain images only, and the Dockerfile does not say which one ${unclear.join(', ')} is.`,
    );
}

/** Images of registries with a login, when the engine lacks them; the builder fetches all others. */
async function pullBases(
  bases: readonly ImageName[],
  plan: PushPlan,
  engine: Engine,
  context: StepContext,
  log: StepLog,
): Promise<void> {
  for (const name of bases) {
    const access = [...plan.bases, plan.access].find((known) => known?.registry === name.registry && known.login);
    if (access === undefined) continue;
    const found = await ensureImage(
      { name, policy: 'IfNotPresent', login: loginFor(name, access) },
      engine,
      log,
      context.signal,
    );
    if (found.kind === 'missing') await log.line(`Warning: ${found.message}`); // the builder will say what it misses
  }
}

async function pushAll(plan: PushPlan, engine: Engine, context: StepContext, log: StepLog): Promise<StepResult> {
  let digest: string | undefined;
  for (const tag of plan.tags) {
    const name = nameWith(plan, tag);
    await log.line(`Pushing ${name}`);
    const pushed = await push(plan, tag, engine, log, context.signal);
    if (context.signal.aborted) {
      await log.line('Execution was stopped before it ended.');
      return { kind: 'cancelled' };
    }
    if (pushed.kind === 'failed') {
      const message = `The image ${name} could not be pushed: ${pushed.message}`;
      await log.line(message);
      return failed(message, isLoginProblem(pushed.message) ? ['AUTHENTICATION'] : ['APPLICATION_ERROR']);
    }
    digest ??= pushed.digest;
  }
  return built(plan, digest ?? '', log);
}

type Pushed =
  | { readonly kind: 'pushed'; readonly digest: string | undefined }
  | { readonly kind: 'failed'; readonly message: string };

async function push(plan: PushPlan, tag: string, engine: Engine, log: StepLog, signal: AbortSignal): Promise<Pushed> {
  let digest: string | undefined;
  try {
    const login = loginFor(plan.repository, plan.access);
    const stream = (await engine.client.getImage(repositoryOf(plan)).push({
      tag,
      abortSignal: signal,
      // An engine wants some login even where none is needed.
      authconfig: login ?? { username: '', password: '', serveraddress: plan.repository.registry },
    })) as Readable;
    for await (const { aux, error, status, id } of readProgress(stream, signal)) {
      if (error !== undefined) return { kind: 'failed', message: error };
      if (typeof aux === 'object' && aux !== null && 'Digest' in aux && typeof aux.Digest === 'string')
        digest = aux.Digest;
      if (id === undefined && status !== undefined) await log.line(status);
    }
    return { kind: 'pushed', digest };
  } catch (error) {
    return { kind: 'failed', message: engineProblem(error) };
  }
}

function isLoginProblem(message: string): boolean {
  return /unauthorized|authentication required|no basic auth|denied/i.test(message);
}

async function notPushed(plan: PushPlan, imageId: string, log: StepLog): Promise<StepResult> {
  await log.line('The image is not pushed: PLUGIN_NO_PUSH or PLUGIN_DRY_RUN is set.');
  return built(plan, imageId, log);
}

async function built(plan: PushPlan, digest: string, log: StepLog): Promise<StepResult> {
  const tag = plan.tags[0] ?? 'latest';
  const image = nameWith(plan, tag);
  await log.line(`The image is ${image} (${digest})`);
  return { kind: 'succeeded', outputs: { image, tag, digest } };
}

function readPlan(spec: SpecObject, context: StepContext): PushPlan {
  const repo = textOf(spec['repo'], 'repo')?.trim();
  if (!repo) throw new SpecError('repo is missing: which repository is the image for?');
  const reference = textOf(spec['connectorRef'], 'connectorRef') || textOf(spec['registryRef'], 'registryRef');
  const access = findRegistryAccess(reference || undefined, context);
  const repository = resolveImage(repo, access);
  if (repository.digest !== undefined || (repo.split('/').at(-1) ?? '').includes(':'))
    throw new SpecError(`repo: "${repo}" has a tag or digest; tags go into tags.`);
  const tags = textList(spec['tags'], 'tags').filter((tag) => tag.trim() !== '');
  if (tags.length === 0) throw new SpecError('tags names no tag.');
  if (tags.length > TAGS_MAX) throw new SpecError(`tags names ${tags.length} tags; at most ${TAGS_MAX} are pushed.`);
  for (const tag of tags) {
    if (parseImageName(`image:${tag}`)?.tag !== tag) throw new SpecError(`tags: "${tag}" cannot be a tag.`);
  }
  const variables = { ...context.step.environment, ...variableMap(spec['envVariables'], 'envVariables') };
  return {
    repository,
    tags,
    access,
    bases: textList(spec['baseImageConnectorRefs'], 'baseImageConnectorRefs').flatMap((base) => {
      const found = findRegistryAccess(base, context);
      return found === undefined ? [] : [found];
    }),
    isPushed: !isOn(variables['PLUGIN_NO_PUSH']) && !isOn(variables['PLUGIN_DRY_RUN']),
  };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:true|1|yes|on)$/i.test(value.trim());
}

/** As people write it. */
function repositoryOf({ repository }: PushPlan): string {
  return repository.registry === DOCKER_HUB
    ? repository.repository.replace(/^library\//, '')
    : `${repository.registry}/${repository.repository}`;
}

function nameWith(plan: PushPlan, tag: string): string {
  return `${repositoryOf(plan)}:${tag}`;
}

function loginsOf(accesses: readonly (RegistryAccess | undefined)[]): Record<string, RegistryLogin> {
  return Object.fromEntries(
    accesses.flatMap((access) => (access?.login === undefined ? [] : [[access.login.serveraddress, access.login]])),
  );
}

/** A path below the workspace, which containers call `/harness`. @throws SpecError */
function namesBelow(path: string, context: StepContext): readonly string[] {
  const roots = [CONTAINER_WORKSPACE, context.workspace.folder];
  const root = roots.find((folder) => path === folder || path.startsWith(`${folder}/`));
  const inside = root === undefined ? path : path.slice(root.length).replace(/^\//, '');
  const names = inside.split('/').filter((name) => name !== '' && name !== '.');
  if (inside.startsWith('/') || names.includes('..'))
    throw new SpecError(`"${path}" leads out of the workspace; the image is built from what lies below it.`);
  return names;
}

function textList(value: unknown, what: string): readonly string[] {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value.map((item, index) => textOf(item, `${what}[${index}]`) ?? '');
  return (textOf(value, what) ?? '').split(',');
}
