/** `properties` of a pipeline: the repository of its CI stages (pipelines.md §1.9). Kept as written; expressions reach it. */
import type { Value } from '../expressions/values.ts';
import type { Findings } from './diagnostics.ts';
import { isLate, readMap, readText, warnUnknownKeys } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import { find, isEmpty, toValue, type MapNode } from './yaml-node.ts';

export const CODEBASE_KEYS = [
  'connectorRef',
  'repoName',
  'build',
  'depth',
  'sslVerify',
  'prCloneStrategy',
  'resources',
  'lfs',
  'debug',
  'fetchTags',
  'sparseCheckout',
  'submoduleStrategy',
  'cloneDirectory',
  'preFetchCommand',
  'persistCredentials',
] as const;

/** What a build is of, and the field of its spec that says which one. */
export const CODEBASE_BUILDS = { branch: 'branch', tag: 'tag', PR: 'number', commitSha: 'commitSha' } as const;

export function readProperties(pipeline: MapNode, findings: Findings): Value {
  const properties = readMap(pipeline, 'properties', 'the pipeline', findings);
  if (properties === undefined) return toValue(find(pipeline, 'properties'));
  warnUnknownKeys(properties, ['ci'], 'the properties of the pipeline', findings);
  const ci = readMap(properties, 'ci', 'the properties of the pipeline', findings);
  if (ci !== undefined) warnUnknownKeys(ci, ['codebase'], 'the properties of the pipeline', findings);
  const codebase = ci === undefined ? undefined : readMap(ci, 'codebase', 'the properties of the pipeline', findings);
  if (codebase !== undefined) checkCodebase(codebase, findings);
  return toValue(properties);
}

function checkCodebase(codebase: MapNode, findings: Findings): void {
  warnUnknownKeys(codebase, CODEBASE_KEYS, 'the codebase', findings);
  const build = readMap(codebase, 'build', 'the codebase', findings);
  if (build === undefined) return;
  warnUnknownKeys(build, ['type', 'spec'], 'the build of the codebase', findings);
  const type = readText(build, 'type', 'the build of the codebase', findings) ?? '';
  const node = find(build, 'type') ?? build;
  if (isLate(type)) return;
  const known = Object.entries(CODEBASE_BUILDS).find(([name]) => name === type);
  if (known === undefined) {
    const names = Object.keys(CODEBASE_BUILDS);
    const message = `The build of the codebase is of the type "${type}"; it takes ${names.join(', ')}.`;
    findings.add('FIELD_VALUE', 'run', node, message, didYouMean(type, names));
    return;
  }
  const [, field] = known;
  if (isEmpty(find(find(build, 'spec'), field)))
    findings.add(
      'FIELD_MISSING',
      'run',
      build,
      `The build of the codebase is of the type ${type} and needs spec.${field}.`,
    );
}
