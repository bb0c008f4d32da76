/** Steps with `uses`: the actions that something here can stand for. The others stop the run, and say what was there. */
import type { StepDraft } from '../draft.ts';
import type { SourceEntry, SourceMap } from '../source.ts';
import { describe, flagOf, textOf, valueOf } from '../source-nodes.ts';
import { keepAsArtifacts, refuseInShell } from '../shell-text.ts';
import type { Yaml, YamlMap } from '../yaml-value.ts';
import { fieldText, translated, type JobState } from './job-state.ts';
import type { Contexts } from './translate.ts';

/** A step with `uses`, and what of it is the same for every action. */
export interface UsesStep {
  readonly state: JobState;
  readonly step: SourceMap;
  readonly uses: SourceEntry;
  /** Without the version. */
  readonly action: string;
  readonly version: string;
  readonly with: SourceMap | undefined;
  readonly contexts: Contexts;
  readonly identifier: string;
  /** The step as it will be, but for type and spec; who asks for it makes a step. */
  readonly frame: Omit<StepDraft, 'type' | 'spec'>;
  readonly notes: string[];
}

type Handler = (step: UsesStep) => readonly StepDraft[];

const HANDLERS: Readonly<Record<string, Handler>> = {
  'actions/checkout': checkout,
  'actions/setup-node': (step) => setUp(step, 'node', ['node-version'], (version) => `node:${version}`),
  'actions/setup-python': (step) => setUp(step, 'Python', ['python-version'], (version) => `python:${version}`),
  'actions/setup-go': (step) => setUp(step, 'Go', ['go-version'], (version) => `golang:${version}`),
  'actions/setup-java': (step) => setUp(step, 'Java', ['java-version'], (version) => `eclipse-temurin:${version}`),
  'actions/cache': cache,
  'actions/cache/restore': (step) => [restore(step)],
  'actions/cache/save': (step) => [save(step, step.frame)],
  'actions/upload-artifact': upload,
  'actions/download-artifact': download,
  'docker/setup-buildx-action': (step) => unneeded(step, 'Images are built by the engine of the delegate.'),
  'docker/setup-qemu-action': (step) => unneeded(step, 'Images are built for the platform of the delegate.'),
  'docker/login-action': (step) =>
    unneeded(
      step,
      'The connector of the step that builds the image signs in.',
      'Make a DockerRegistry connector with the same account.',
    ),
  'docker/build-push-action': buildAndPush,
};

export function convertAction(step: UsesStep): readonly StepDraft[] {
  const handler = Object.hasOwn(HANDLERS, step.action) ? HANDLERS[step.action] : undefined;
  if (handler !== undefined) return handler(step);
  if (step.action.startsWith('docker://')) return [container(step)];
  return [unknown(step)];
}

function labelOf({ uses }: UsesStep): string {
  return `uses: ${textOf(uses.value) ?? ''}`;
}

function input(step: UsesStep, name: string): string | undefined {
  const { ledger } = step.state;
  const node = ledger.take(step.with, name);
  const text = fieldText(node, `with ${name}`, step.contexts, ledger, step.notes);
  if (node !== undefined && /[\n,]/.test(text ?? ''))
    ledger.converted(node, `with ${name}: ${describe(node)}`, 'Its lines are taken one by one.');
  return text;
}

