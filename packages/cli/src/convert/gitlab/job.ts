/** One job: a CI stage, and an Approval stage before it where a person starts it. */
import type { StageDraft, StepDraft, VariableDraft } from '../draft.ts';
import { toDuration } from '../durations.ts';
import { Identifiers, toName } from '../identifiers.ts';
import { bothHold } from '../jexl.ts';
import type { SourceMap } from '../source.ts';
import { describe, flagOf, mapOf, textOf, textsOf } from '../source-nodes.ts';
import type { YamlMap } from '../yaml-value.ts';
import { readImage, readServices } from './containers.ts';
import { handOverKey, keepArtifacts, readArtifacts, readCaches } from './files.ts';
import type { GitlabJob } from './gitlab-job.ts';
import { readParallel } from './parallel.ts';
import { readRules } from './rules.ts';
import { scripts } from './scripts.ts';
import { expand, type VariableScope } from './variables.ts';
import { approvalStage, approvedCondition, delayStage } from './waiting-stages.ts';

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
