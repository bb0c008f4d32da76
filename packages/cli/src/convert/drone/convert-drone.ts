/** A `.drone.yml`: each pipeline is a stage. */
import type { ConvertedSource, PipelineDraft, PlatformDraft, StageDraft, StepDraft, VariableDraft } from '../draft.ts';
import { Identifiers, toIdentifier, toName } from '../identifiers.ts';
import { Ledger } from '../ledger.ts';
import { toLevels } from '../levels.ts';
import type { ConvertOptions } from '../result.ts';
import { refuse, START, type SourceMap } from '../source.ts';
import { describe, flagOf, mapOf, textOf, textsOf } from '../source-nodes.ts';
import { PUSHED_BRANCH, PUSHED_TAG, type TriggerDraft } from '../triggers.ts';
import type { Yaml, YamlMap } from '../yaml-value.ts';
import { refuseInShell } from '../shell-text.ts';
import { readWhen } from './conditions.ts';
import { readServices, readSteps } from './steps.ts';
import { secretOf, substitute, type Substitution } from './substitution.ts';
import { Volumes } from './volumes.ts';

/** Facts about the whole file that pipelines add to. */
interface FileState {
  readonly ledger: Ledger;
  readonly identifiers: Identifiers;
  readonly codebase: Record<string, Yaml>;
  readonly events: Set<string>;
  readonly askFor: (name: string) => void;
}

export function convertDrone(documents: readonly SourceMap[], options: ConvertOptions): ConvertedSource {
  const ledger = new Ledger();
  const asked = new Map<string, VariableDraft>();
  const state: FileState = {
    ledger,
    identifiers: new Identifiers(),
    codebase: {},
    events: new Set(),
    askFor: (name) =>
      asked.set(name, {
        name,
        type: 'String',
        value: '<+input>',
        notes: [`TODO: ${name} is given by whoever starts the pipeline.`],
      }),
  };
  const pipelines = documents.filter((document) => kindOf(document) === 'pipeline');
  const [first] = pipelines;
  if (first === undefined)
    return refuse(
      'ROOT_KEY_MISSING',
      documents[0]?.place ?? START,
      'A file of Drone has documents with kind: pipeline; this text has none.',
      'Name the system it is written for with --from.',
    );
  for (const document of documents.filter((other) => !pipelines.includes(other))) reportOther(document, ledger);
  const stages = pipelines.map((document, index) => readPipeline(document, index, state));
  for (const stage of stages)
    for (const need of stage.needs.filter((key) => !stages.some((other) => other.key === key)))
      ledger.manual(stage, `depends_on: ${need}`, 'There is no such pipeline in the file.');
  const levels = toLevels(stages);
  if (levels.kind === 'cycle')
    return refuse('STRUCTURE_INVALID', first.place, `The pipelines ${levels.keys.join(', ')} depend on each other.`);
  for (const document of documents) ledger.close(document);
  const title = (stages.length === 1 ? stages[0]?.key : undefined) ?? options.name ?? 'pipeline';
  const draft: PipelineDraft = {
    identifier: toIdentifier(title, 'pipeline'),
    name: toName(title, 'pipeline'),
    variables: [...asked.values()],
    codebase: state.codebase,
    stages,
  };
  ledger.emulated(
    { place: START },
    'pushes, tags and pull requests',
    'Drone runs the file by itself; here custom webhook triggers do, in the way of GitHub and Gitea.',
    "Let the repository's host send its webhook, as JSON, to the address of each trigger.",
  );
  return { kind: 'converted', draft, triggers: triggers(state.events), ledger };
}

function kindOf(document: SourceMap): string {
  return textOf(document.entries.get('kind')?.value) ?? '';
}

function reportOther(document: SourceMap, ledger: Ledger): void {
  const kind = textOf(ledger.take(document, 'kind')) ?? '';
  const name = textOf(ledger.take(document, 'name')) ?? '';
  const keys = [...document.entries.keys()].filter((key) => key !== 'kind' && key !== 'name');
  if (kind === 'signature') {
    ledger.dropped(document, 'kind: signature', 'Files are not signed.');
    for (const key of keys) ledger.report('dropped', document, key, 'Files are not signed.');
  } else if (kind === 'secret') {
    ledger.manual(
      document,
      `the secret ${name}`,
      'Its value is not in the file, or only for Drone to read.',
      `Make a secret with the identifier ${name}.`,
    );
    for (const key of keys) ledger.report('dropped', document, key, `The secret ${name} is made anew.`);
  } else {
    ledger.manual(document, `kind: ${kind}, name: ${name}`, 'Only pipelines are converted.');
    for (const key of keys) ledger.report('dropped', document, key, 'Only pipelines are converted.');
  }
}

