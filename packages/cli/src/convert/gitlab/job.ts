/** One job: a CI stage, and an Approval stage before it where a person starts it. */
import {
  IGNORE_FAILURE,
  onAnyError,
  retryOnError,
  type StageDraft,
  type StepDraft,
  type VariableDraft,
} from '../draft.ts';
import { toDuration } from '../durations.ts';
import { Identifiers, toName } from '../identifiers.ts';
import { bothHold } from '../jexl.ts';
import { refuseInShell } from '../shell-text.ts';
import type { SourceEntry, SourceMap } from '../source.ts';
import { describe, flagOf, itemsOf, mapOf, textOf, textsOf, valueOf } from '../source-nodes.ts';
import { COMBINATIONS_MAX, isUsable, multiply, toAxisValue, toRows } from '../combinations.ts';
import type { Yaml, YamlMap } from '../yaml-value.ts';
import { readImage, readServices } from './containers.ts';
import { handOverKey, keepArtifacts, readArtifacts, readCaches, type ReadArtifacts } from './files.ts';
import { readRules } from './rules.ts';
import { expand, prepareVariables, type VariableScope } from './variables.ts';

export interface GitlabJob {
  readonly entry: SourceEntry;
  readonly map: SourceMap;
  readonly identifier: string;
  /** Keys of jobs it comes after, as `needs` or the stages say. */
  readonly needs: readonly string[];
  /** Jobs whose artifacts it gets: key and identifier. */
  readonly sources: readonly string[];
}

export interface ConvertedJob {
  readonly stages: readonly StageDraft[];
  readonly codebase: YamlMap;
}

/**
 * @param outer - the condition of `workflow: rules`
 * @param late - variables of the file that each stage has
 */
export function convertJob(
  job: GitlabJob,
  scope: Omit<VariableScope, 'stage'>,
  outer: string | undefined,
  late: readonly VariableDraft[],
  isSource: (identifier: string) => boolean,
): ConvertedJob {
  const { entry, map, identifier } = job;
  const { ledger } = scope;
  const notes: string[] = [];
  const identifiers = new Identifiers();
  const variablesMap = mapOf(ledger.take(map, 'variables'));
  const matrix = readParallel(map, scope.ledger);
  const lateNames = late.map(({ name }) => name);
  const own = new Set([...lateNames, ...(variablesMap?.entries.keys() ?? []), ...matrix.names]);
  const inner: VariableScope = { ...scope, stage: own };
  const environment = readEnvironment(map, inner);
  const variables: readonly VariableDraft[] = [
    ...late.filter(({ name }) => variablesMap?.entries.has(name) !== true),
    ...ledger.takeAll(variablesMap).map(({ key, value }): VariableDraft => {
      const node = mapOf(value) === undefined ? value : (ledger.take(mapOf(value), 'value') ?? value);
      return {
        name: key,
        type: 'String',
        value: expand(textOf(node) ?? '', node, `variable ${key}`, { ...inner, stage: without(own, key) }),
      };
    }),
    ...matrix.names.map((name): VariableDraft => ({ name, type: 'String', value: matrix.reference(name) })),
    ...environment,
  ];
  const image = readImage(map, inner);
  const services = readServices(map, identifiers, inner);
  const caches = readCaches(map, identifiers, inner);
  const artifacts = readArtifacts(map, inner);
  const rules = readRules(map, inner);
  notes.push(...rules.notes);
  const allows = allowance(map, ledger) ?? rules.allowsFailure;
  // GitLab's own defaults: what a person starts blocks nothing, unless rules say so.
  const isOptional = rules.manual !== undefined && (allows ?? !rules.manual.hasRules);
  const ignores = allows ?? isOptional;
  const steps = scripts(job, inner, { image, artifacts, ignores, identifiers }, notes);
  const restored = job.sources.filter(isSource).map((source): StepDraft => {
    const step = identifiers.take(`artifacts_of_${source}`, 'artifacts');
    return {
      identifier: step,
      name: toName(`artifacts of ${source}`, step),
      type: 'RestoreCache',
      spec: { key: handOverKey(source) },
    };
  });
  const all = [
    ...services,
    ...restored,
    ...caches.before,
    ...steps.before,
    ...keepArtifacts(artifacts, identifier, identifiers),
    ...caches.after,
    ...steps.after,
  ];
  const codebase = readClone(map, scope);
  const timeout = readTimeout(map, inner);
  const condition = bothHold(outer, rules.when.condition);
  const approval =
    rules.manual === undefined ? undefined : approvalStage(job, rules.manual.condition, isOptional, outer);
  const delay = rules.delay === undefined ? undefined : delayStage(job, rules.delay, condition);
  const first = [approval, delay].filter((stage) => stage !== undefined);
  reportRest(map, ledger, notes);
  const approved = approval !== undefined && isOptional ? approvedCondition(approval) : undefined;
  const whole = bothHold(approved, condition);
  if (rules.manual !== undefined)
    ledger.emulated(
      entry,
      `the manual job ${entry.key}`,
      'An Approval stage before it asks a person; approving starts it, rejecting leaves it out or fails the run.',
      'Name the user group that may approve.',
    );
  const stage: StageDraft = {
    key: entry.key,
    identifier,
    name: toName(entry.key, identifier),
    type: 'CI',
    needs: [...job.needs, ...first.map(({ key }) => key)],
    place: entry.place,
    when: { status: rules.when.status, ...(whole === undefined ? {} : { condition: whole }) },
    ...(matrix.strategy === undefined ? {} : { strategy: matrix.strategy, turns: matrix.turns }),
    ...(timeout === undefined ? {} : { timeout }),
    variables,
    failureStrategies: [],
    delegateSelectors: readTags(map, inner),
    clones: codebase.clones,
    ...(caches.caching === undefined ? {} : { caching: caches.caching }),
    sharedPaths: [],
    steps: all.map((step) => [step]),
    notes: [...notes, ...matrix.notes],
  };
  return { stages: [...first, stage], codebase: codebase.fields };
}