function lines(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The codebase when it is the repository itself, a GitClone for another one or another place. */
function checkout(step: UsesStep): readonly StepDraft[] {
  const { state, uses } = step;
  const [repository, ref, folder] = ['repository', 'ref', 'path'].map((name) => input(step, name));
  const fields: Record<string, Yaml> = {};
  const number = /^\d{1,9}$/;
  take(step, fields, 'fetch-depth', 'depth', (text) => (number.test(text) ? Number(text) : undefined));
  take(step, fields, 'submodules', 'submoduleStrategy', (text) => (SUBMODULES.includes(text) ? text : undefined));
  for (const [name, field] of FLAGS) take(step, fields, name, field, (text) => ({ true: true, false: false })[text]);
  const patterns = lines(input(step, 'sparse-checkout'));
  if (patterns.length > 0) fields['sparseCheckout'] = patterns;
  state.ledger.report('dropped', step.with, 'token', 'The connector of the codebase signs in.');
  state.ledger.report('dropped', step.with, 'clean', 'Every stage begins with an empty workspace.');
  if (repository === undefined && ref === undefined && folder === undefined) return codebase(step, fields);
  const build: YamlMap = { type: 'branch', spec: { branch: ref ?? 'main' } };
  state.ledger.manual(
    uses,
    labelOf(step),
    'It is a GitClone step; name the connector of the repository, and what is built.',
  );
  const spec: YamlMap = {
    connectorRef: '<+input>',
    repoName: repository?.split('/').at(-1),
    build,
    cloneDirectory: folder ?? repository?.split('/').at(-1) ?? '.',
    ...fields,
  };
  const note = `TODO: name the connector of ${repository ?? 'the repository'}, and check the branch.`;
  return [{ ...step.frame, type: 'GitClone', spec, notes: [...step.notes, note] }];
}

const SUBMODULES: readonly string[] = ['true', 'false', 'recursive'];
const FLAGS = [
  ['lfs', 'lfs'],
  ['fetch-tags', 'fetchTags'],
  ['persist-credentials', 'persistCredentials'],
] as const;

/** One input as a field of the clone; what the field does not take is left to a person. */
function take(
  step: UsesStep,
  fields: Record<string, Yaml>,
  name: string,
  field: string,
  read: (text: string) => Yaml | undefined,
): void {
  const node = step.state.ledger.take(step.with, name);
  if (node === undefined) return;
  const value = read((textOf(node) ?? '').toLowerCase());
  if (value !== undefined) fields[field] = value;
  else
    step.state.ledger.manual(
      node,
      `${name}: ${textOf(node) ?? ''}`,
      `The field ${field} of the codebase does not take it.`,
    );
}

function codebase(step: UsesStep, fields: Readonly<Record<string, Yaml>>): readonly StepDraft[] {
  const { state, uses } = step;
  state.clones = true;
  for (const [name, value] of Object.entries(fields)) {
    const known = state.workflow.codebase[name];
    if (known === undefined) state.workflow.codebase[name] = value;
    else if (JSON.stringify(known) !== JSON.stringify(value))
      state.ledger.emulated(
        uses,
        `${name} of the checkout: ${JSON.stringify(value)}`,
        `All stages clone alike: ${name} is ${JSON.stringify(known)}.`,
      );
  }
  if (state.names.stepIdentifiers[0] === step.identifier)
    state.ledger.converted(uses, labelOf(step), 'The stage clones the codebase.');
  else state.ledger.emulated(uses, labelOf(step), 'The stage clones the codebase before its first step.');
  return [];
}

/** A version of a language is an image from there on. */
function setUp(
  step: UsesStep,
  language: string,
  keys: readonly string[],
  toImage: (version: string) => string,
): readonly StepDraft[] {
  const { state, uses } = step;
  const version = keys.map((key) => input(step, key)).find((text) => text !== undefined) ?? 'latest';
  for (const key of keys.map((name) => `${name}-file`)) {
    if (step.with?.entries.has(key) === true)
      state.notes.push(`TODO: the version of ${language} is in a file; name it in the image.`);
    state.ledger.report('manual', step.with, key, 'The version is in a file, and the image has to name it.');
  }
  state.ledger.report(
    'dropped',
    step.with,
    'cache',
    'Add RestoreCache and SaveCache around the steps, or caching to the stage.',
  );
  state.ledger.report('dropped', step.with, 'distribution', 'The image is that of Eclipse Temurin.');
  const image = toImage(imageTag(version));
  if (state.container !== undefined) {
    const why = `The steps run in the image ${state.container}, which nothing is added to.`;
    state.ledger.manual(uses, labelOf(step), why, `Use an image that has ${language} ${version}.`);
    state.notes.push(`TODO: ${state.container} must have ${language} ${version}.`);
    return [];
  }
  if (state.surroundings.os !== undefined && state.surroundings.os !== 'Linux') {
    state.ledger.manual(
      uses,
      labelOf(step),
      `The steps run on the machine itself, which must have ${language} ${version}.`,
    );
    state.notes.push(`TODO: the machine must have ${language} ${version}.`);
    return [];
  }
  if (state.image !== undefined) {
    const why = `The image ${state.image} gives way to ${image} from here on: a step runs in one image.`;
    state.ledger.manual(uses, labelOf(step), why, 'Build an image that has both.');
    state.notes.push(`TODO: steps that need both ${state.image} and ${image} need an image of their own.`);
  } else {
    const how = `The steps after it run in the image ${image}, which has ${language} and little else.`;
    state.ledger.emulated(uses, labelOf(step), how, 'Choose another image where a step misses a tool.');
  }
  state.image = image;
  return [];
}

const NEWEST: readonly string[] = ['*', 'latest', 'stable', 'current', 'node', 'x'];

/** `20.x` and `^3.11` as tags of images. */
function imageTag(version: string): string {
  if (version.includes('<+')) return version;
  const plain = version
    .trim()
    .replace(/^[\^~>=v\s]+/, '')
    .replace(/(?:\.[x*])+$/, '');
  if (plain.startsWith('lts')) return 'lts';
  return /^[\w.-]+$/.test(plain) && !NEWEST.includes(plain) ? plain : 'latest';
}

function cache(step: UsesStep): readonly StepDraft[] {
  const restored = restore(step);
  const identifier = step.state.names.identifiers.take(`save_${step.identifier}`, 'save_cache');
  const saved = save(step, { identifier, name: `save ${step.frame.name}` });
  step.state.atEnd.unshift(saved);
  return [restored];
}

function restore(step: UsesStep): StepDraft {
  const { state, uses } = step;
  state.ledger.converted(uses, labelOf(step), 'A folder of the delegate keeps the cache.');
  state.ledger.report(
    'dropped',
    step.with,
    'restore-keys',
    'A cache is found by its whole key only.',
    'Shorten the key where an older cache is better than none.',
  );
  const fails = state.ledger.take(step.with, 'fail-on-cache-miss');
  const spec: YamlMap = {
    key: cacheKey(step),
    failIfKeyNotFound: flagOf(fails) === true ? true : undefined,
  };
  state.ledger.take(step.with, 'path');
  return { ...step.frame, type: 'RestoreCache', spec, notes: step.notes };
}

function save(step: UsesStep, frame: Omit<StepDraft, 'type' | 'spec'>): StepDraft {
  if (step.action === 'actions/cache/save')
    step.state.ledger.converted(step.uses, labelOf(step), 'A folder of the delegate keeps the cache.');
  const paths = lines(input(step, 'path'));
  const outside = paths.filter((path) => /^[~/]/.test(path));
  if (outside.length > 0) {
    const why = 'Caches keep folders of the workspace.';
    const hint = 'Let the tool keep its files in the workspace, and name that folder.';
    step.state.ledger.manual(step.uses, `path: ${outside.join(', ')}`, why, hint);
    step.notes.push(`TODO: ${why} Let the tool keep ${outside.join(', ')} there.`);
  }
  const spec: YamlMap = { key: cacheKey(step), sourcePaths: [...paths] };
  return { ...frame, type: 'SaveCache', spec, notes: step.notes };
}

/** `hashFiles('a', 'b')` is `{{ checksum "a" "b" }}`, which knows no patterns. */
function cacheKey(step: UsesStep): string {
  const node = step.state.ledger.take(step.with, 'key');
  const text = textOf(node) ?? '';
  if (node === undefined) return '';
  const kept: string[] = [];
  const marked = text.replaceAll(/\$\{\{\s*hashFiles\(([^)]*)\)\s*\}\}/g, (_, list: string) => {
    const files = [...list.matchAll(/'([^']*)'/g)].map(([, file = '']) => file);
    const plain = files.map((file) => file.replace(/^\*\*\//, '').replace(/^\.\//, ''));
    if (files.some((file) => file.includes('*'))) {
      const how = `The key takes the checksum of ${plain.join(', ')} in the workspace itself: a checksum knows no patterns.`;
      if (plain.some((file) => /[*?]/.test(file)))
        step.state.ledger.manual(node, `key: ${text}`, how, 'Name the files.');
      else step.state.ledger.emulated(node, `key: ${text}`, how);
    } else step.state.ledger.converted(node, `key: ${text}`, 'It takes the checksum of the same files.');
    kept.push(`{{ checksum ${plain.map((file) => `"${file.replaceAll(/[*?]/g, '_')}"`).join(' ')} }}`);
    return `\u{0}${String(kept.length - 1)}\u{0}`;
  });
  const made = translated(marked, node, 'key', step.contexts, step.state.ledger, step.notes);
  return made.replaceAll(/\u{0}(\d+)\u{0}/gu, (_, index: string) => kept[Number(index)] ?? '');
}

/** Kept as artifacts of the execution, and as a cache of the execution for the jobs that fetch them. */
function upload(step: UsesStep): readonly StepDraft[] {
  const { state, uses } = step;
  const name = input(step, 'name') ?? 'artifact';
  const paths = lines(input(step, 'path'));
  const how = 'The files are artifacts of the execution, and a cache under its id hands them to later stages.';
  state.ledger.emulated(uses, labelOf(step), how, 'Stages on different delegates need SaveCacheS3 and RestoreCacheS3.');
  state.ledger.report('dropped', step.with, 'retention-days', 'Artifacts go after 30 days (BRIDLE_ARTIFACTS_DAYS).');
  state.ledger.report('dropped', step.with, 'if-no-files-found', 'Paths that lead to nothing are passed over.');
  const kept = paths.filter((path) => !path.startsWith('!'));
  if (kept.length < paths.length)
    state.ledger.manual(
      uses,
      `path: ${paths.join(' ')}`,
      'What begins with ! cannot be left out again.',
      'Name what is kept.',
    );
  const identifier = state.names.identifiers.take(`hand_over_${name}`, 'hand_over');
  return [
    { ...step.frame, type: 'Run', spec: { shell: 'Sh', command: keepAsArtifacts(kept) }, notes: step.notes },
    {
      ...step.frame,
      identifier,
      name: `hand over ${step.frame.name}`.slice(0, 128),
      type: 'SaveCache',
      spec: { key: artifactKey(name), sourcePaths: [...kept], override: true },
    },
  ];
}

export function artifactKey(name: string): string {
  return `artifact-${name}-<+pipeline.executionId>`;
}

function download(step: UsesStep): readonly StepDraft[] {
  const { state, uses } = step;
  const name = input(step, 'name');
  const folder = input(step, 'path');
  if (name === undefined) return [unknown(step, 'It fetches all artifacts; name each one.')];
  const how = 'It is brought back from a cache of the execution, to where it was saved from.';
  if (folder === undefined) state.ledger.emulated(uses, labelOf(step), how);
  else {
    state.ledger.manual(uses, `${labelOf(step)} to ${folder}`, how, `Move it to ${folder} in the step that needs it.`);
    step.notes.push(`TODO: the files come back to where they were saved from, not to ${folder}.`);
  }
  const spec: YamlMap = { key: artifactKey(name), failIfKeyNotFound: true };
  return [{ ...step.frame, type: 'RestoreCache', spec, notes: step.notes }];
}

function unneeded(step: UsesStep, why: string, hint?: string): readonly StepDraft[] {
  const { ledger } = step.state;
  ledger.report('dropped', step.step, 'with', why);
  ledger.dropped(step.uses, labelOf(step), why, hint);
  return [];
}

function buildAndPush(step: UsesStep): readonly StepDraft[] {
  const { state, uses } = step;
  const tags = lines(input(step, 'tags')?.replaceAll(',', '\n'));
  const [first = 'image'] = tags;
  const repository = first.replace(/:[^:/]*$/, '');
  const pushes = flagOf(state.ledger.take(step.with, 'push'));
  if (pushes !== true) {
    const why = 'BuildAndPushDockerRegistry always pushes; remove the step where nothing should be pushed.';
    state.ledger.manual(uses, `${labelOf(step)} without push`, why);
    step.notes.push(`TODO: ${why}`);
  }
  const others = tags.filter((tag) => tag.replace(/:[^:/]*$/, '') !== repository);
  if (others.length > 0)
    state.ledger.manual(uses, `tags: ${others.join(' ')}`, 'A step pushes to one repository.', 'Add a step for each.');
  const pairs = lines(input(step, 'build-args')).map(
    (line) => [line.split('=')[0] ?? '', line.split('=').slice(1).join('=')] as const,
  );
  state.ledger.manual(uses, labelOf(step), 'It is BuildAndPushDockerRegistry; name the connector of the registry.');
  step.notes.push('TODO: name the DockerRegistry connector in connectorRef, or give it at each run.');
  for (const key of ['cache-from', 'cache-to', 'provenance', 'sbom', 'load'])
    state.ledger.report('dropped', step.with, key, 'The engine of the delegate keeps its own layers.');
  const spec: YamlMap = {
    connectorRef: '<+input>',
    repo: repository,
    tags: tags.filter((tag) => !others.includes(tag)).map((tag) => /:([^:/]*)$/.exec(tag)?.[1] ?? 'latest'),
    dockerfile: input(step, 'file'),
    context: input(step, 'context'),
    target: input(step, 'target'),
    buildArgs: pairs.length === 0 ? undefined : Object.fromEntries(pairs),
  };
  return [{ ...step.frame, type: 'BuildAndPushDockerRegistry', spec, notes: step.notes }];
}

/** `docker://image`, whose entrypoint and arguments may be given. */
function container(step: UsesStep): StepDraft {
  const { state, uses } = step;
  const image = step.action.slice('docker://'.length) + (step.version === '' ? '' : `@${step.version}`);
  const [entrypoint, args] = ['entrypoint', 'args'].map((name) => input(step, name));
  state.ledger.converted(uses, labelOf(step), 'The step runs the image.');
  const command = [entrypoint, args].filter((text) => text !== undefined).join(' ');
  if (command !== '') return { ...step.frame, type: 'Run', spec: { image, shell: 'Sh', command }, notes: step.notes };
  return { ...step.frame, type: 'Plugin', spec: { image }, notes: step.notes };
}

function unknown(step: UsesStep, why = 'Actions do not run here: write what it does as commands.'): StepDraft {
  const { state, uses } = step;
  const values = state.ledger.takeAll(step.with).map(({ key, value }) => {
    state.ledger.takeWhole(value);
    return `TODO:   ${key}: ${textOf(value) ?? JSON.stringify(valueOf(value))}`;
  });
  state.ledger.manual(uses, labelOf(step), why);
  const notes = [...step.notes, `TODO: ${labelOf(step)}: ${why}`, ...values];
  const spec = { shell: 'Sh', command: refuseInShell(labelOf(step)) };
  return { ...step.frame, type: 'Run', spec, notes };
}