function readPipeline(document: SourceMap, index: number, state: FileState): StageDraft {
  const { ledger } = state;
  const notes: string[] = [];
  ledger.take(document, 'kind');
  const type = ledger.takeEntry(document, 'type');
  const kind = textOf(type?.value) ?? 'docker';
  const isExec = kind === 'exec';
  if (type !== undefined && (isExec || kind === 'docker'))
    ledger.converted(
      type,
      `type: ${kind}`,
      isExec ? 'Steps run on the machine of the delegate.' : 'Steps run in containers.',
    );
  else if (type !== undefined)
    ledger.emulated(
      type,
      `type: ${kind}`,
      'Steps run in containers of the delegate, or on its machine where they name no image.',
    );
  const key = textOf(ledger.take(document, 'name')) ?? (index === 0 ? 'default' : `pipeline-${String(index + 1)}`);
  const identifier = state.identifiers.take(key, 'pipeline');
  const volumes = new Volumes(document, ledger);
  const substitution: Substitution = { ledger, askFor: state.askFor, notes };
  const platform = readPlatform(document, ledger);
  const shell = platform?.os === 'Windows' ? 'Powershell' : 'Sh';
  const steps = { ...substitution, identifiers: new Identifiers(), volumes, isExec, shell };
  const services = readServices(document, steps);
  const own = readSteps(document, steps);
  const { when, events } = readWhen(ledger.takeEntry(document, 'trigger'), true, ledger, state.askFor, notes);
  for (const event of events.length === 0 ? ['push', 'tag', 'pull_request'] : events) state.events.add(event);
  const needs = ledger.takeEntry(document, 'depends_on');
  if (needs !== undefined)
    ledger.converted(needs, `depends_on: ${textsOf(needs.value).join(', ')}`, 'It decides the place among the stages.');
  const clones = readClone(document, state);
  const variables = readEnvironment(document, substitution);
  const selectors = readNode(document, ledger);
  reportRest(document, ledger);
  return {
    key,
    identifier,
    name: toName(key, identifier),
    type: 'CI',
    needs: textsOf(needs?.value),
    place: document.place,
    when,
    variables,
    failureStrategies: [],
    delegateSelectors: selectors,
    ...(platform === undefined ? {} : { platform }),
    clones,
    sharedPaths: volumes.sharedPaths(),
    steps: [...services, ...(own.length === 0 ? [[noSteps(document, steps.identifiers, ledger)]] : own)],
    notes,
  };
}

/** A stage has at least one step. */
function noSteps(document: SourceMap, identifiers: Identifiers, ledger: Ledger): StepDraft {
  ledger.manual(document, 'a pipeline without steps', 'There is nothing to run.');
  return {
    identifier: identifiers.take('nothing', 'nothing'),
    name: 'nothing',
    type: 'Run',
    spec: { shell: 'Sh', command: refuseInShell('a pipeline without steps') },
  };
}

const SYSTEMS: Readonly<Record<string, string>> = {
  linux: 'Linux',
  darwin: 'MacOS',
  macos: 'MacOS',
  windows: 'Windows',
};
const PROCESSORS: Readonly<Record<string, string>> = { amd64: 'Amd64', arm64: 'Arm64' };

function readPlatform(document: SourceMap, ledger: Ledger): PlatformDraft | undefined {
  const entry = ledger.takeEntry(document, 'platform');
  const map = mapOf(entry?.value);
  if (entry === undefined || map === undefined) return undefined;
  const [system, processor] = ['os', 'arch'].map((key) => textOf(ledger.take(map, key)));
  const [os, arch] = [SYSTEMS[system ?? 'linux'], PROCESSORS[processor ?? 'amd64']];
  if (os === undefined || arch === undefined) {
    ledger.manual(entry, `platform: ${describe(map)}`, 'There is no such platform: it runs on any delegate.');
    return undefined;
  }
  ledger.converted(entry, `platform: ${describe(map)}`, `It needs a ${os} ${arch} delegate.`);
  return { os, arch };
}

