/** Stages (pipelines.md §1.3, §6.1). */
import { readCiSpec } from './ci/ci-spec.ts';
import { readDeploymentSpec } from './deployment/deployment-spec.ts';
import type { Findings, Place } from './diagnostics.ts';
import { readExecutionInputs } from './execution-inputs.ts';
import { readFailureStrategies } from './failure-strategies.ts';
import { readIdentifier, readName } from './identifiers.ts';
import type { Stage, StepItem } from './model.ts';
import type { Chain } from './node-parts.ts';
import {
  awaitsInput,
  isLate,
  readMap,
  readSelectors,
  readTags,
  readText,
  readTimeout,
  readWhen,
  reportNotRunYet,
  warnUnknownKeys,
} from './read-fields.ts';
import { readChain } from './read-chain.ts';
import { reportConstructs } from './check-steps.ts';
import { hasNoItems } from './read-items.ts';
import { readSteps } from './read-steps.ts';
import { checkStrategyPlace, readStrategy } from './read-strategy.ts';
import { readVariables } from './read-variables.ts';
import { isRunStageType } from './stage-types.ts';
import { STAGE_TYPES } from './node-parts.ts';
import { didYouMean } from './suggest.ts';
import { find, findText, isEmpty, toValue, type MapNode } from './yaml-node.ts';

/** Stage types of Harness that Bridle only knows: such a stage loads and saves, and a run is refused with its line and type. */
export const KNOWN_STAGE_TYPES = [
  'FeatureFlag',
  'Security',
  'SecurityTests',
  'IACM',
  'IDP',
  'DRTest',
  'CompositeLoadTest',
  'Dynamic',
] as const;