function without(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return new Set([...names].filter((other) => other !== name));
}

/** Nobody was asked, or the person said yes. */
function approvedCondition({ identifier, when }: StageDraft): string {
  const status = `<+pipeline.stages.${identifier}.status>`;
  const yes = `${status} == "SUCCEEDED"`;
  return when?.condition === undefined ? yes : `(${yes} || ${status} == "SKIPPED")`;
}

/** Whether its failure counts; the reason why it does not is told where it is read. */
function allowance(map: SourceMap, ledger: VariableScope['ledger']): boolean | undefined {
  const entry = ledger.takeEntry(map, 'allow_failure');
  if (entry === undefined) return undefined;
  const flag = flagOf(entry.value);
  if (flag === undefined) {
    ledger.takeWhole(entry.value);
    ledger.manual(
      entry,
      `allow_failure: ${describe(entry.value)}`,
      'A failure strategy does not ask for the exit code: every failure counts.',
      'End the script with exit 0 for those codes.',
    );
    return false;
  }
  ledger.converted(
    entry,
    `allow_failure: ${String(flag)}`,
    flag ? 'Its failure is ignored (failure strategy Ignore).' : 'Its failure counts.',
  );
  return flag;
}

interface ScriptSurroundings {
  readonly image: YamlMap;
  readonly artifacts: ReadArtifacts;
  readonly ignores: boolean;
  readonly identifiers: Identifiers;
}

function scripts(
  { map, entry }: GitlabJob,
  scope: VariableScope,
  { image, artifacts, ignores, identifiers }: ScriptSurroundings,
  notes: string[],
): { readonly before: readonly StepDraft[]; readonly after: readonly StepDraft[] } {
  const { ledger } = scope;
  const [first, main, last] = ['before_script', 'script', 'after_script'].map((key) => ledger.take(map, key));
  const lines = [...textsOf(first), ...textsOf(main)];
  const after = textsOf(last);
  const command = lines.join('\n');
  const prepared = prepareVariables(command, main ?? entry, 'script', scope);
  const done =
    after.length === 0 ? undefined : prepareVariables(after.join('\n'), last ?? entry, 'after_script', scope);
  const retry = readRetry(map, ledger, ignores);
  const identifier = identifiers.take('script', 'script');
  const called = main === undefined ? calledPipeline(map, ledger) : undefined;
  if (main === undefined && called === undefined) {
    ledger.manual(entry, `the job ${entry.key}`, 'It has no script.');
    notes.push('TODO: the job has no script.');
  }
  const script: StepDraft = {
    identifier,
    name: 'script',
    type: 'Run',
    failureStrategies: [...retry, ...(ignores ? [IGNORE_FAILURE] : [])].slice(0, retry.some(isOfAll) ? 1 : 2),
    spec: {
      ...image,
      shell: main === undefined ? 'Sh' : 'Bash',
      command:
        main === undefined
          ? refuseInShell(called ?? `the job ${entry.key} has no script`)
          : [...prepared.before, command].join('\n'),
      reports: artifacts.reports,
    },
    notes: [
      ...prepared.notes,
      ...(called === undefined ? [] : [`TODO: a stage of the type Pipeline takes the place of ${called}`]),
    ],
  };
  if (done === undefined) return { before: [script], after: [] };
  ledger.converted(
    last ?? entry,
    'after_script',
    'It is a step of its own, which runs whatever came before and whose failure is ignored.',
  );
  const own = identifiers.take('after_script', 'after_script');
  const cleanup: StepDraft = {
    identifier: own,
    name: 'after_script',
    type: 'Run',
    when: { status: 'All' },
    failureStrategies: [IGNORE_FAILURE],
    spec: { ...image, shell: 'Bash', command: [...done.before, ...after].join('\n') },
    notes: done.notes,
  };
  return { before: [script], after: [cleanup] };
}