/** Whether it clones; how is the same for all stages. */
function readClone(document: SourceMap, { ledger, codebase }: FileState): boolean {
  const map = mapOf(ledger.take(document, 'clone'));
  const depth = ledger.takeEntry(map, 'depth');
  const verify = ledger.takeEntry(map, 'skip_verify');
  const disable = ledger.takeEntry(map, 'disable');
  ledger.report('dropped', map, 'retries', 'A clone is tried once.');
  if (depth !== undefined) {
    const count = Number(textOf(depth.value) ?? 'none');
    if (!Number.isInteger(count) || count < 0)
      ledger.manual(depth, `depth: ${describe(depth.value)}`, 'It is no number of commits.');
    else codebase['depth'] ??= count;
    if (Number.isInteger(count) && codebase['depth'] !== count)
      ledger.emulated(
        depth,
        `depth: ${describe(depth.value)}`,
        `All stages clone alike: depth is ${JSON.stringify(codebase['depth'])}.`,
      );
  }
  if (verify !== undefined) {
    ledger.converted(verify, `skip_verify: ${describe(verify.value)}`, 'It is sslVerify of the codebase.');
    if (flagOf(verify.value) === true) codebase['sslVerify'] = false;
  }
  if (disable !== undefined)
    ledger.converted(disable, `disable: ${describe(disable.value)}`, 'It is cloneCodebase of the stage.');
  return flagOf(disable?.value) !== true;
}

function readEnvironment(document: SourceMap, substitution: Substitution): readonly VariableDraft[] {
  const { ledger } = substitution;
  return ledger.takeAll(mapOf(ledger.take(document, 'environment'))).map(({ key, value }): VariableDraft => {
    const secret = secretOf(value, ledger);
    if (secret !== undefined) return { name: key, type: 'Secret', value: secret };
    return { name: key, type: 'String', value: substitute(textOf(value) ?? '', value, key, substitution) };
  });
}

function readNode(document: SourceMap, ledger: Ledger): readonly string[] {
  const entry = ledger.takeEntry(document, 'node');
  const tags = ledger.takeAll(mapOf(entry?.value)).map(({ key, value }) => `${key}:${textOf(value) ?? ''}`);
  if (entry !== undefined)
    ledger.emulated(entry, `node: ${describe(entry.value)}`, `It needs a delegate with the tags ${tags.join(', ')}.`);
  return tags;
}

function reportRest(document: SourceMap, ledger: Ledger): void {
  ledger.report(
    'manual',
    document,
    'workspace',
    'The workspace is the current folder of a step, /harness in a container.',
  );
  ledger.report(
    'manual',
    document,
    'concurrency',
    'A pipeline does not wait for its other executions by itself.',
    'A Queue step in a Custom stage lets one execution in at a time.',
  );
  ledger.report(
    'manual',
    document,
    'image_pull_secrets',
    'A DockerRegistry connector signs in: name it in connectorRef of the steps.',
  );
  ledger.report('manual', document, 'server', 'Delegates are machines that are there.');
}

/** GitHub, Gitea, Forgejo and Gogs name their events alike. */
function triggers(events: ReadonlySet<string>): readonly TriggerDraft[] {
  const header = 'X-GitHub-Event';
  const kept = { path: 'deleted', operator: 'NotEquals', value: 'true' } as const;
  const push = (name: string, prefix: string, build: YamlMap): TriggerDraft => {
    return {
      kind: 'webhook',
      name,
      header,
      events: ['push'],
      conditions: [kept, { path: 'ref', operator: 'StartsWith', value: prefix }],
      build,
    };
  };
  const actions = 'opened, synchronize, synchronized, reopened';
  const all: readonly (readonly [string, TriggerDraft])[] = [
    ['push', push('push', 'refs/heads/', PUSHED_BRANCH)],
    ['tag', push('tag', 'refs/tags/', PUSHED_TAG)],
    [
      'pull_request',
      {
        kind: 'webhook',
        name: 'pull_request',
        header,
        events: ['pull_request'],
        conditions: [{ path: 'action', operator: 'In', value: actions }],
        build: { type: 'PR', spec: { number: '<+trigger.payload.number>' } },
      },
    ],
  ];
  return all.filter(([event]) => events.has(event)).map(([, trigger]) => trigger);
}
