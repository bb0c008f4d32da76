/** `properties` of a pipeline: the repository of its CI stages (pipelines.md §1.9). Kept as written; expressions reach it. */
import { Type } from 'typebox';
import type { Value } from '../expressions/values.ts';
import { CLONE_FIELDS } from '../steps/git-clone.ts';
import { checkBuild } from './ci/check-build.ts';
import type { Findings } from './diagnostics.ts';
import { readMap, warnUnknownKeys } from './read-fields.ts';
import { readBySchema } from './read-spec.ts';
import { find, toValue, type MapNode } from './yaml-node.ts';

export const CodebaseSpec = Type.Object(CLONE_FIELDS);
/** A codebase that no stage clones may have gaps. */
const AnyCodebase = Type.Partial(CodebaseSpec);

export interface Properties {
  readonly properties: Value;
  /** `ci.codebase` as the spec of a `GitClone` step. */
  readonly codebase?: Value;
}

/** `isCloned`: a stage of the pipeline clones the codebase. */
export function readProperties(pipeline: MapNode, isCloned: boolean, findings: Findings): Properties {
  const properties = readMap(pipeline, 'properties', 'the pipeline', findings);
  if (properties === undefined) return { properties: toValue(find(pipeline, 'properties')) };
  warnUnknownKeys(properties, ['ci'], 'the properties of the pipeline', findings);
  const ci = readMap(properties, 'ci', 'the properties of the pipeline', findings);
  if (ci !== undefined) warnUnknownKeys(ci, ['codebase'], 'the properties of the pipeline', findings);
  const node = ci === undefined ? undefined : readMap(ci, 'codebase', 'the properties of the pipeline', findings);
  if (node === undefined) return { properties: toValue(properties) };
  const names = { owner: 'the codebase', whole: 'the codebase' };
  const codebase = readBySchema(isCloned ? CodebaseSpec : AnyCodebase, node, names, findings);
  checkBuild(find(node, 'build'), 'the codebase', findings);
  return { properties: toValue(properties), ...(codebase === undefined ? {} : { codebase }) };
}