function isOfAll(strategy: Yaml): boolean {
  return JSON.stringify(strategy).includes('"AllErrors"');
}

/** `trigger`: another pipeline. */
function calledPipeline(map: SourceMap, ledger: VariableScope['ledger']): string | undefined {
  const entry = ledger.takeEntry(map, 'trigger');
  if (entry === undefined) return undefined;
  ledger.takeWhole(entry.value);
  const what = `trigger: ${describe(entry.value)}`;
  ledger.manual(
    entry,
    `trigger: ${textOf(entry.value) ?? JSON.stringify(valueOf(entry.value))}`,
    'Convert the pipeline it starts, and start it by a stage of the type Pipeline.',
  );
  return what;
}

/** GitLab takes two at most; what is far beyond is a mistake. */
const RETRIES_MAX = 100;
/** Reasons to try again, with what they are called here. */
const REASONS: Readonly<Record<string, string>> = {
  always: 'AllErrors',
  script_failure: 'Unknown',
  unknown_failure: 'Unknown',
  stuck_or_timeout_failure: 'Timeout',
  job_execution_timeout: 'Timeout',
  runner_system_failure: 'DelegateRestart',
  stale_schedule: 'DelegateProvisioning',
  scheduler_failure: 'DelegateProvisioning',
  runner_unsupported: 'DelegateProvisioning',
  archived_failure: 'Unknown',
  unmet_prerequisites: 'Unknown',
  data_integrity_failure: 'Unknown',
};

function readRetry(map: SourceMap, ledger: VariableScope['ledger'], ignores: boolean): readonly Yaml[] {
  const entry = ledger.takeEntry(map, 'retry');
  if (entry === undefined) return [];
  const inner = mapOf(entry.value);
  const max = ledger.takeEntry(inner, 'max');
  const count = Number(textOf(inner === undefined ? entry.value : max?.value) ?? '1');
  const reasons = textsOf(ledger.take(inner, 'when'));
  const errors = [...new Set(reasons.map((reason) => REASONS[reason] ?? 'AllErrors'))];
  ledger.report(
    'manual',
    inner,
    'exit_codes',
    'It tries again whatever the exit code was.',
    'Add condition to the spec of Retry.',
  );
  if (!Number.isInteger(count) || count < 1 || count > RETRIES_MAX) {
    ledger.dropped(entry, `retry: ${describe(entry.value)}`, 'Nothing is tried again.');
    return [];
  }
  ledger.converted(
    entry,
    `retry: ${describe(entry.value)}`,
    `It is the failure strategy Retry, of ${errors.join(', ') || 'AllErrors'}.`,
  );
  return [retryOnError(errors.length === 0 || errors.includes('AllErrors') ? ['AllErrors'] : errors, count, ignores)];
}

interface ReadParallel {
  readonly strategy?: YamlMap;
  readonly turns: number;
  readonly names: readonly string[];
  readonly reference: (name: string) => string;
  readonly notes: readonly string[];
}

