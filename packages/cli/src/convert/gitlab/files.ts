/** `cache` and `artifacts`: folders for later executions, files for later stages. */
import type { StepDraft, WhenDraft } from '../draft.ts';
import type { Identifiers } from '../identifiers.ts';
import { keepAsArtifacts } from '../shell-text.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../source.ts';
import { describe, flagOf, itemsOf, mapOf, textOf, textsOf } from '../source-nodes.ts';
import type { Yaml, YamlMap } from '../yaml-value.ts';
import { expand, type VariableScope } from './variables.ts';

export interface ReadCaches {
  readonly caching?: YamlMap;
  /** More than one: steps before and after. */
  readonly before: readonly StepDraft[];
  readonly after: readonly StepDraft[];
}

interface Cache {
  readonly key: string;
  readonly paths: readonly string[];
  readonly policy: string;
  readonly when: WhenDraft['status'];
}

export function readCaches(job: SourceMap, identifiers: Identifiers, scope: VariableScope): ReadCaches {
  const entry = scope.ledger.takeEntry(job, 'cache');
  const caches = itemsOf(entry?.value).flatMap((item) => readCache(item, scope));
  const [only] = caches;
  if (only === undefined || entry === undefined) return { before: [], after: [] };
  scope.ledger.converted(entry, 'cache', 'A folder of the delegate keeps it.');
  if (caches.length === 1 && only.when === 'Success') {
    const policy = only.policy === 'pull-push' ? undefined : only.policy;
    return {
      caching: { enabled: true, key: only.key, paths: only.paths, policy, override: true },
      before: [],
      after: [],
    };
  }
  const steps = caches.map((cache, index) => {
    const number = index + 1;
    const save = identifiers.take(`save_cache_${String(number)}`, 'save_cache');
    const restore = identifiers.take(`restore_cache_${String(number)}`, 'restore_cache');
    return {
      isRestored: cache.policy !== 'push',
      isSaved: cache.policy !== 'pull',
      restore: {
        identifier: restore,
        name: restore,
        type: 'RestoreCache',
        spec: { key: cache.key },
      } satisfies StepDraft,
      save: {
        identifier: save,
        name: save,
        type: 'SaveCache',
        when: { status: cache.when },
        spec: { key: cache.key, sourcePaths: cache.paths, override: true },
      } satisfies StepDraft,
    };
  });
  return {
    before: steps.filter(({ isRestored }) => isRestored).map(({ restore }) => restore),
    after: steps.filter(({ isSaved }) => isSaved).map(({ save }) => save),
  };
}

const POLICIES: readonly string[] = ['pull', 'push', 'pull-push'];

function readCache(item: SourceNode, scope: VariableScope): readonly Cache[] {
  const { ledger } = scope;
  const map = mapOf(item);
  if (map === undefined || map.entries.size === 0) return [];
  const pathsNode = ledger.take(map, 'paths');
  const paths = textsOf(pathsNode).map((path) => expand(path, pathsNode ?? item, 'cache path', scope));
  const policyNode = ledger.take(map, 'policy');
  const policy = textOf(policyNode) ?? 'pull-push';
  if (policyNode !== undefined && !POLICIES.includes(policy))
    ledger.manual(policyNode, `policy: ${policy}`, 'It is no policy of Harness: the cache is brought back and kept.');
  const when = whenOf(ledger.takeEntry(map, 'when'), scope);
  ledger.report('dropped', map, 'fallback_keys', 'A cache is found by its whole key only.');
  ledger.report('manual', map, 'untracked', 'A cache keeps the folders that it names.', 'Name the folders in paths.');
  ledger.report('dropped', map, 'unprotect', 'Caches are those of the project, for all branches.');
  const key = keyOf(ledger.takeEntry(map, 'key'), scope);
  if (paths.length === 0) ledger.dropped(item, `cache ${key}`, 'It names no paths.');
  return paths.length === 0 ? [] : [{ key, paths, policy: POLICIES.includes(policy) ? policy : 'pull-push', when }];
}