export const STAGE_KEYS = [
  'identifier',
  'name',
  'type',
  'description',
  'tags',
  'when',
  'failureStrategies',
  'strategy',
  'variables',
  'delegateSelectors',
  'timeout',
  'runMode',
  'spec',
  'template',
  'skipInstances',
  'platform',
  'dependsOn',
  'source',
  'sourceConfig',
] as const;
export const CUSTOM_SPEC_KEYS = ['execution', 'environment', 'outputs'] as const;
export function readStage(map: MapNode, place: Place, findings: Findings): Stage {
  const identifier = readIdentifier(map, 'stage', findings);
  const name = readName(map, 'stage', identifier, findings);
  const what = `the stage ${identifier}`.trimEnd();
  const description = readText(map, 'description', what, findings);
  const timeout = readTimeout(map, what, findings);
  warnUnknownKeys(map, STAGE_KEYS, what, findings);
  reportConstructs(map, ['dependsOn'], findings);
  checkRunMode(map, findings);
  const type = isEmpty(find(map, 'template')) ? readStageType(map, place, what, findings) : 'Template';
  const spec = readMap(map, 'spec', what, findings);
  if (spec !== undefined) checkSpec(spec, type, what, findings);
  const execution = spec === undefined ? undefined : readMap(spec, 'execution', `the spec of ${what}`, findings);
  if (execution !== undefined) {
    warnUnknownKeys(execution, ['steps', 'rollbackSteps'], `the execution of ${what}`, findings);
  }
  const chain = type === 'Pipeline' ? readChainOf(spec, place, what, findings) : undefined;
  if (isRunStageType(type) && chain === undefined && hasNoItems(find(execution, 'steps')))
    findings.add('FIELD_MISSING', 'run', place, `The stage ${identifier} has no steps.`, 'Add spec.execution.steps.');
  const strategy = readStrategy(map, what, findings);
  if (strategy !== undefined) checkStrategyPlace(type, strategy, what, findings);
  if (type === 'Deployment') checkDeployment(map, place, what, findings);
  const ci = type === 'CI' && spec !== undefined ? readCiSpec(spec, what, findings) : undefined;
  const deployment = type === 'Deployment' ? readDeploymentSpec(spec, place, what, findings) : undefined;
  // A chained stage has none: what stands there is reported as unknown.
  const readList = (key: 'steps' | 'rollbackSteps', list: string): readonly StepItem[] =>
    chain === undefined ? readSteps(find(execution, key), { stageType: type }, list, findings) : [];
  return {
    kind: 'stage',
    identifier,
    name,
    ...(description === undefined ? {} : { description }),
    type,
    tags: readTags(map, what, findings),
    when: readWhen(map, 'pipelineStatus', what, findings),
    ...(timeout === undefined ? {} : { timeout }),
    variables: readVariables(map, what, findings),
    delegateSelectors: readSelectors(map, what, findings),
    failureStrategies: readFailureStrategies(map, { what, isInGroup: false }, findings),
    ...(strategy === undefined ? {} : { strategy }),
    steps: readList('steps', `the steps of ${what}`),
    rollbackSteps: readList('rollbackSteps', `the rollback steps of ${what}`),
    spec: Object.fromEntries(
      [...(spec?.entries.values() ?? [])]
        .filter(({ key }) => key !== 'execution')
        .map(({ key, value }) => [key, toValue(value)]),
    ),
    ...(chain === undefined ? {} : { chain }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(ci === undefined ? {} : { ci }),
    executionInputs: readExecutionInputs(map, { kind: 'stage', what }, findings),
    ...place,
  };
}

function readStageType(map: MapNode, place: Place, what: string, findings: Findings): string {
  const type = readText(map, 'type', what, findings) ?? '';
  const at = find(map, 'type') ?? place;
  const line = String(at.range.start.line);
  if (type === '') {
    findings.add(
      'FIELD_MISSING',
      'run',
      at,
      `Type is missing: ${what} has none (line ${line}).`,
      `Bridle runs stages of type ${STAGE_TYPES.join(', ')}.`,
    );
  } else if (isLate(type)) {
    findings.add('FIELD_VALUE', 'run', at, `The type of ${what} cannot be an expression or an input (line ${line}).`);
  } else if ((KNOWN_STAGE_TYPES as readonly string[]).includes(type)) {
    findings.add(
      'STAGE_TYPE_NOT_RUN_YET',
      'run',
      at,
      `Bridle does not run ${type} stages yet: ${what} (line ${line}).`,
      'The pipeline can be saved; runs are refused while the stage is in it.',
    );
  } else if (!isRunStageType(type)) {
    findings.add(
      'STAGE_TYPE_UNKNOWN',
      'run',
      at,
      `Unknown stage type ${type}: ${what} (line ${line}).`,
      didYouMean(type, [...STAGE_TYPES, ...KNOWN_STAGE_TYPES]),
    );
  }
  return type;
}

function readChainOf(spec: MapNode | undefined, place: Place, what: string, findings: Findings): Chain {
  return readChain(spec ?? { kind: 'map', entries: new Map(), ...place }, what, findings);
}

/** Harness refuses to save such a stage; Bridle refuses to run it: what is to happen when it fails must be said. */
function checkDeployment(map: MapNode, place: Place, what: string, findings: Findings): void {
  if (!isEmpty(find(map, 'failureStrategies'))) return;
  findings.add(
    'FIELD_MISSING',
    'run',
    place,
    `A Deployment stage needs failureStrategies, and ${what} has none.`,
    'Add failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: StageRollback}}}], for example.',
  );
}

/** A stage with `runMode` Manual waits for a person; `Auto` is what happens anyway. */
function checkRunMode(map: MapNode, findings: Findings): void {
  const mode = find(map, 'runMode');
  if (mode === undefined || isEmpty(mode) || awaitsInput(mode)) return;
  if (findText(mode, 'type') !== 'Auto') reportNotRunYet(mode, 'stages that are started by hand (runMode)', findings);
}

function checkSpec(spec: MapNode, type: string, what: string, findings: Findings): void {
  if (type === 'Custom' || type === 'Approval') {
    warnUnknownKeys(spec, CUSTOM_SPEC_KEYS, `the spec of ${what}`, findings);
    reportSet(spec, 'environment', `environments of ${type} stages`, findings);
    reportSet(spec, 'outputs', 'stage outputs', findings);
  }
}

function reportSet(spec: MapNode, key: string, what: string, findings: Findings): void {
  const node = find(spec, key);
  if (node !== undefined && !isEmpty(node) && !awaitsInput(node)) reportNotRunYet(node, what, findings);
}