function readParallel(map: SourceMap, ledger: VariableScope['ledger']): ReadParallel {
  const none: ReadParallel = { names: [], turns: 0, reference: () => '', notes: [] };
  const entry = ledger.takeEntry(map, 'parallel');
  if (entry === undefined) return none;
  const count = Number(textOf(entry.value) ?? 'none');
  if (Number.isInteger(count) && count > 0 && count <= COMBINATIONS_MAX) {
    ledger.converted(entry, `parallel: ${String(count)}`, 'It is the strategy parallelism.');
    return { ...none, strategy: { parallelism: count }, turns: count };
  }
  const rows = itemsOf(ledger.take(mapOf(entry.value), 'matrix')).map((item) => {
    const axes = ledger
      .takeAll(mapOf(item))
      .map(({ key, value }) => [key, itemsOf(value).map((inner) => toAxisValue(valueOf(inner)))] as const);
    return Object.fromEntries(axes);
  });
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const [only] = rows;
  if (rows.length === 0 || !rows.every(isUsable)) {
    ledger.takeWhole(entry.value);
    ledger.manual(
      entry,
      `parallel: ${describe(entry.value)}`,
      'It is neither a number nor a matrix that Harness takes: the stage runs once.',
    );
    return none;
  }
  if (rows.length === 1 && only !== undefined) {
    ledger.converted(
      entry,
      'parallel: matrix',
      'It is a matrix with the same axes, each of which is a variable of the stage.',
    );
    return {
      strategy: { matrix: only },
      turns: multiply(only).length,
      names,
      reference: (name) => `<+matrix.${name}>`,
      notes: [],
    };
  }
  const combinations = rows.flatMap((row) => multiply(row));
  ledger.emulated(
    entry,
    'parallel: matrix',
    `Its ${String(combinations.length)} combinations are written out as one axis.`,
  );
  if (combinations.length > COMBINATIONS_MAX)
    ledger.manual(entry, 'parallel: matrix', `Harness runs ${String(COMBINATIONS_MAX)} at most.`);
  return {
    strategy: { matrix: { combination: toRows(combinations) } },
    turns: combinations.length,
    names,
    reference: (name) => `<+matrix.combination.${name}>`,
    notes: [],
  };
}

/** What scripts read of the environment; the rest of it belongs to a Deployment stage. */
function readEnvironment(map: SourceMap, scope: VariableScope): readonly VariableDraft[] {
  const { ledger } = scope;
  const entry = ledger.takeEntry(map, 'environment');
  if (entry === undefined) return [];
  const inner = mapOf(entry.value);
  const [name, url] =
    inner === undefined ? [entry.value, undefined] : [ledger.take(inner, 'name'), ledger.take(inner, 'url')];
  const why = 'It is a variable of the stage only; an environment of Bridle belongs to a Deployment stage.';
  ledger.emulated(entry, `environment: ${describe(entry.value)}`, why);
  for (const key of ['on_stop', 'action', 'auto_stop_in', 'kubernetes', 'deployment_tier'])
    ledger.report('manual', inner, key, 'Environments are not stopped by stages.');
  const made: VariableDraft[] = [];
  if (name !== undefined)
    made.push({
      name: 'CI_ENVIRONMENT_NAME',
      type: 'String',
      value: expand(textOf(name) ?? '', name, 'environment', scope),
    });
  if (url !== undefined)
    made.push({
      name: 'CI_ENVIRONMENT_URL',
      type: 'String',
      value: expand(textOf(url) ?? '', url, 'environment', scope),
    });
  return made;
}

/** Variables that tell GitLab's runner how to clone; they stay variables too. */
function readClone(
  map: SourceMap,
  scope: Omit<VariableScope, 'stage'>,
): { readonly clones: boolean; readonly fields: YamlMap } {
  const variables = mapOf(map.entries.get('variables')?.value);
  const value = (name: string): string | undefined => textOf(variables?.entries.get(name)?.value);
  const entry = variables?.entries.get('GIT_STRATEGY');
  const clones = !['none', 'empty'].includes(value('GIT_STRATEGY') ?? '');
  if (entry !== undefined)
    scope.ledger.converted(
      entry,
      `GIT_STRATEGY: ${value('GIT_STRATEGY') ?? ''}`,
      clones ? 'The stage clones the codebase.' : 'The stage does not clone the codebase.',
    );
  return { clones, fields: cloneFields(value) };
}

export function cloneFields(value: (name: string) => string | undefined): YamlMap {
  const depth = value('GIT_DEPTH');
  const submodules = value('GIT_SUBMODULE_STRATEGY');
  return {
    depth: depth !== undefined && /^\d+$/.test(depth) ? Number(depth) : undefined,
    submoduleStrategy: submodules === 'recursive' ? 'recursive' : submodules === 'normal' ? 'true' : undefined,
  };
}

