/**
 * A CI stage as the plan builds it: the clone of the codebase and the caches are steps around its own (pipelines.md §6.2).
 *
 * Their identifiers have a `-`, which no identifier of an author has: they meet no other step and hide no name of an expression.
 */
import { infrastructureOf } from '../language/ci/ci-stages.ts';
import type { Caching } from '../language/ci/caching.ts';
import type { Conditional } from '../language/ci/conditional.ts';
import type { Pipeline, Stage, Step, StepItem } from '../language/model.ts';
import type { Value } from '../expressions/values.ts';
import { CLONE_STEP } from '../steps/git-clone.ts';
import type { StepType } from '../steps/step-types.ts';
import type { CiSetup, StageNeed } from './plan.ts';

/** The stage with its implicit steps. */
export function prepareCiStage(stage: Stage, pipeline: Pipeline): Stage {
  const { ci } = stage;
  if (ci === undefined) return stage;
  const { clone, caching } = ci;
  const before = [
    ...(clone === undefined || pipeline.codebase === undefined ? [] : [cloneStep(clone, pipeline.codebase)]),
    ...(caching?.isRestored === true ? [restoreStep(caching)] : []),
  ];
  const after = caching?.isSaved === true ? [saveStep(caching)] : [];
  return before.length + after.length === 0 ? stage : { ...stage, steps: [...before, ...stage.steps, ...after] };
}

function cloneStep(clone: Conditional, codebase: Value): Step {
  const spec = isMap(codebase) ? codebase : {};
  return implicitStep(CLONE_STEP, 'Clone codebase', 'GitClone', clone, {
    ...(isMap(spec['build']) && isOfBranchOrTag(spec['build']) ? { depth: DEPTH } : {}),
    // The workspace itself, where a GitClone step takes a folder in it.
    cloneDirectory: '/harness',
    ...spec,
  });
}

/** Who triggers a run may name a commit that is not among the last ones. */
const DEPTH = '<+<+pipeline.triggerType> == "MANUAL" ? 50 : 0>';

function isOfBranchOrTag(build: { readonly [key: string]: Value }): boolean {
  return build['type'] === 'branch' || build['type'] === 'tag';
}

function restoreStep(caching: Caching): Step {
  return cacheStep('restore-cache-harness', 'Restore cache', 'RestoreCache', caching, { failIfKeyNotFound: false });
}

function saveStep(caching: Caching): Step {
  const { paths, override } = caching;
  return cacheStep('save-cache-harness', 'Save cache', 'SaveCache', caching, { sourcePaths: paths, override });
}

/** A cache that cannot be reached makes a run slower, never wrong: it fails nothing. Its log says what happened. */
function cacheStep(identifier: string, name: string, type: StepType, caching: Caching, fields: object): Step {
  const { key, path, range } = caching;
  const spec = { providerType: 'Local', key, archiveFormat: 'Tar', ...fields };
  return {
    ...implicitStep(identifier, name, type, caching, spec),
    failureStrategies: [{ errors: ['AllErrors'], action: { kind: 'MarkAsSuccess' }, path, range }],
  };
}

function implicitStep(
  identifier: string,
  name: string,
  type: StepType,
  { condition, path, range }: Conditional,
  spec: Value,
): Step {
  return {
    kind: 'step',
    identifier,
    name,
    type,
    when: { status: 'Success', ...(condition === undefined ? {} : { condition }) },
    delegateSelectors: [],
    failureStrategies: [],
    spec,
    executionInputs: [],
    path,
    range,
  };
}

/** `undefined` when there is nothing that a delegate needs to know. */
export function ciSetupOf(stage: Stage, pipeline: Pipeline): CiSetup | undefined {
  const { ci } = stage;
  if (ci === undefined) return undefined;
  const { os, arch } = infrastructureOf(stage, pipeline);
  const needs = [...new Set(needsOf(stage.steps))].toSorted();
  const setup: CiSetup = {
    ...(ci.sharedPaths.length === 0 ? {} : { sharedPaths: ci.sharedPaths }),
    ...(os === undefined ? {} : { os }),
    ...(arch === undefined ? {} : { arch }),
    ...(needs.length === 0 ? {} : { needs }),
  };
  return Object.keys(setup).length === 0 ? undefined : setup;
}

/** Step types that are a container, whatever their spec says; others are one when they name an image. */
const CONTAINER_TYPES: readonly string[] = ['Plugin', 'Container', 'BuildAndPushDockerRegistry'] satisfies StepType[];

/** Of the steps that run unless something fails: who has a condition may be for delegates of another kind. */
function needsOf(items: readonly StepItem[]): readonly StageNeed[] {
  return items.flatMap((item) => {
    if (item.kind === 'parallel') return needsOf(item.items);
    if (item.when.status !== 'Success' || item.when.condition !== undefined) return [];
    return item.kind === 'stepGroup' ? needsOf(item.steps) : needOf(item);
  });
}

function needOf({ type, spec }: Step): readonly StageNeed[] {
  if (type === 'GitClone') return ['git'];
  return CONTAINER_TYPES.includes(type) || (isMap(spec) && (spec['image'] ?? '') !== '') ? ['engine'] : [];
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