function keyOf(entry: SourceEntry | undefined, scope: VariableScope): string {
  if (entry === undefined) return 'default';
  const map = mapOf(entry.value);
  if (map === undefined) return expand(textOf(entry.value) ?? 'default', entry, 'cache key', scope);
  const files = textsOf(scope.ledger.take(map, 'files'));
  const prefixNode = scope.ledger.take(map, 'prefix');
  const prefix = prefixNode === undefined ? '' : `${expand(textOf(prefixNode) ?? '', prefixNode, 'cache key', scope)}-`;
  scope.ledger.converted(entry, `key: ${describe(entry.value)}`, 'It takes the checksum of the files.');
  return `${prefix}{{ checksum ${files.map((file) => `"${file}"`).join(' ')} }}`;
}

function whenOf(entry: SourceEntry | undefined, { ledger }: VariableScope): WhenDraft['status'] {
  const text = textOf(entry?.value) ?? 'on_success';
  if (entry !== undefined) ledger.converted(entry, `when: ${text}`, 'It is the status in when of the step that saves.');
  return text === 'always' ? 'All' : text === 'on_failure' ? 'Failure' : 'Success';
}

export interface ReadArtifacts {
  readonly paths: readonly string[];
  readonly when: WhenDraft['status'];
  /** Of the step that runs the script. */
  readonly reports?: Yaml;
}

export function readArtifacts(job: SourceMap, scope: VariableScope): ReadArtifacts {
  const { ledger } = scope;
  const entry = ledger.takeEntry(job, 'artifacts');
  const map = mapOf(entry?.value);
  const pathsEntry = ledger.takeEntry(map, 'paths');
  const paths = textsOf(pathsEntry?.value).map((path) =>
    expand(path, pathsEntry ?? { place: job.place }, 'artifact path', scope),
  );
  if (pathsEntry !== undefined)
    ledger.emulated(
      pathsEntry,
      `paths: ${paths.join(', ')}`,
      'They are artifacts of the execution, and a cache under its id hands them to later stages.',
      'Stages on different delegates need SaveCacheS3 and RestoreCacheS3.',
    );
  const when = whenOf(ledger.takeEntry(map, 'when'), scope);
  ledger.report('dropped', map, 'expire_in', 'Artifacts go after 30 days (BRIDLE_ARTIFACTS_DAYS).');
  ledger.report('dropped', map, 'name', 'Artifacts are listed by their paths.');
  ledger.report('dropped', map, 'expose_as', 'An execution lists all of its artifacts.');
  ledger.report('dropped', map, 'public', 'Who may see the execution may see them.');
  ledger.report('dropped', map, 'access', 'Who may see the execution may see them.');
  ledger.report(
    'manual',
    map,
    'exclude',
    'Nothing can be left out again of what the paths name.',
    'Name what is kept.',
  );
  if (flagOf(map?.entries.get('untracked')?.value) !== undefined)
    ledger.report('manual', map, 'untracked', 'What is kept is named by paths.');
  const reports = mapOf(ledger.take(map, 'reports'));
  const junit = ledger.takeEntry(reports, 'junit');
  const globs = textsOf(junit?.value);
  ledger.report(
    'manual',
    reports,
    'dotenv',
    'Variables of a file are no outputs by themselves.',
    'Append the file to $DRONE_OUTPUT in the script, and name the outputs where they are used.',
  );
  for (const { key } of reports?.entries.values() ?? [])
    if (key !== 'junit' && key !== 'dotenv')
      ledger.report('dropped', reports, key, 'Bridle reads reports in the format of JUnit.');
  return { paths, when, ...(globs.length === 0 ? {} : { reports: { type: 'JUnit', spec: { paths: globs } } }) };
}

export function handOverKey(identifier: string): string {
  return `artifacts-${identifier}-<+pipeline.executionId>`;
}

/** Keeps the artifacts of a job, and hands them over. */
export function keepArtifacts(
  { paths, when }: ReadArtifacts,
  stage: string,
  identifiers: Identifiers,
): readonly StepDraft[] {
  if (paths.length === 0) return [];
  const [keep, save] = [identifiers.take('keep_artifacts', 'keep'), identifiers.take('hand_over_artifacts', 'save')];
  const status = { when: { status: when } };
  return [
    {
      identifier: keep,
      name: 'keep artifacts',
      type: 'Run',
      ...status,
      spec: { shell: 'Sh', command: keepAsArtifacts(paths) },
    },
    {
      identifier: save,
      name: 'hand over artifacts',
      type: 'SaveCache',
      ...status,
      spec: { key: handOverKey(stage), sourcePaths: paths, override: true },
    },
  ];
}