function readTimeout(map: SourceMap, { ledger }: VariableScope): string | undefined {
  const entry = ledger.takeEntry(map, 'timeout');
  if (entry === undefined) return undefined;
  const text = textOf(entry.value) ?? '';
  const duration = toDuration(text, 's');
  if (duration === undefined) ledger.manual(entry, `timeout: ${text}`, 'It cannot be read as a duration.');
  else ledger.converted(entry, `timeout: ${text}`, `It is the timeout ${duration} of the stage.`);
  return duration;
}

function readTags(map: SourceMap, scope: VariableScope): readonly string[] {
  const entry = scope.ledger.takeEntry(map, 'tags');
  if (entry === undefined) return [];
  const tags = textsOf(entry.value).map((tag) => expand(tag, entry, 'tag', scope));
  scope.ledger.converted(
    entry,
    `tags: ${tags.join(', ')}`,
    'They are delegate selectors: a delegate must have all of them.',
  );
  return tags;
}

/** `start_in`: a stage that only waits, since CI stages of Harness know no Wait step. */
function delayStage(
  { entry, identifier, needs }: GitlabJob,
  duration: string,
  condition: string | undefined,
): StageDraft {
  const wait: StepDraft = { identifier: 'wait', name: 'wait', type: 'Wait', spec: { duration } };
  return {
    ...askingStage(entry, needs, condition),
    key: `the delay of ${entry.key}`,
    identifier: `wait_for_${identifier}`,
    name: toName(`wait for ${entry.key}`, identifier),
    type: 'Custom',
    steps: [[wait]],
  };
}

/** What stages without work of their own have alike. */
function askingStage(
  { place }: SourceEntry,
  needs: readonly string[],
  condition: string | undefined,
): Omit<StageDraft, 'key' | 'identifier' | 'name' | 'type' | 'steps'> {
  return {
    needs,
    place,
    when: { status: 'Success', ...(condition === undefined ? {} : { condition }) },
    variables: [],
    failureStrategies: [],
    delegateSelectors: [],
    clones: false,
    sharedPaths: [],
    notes: [],
  };
}

function approvalStage(
  { entry, identifier, needs }: GitlabJob,
  own: string | undefined,
  isOptional: boolean,
  outer: string | undefined,
): StageDraft {
  const condition = bothHold(outer, own);
  const ask: StepDraft = {
    identifier: 'approve',
    name: 'approve',
    type: 'HarnessApproval',
    spec: {
      approvalMessage: `Run ${entry.key}?`,
      includePipelineExecutionHistory: true,
      approvers: { userGroups: ['_project_all_users'], minimumCount: 1, disallowPipelineExecutor: false },
    },
    notes: ['TODO: name the user group that may approve.'],
    // What nobody starts is left out, and the others go on.
    failureStrategies: isOptional ? [onAnyError({ type: 'Ignore' })] : [],
  };
  return {
    ...askingStage(entry, needs, condition),
    key: `the approval of ${entry.key}`,
    identifier: `approve_${identifier}`,
    name: toName(`approve ${entry.key}`, identifier),
    type: 'Approval',
    steps: [[ask]],
  };
}

function reportRest(map: SourceMap, ledger: VariableScope['ledger'], notes: string[]): void {
  if (map.entries.has('release')) notes.push('TODO: the release that GitLab makes after the script.');
  ledger.report(
    'manual',
    map,
    'release',
    'Bridle makes no releases.',
    "Call the API of the repository's host in a step.",
  );
  ledger.report(
    'manual',
    map,
    'resource_group',
    'A stage does not wait for those of other executions by itself.',
    'A Queue step in a Custom stage lets one execution in at a time.',
  );
  ledger.report('manual', map, 'secrets', 'Secrets are read by expressions: <+secrets.getValue("…")>.');
  ledger.report('manual', map, 'id_tokens', 'Steps get no tokens that say who they are.');
  ledger.report('manual', map, 'identity', 'Steps get no tokens that say who they are.');
  ledger.report('manual', map, 'hooks', 'Commands before the clone are preFetchCommand of the codebase.');
  ledger.report('manual', map, 'pages', 'Bridle publishes no pages.', 'Upload the folder in a step.');
  ledger.report('manual', map, 'publish', 'Bridle publishes no pages.', 'Upload the folder in a step.');
  ledger.report('manual', map, 'run', 'Steps of this kind do not run here: write what they do as commands.');
  ledger.report('dropped', map, 'coverage', 'Coverage is not read from the log.');
  ledger.report('dropped', map, 'interruptible', 'A newer execution does not end an older one.');
}
