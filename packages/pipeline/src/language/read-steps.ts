/** Steps, step groups and their parallel groups (pipelines.md §1.4). */
import type { Value } from '../expressions/values.ts';
import type { StepDefinition } from '../steps/step-definition.ts';
import { findStepDefinition } from '../steps/step-definitions.ts';
import { readApproverInputs } from './approver-inputs.ts';
import { checkApproval } from './check-approvals.ts';
import { checkStepSpec } from './check-step-specs.ts';
import {
  checkEnforce,
  checkGroupInfra,
  checkPlacement,
  checkService,
  readStepType,
  reportConstructs,
  type StageContext,
} from './check-steps.ts';
import { Findings, type Place } from './diagnostics.ts';
import { readExecutionInputs } from './execution-inputs.ts';
import { readFailureStrategies } from './failure-strategies.ts';
import { readIdentifier, readName } from './identifiers.ts';
import type { Step, StepGroup, StepItem } from './model.ts';
import { readSelectors, readText, readTimeout, readWhen, warnUnknownKeys } from './read-fields.ts';
import { hasNoItems, readItems } from './read-items.ts';
import { readSpec } from './read-spec.ts';
import { checkStrategyPlace, readStrategy } from './read-strategy.ts';
import { readSecretValues } from './secret-values.ts';
import { readVariables } from './read-variables.ts';
import { find, isEmpty, toValue, type MapNode, type YamlNode } from './yaml-node.ts';

export const STEP_KEYS = [
  'identifier',
  'name',
  'type',
  'spec',
  'timeout',
  'description',
  'when',
  'failureStrategies',
  'strategy',
  'enforce',
  'template',
  'identities',
  'delegateSelectors',
] as const;
export const GROUP_KEYS = [
  'identifier',
  'name',
  'description',
  'steps',
  'rollbackSteps',
  'template',
  'variables',
  'when',
  'failureStrategies',
  'strategy',
  'delegateSelectors',
  'stepGroupInfra',
  'sharedPaths',
  'timeout',
] as const;

/** `what` as in `the steps of the stage build`. */
export function readSteps(
  node: YamlNode | undefined,
  context: StageContext,
  what: string,
  findings: Findings,
): readonly StepItem[] {
  return readItems<StepItem>(
    node,
    {
      step: (map, place) => readStep(map, place, context, findings),
      stepGroup: (map, place) => readStepGroup(map, place, context, findings),
    },
    what,
    findings,
  );
}

function readStep(map: MapNode, place: Place, context: StageContext, findings: Findings): Step {
  const identifier = readIdentifier(map, 'step', findings);
  const name = readName(map, 'step', identifier, findings);
  const what = `the step ${identifier}`.trimEnd();
  const description = readText(map, 'description', what, findings);
  const timeout = readTimeout(map, what, findings);
  warnUnknownKeys(map, STEP_KEYS, what, findings);
  const misplaced = find(map, 'delegateSelectors');
  if (misplaced !== undefined) {
    findings.add(
      'UNKNOWN_KEY',
      'nothing',
      misplaced,
      `The delegateSelectors of ${what} have no effect beside its spec.`,
      'Move them into spec.',
    );
  }
  reportConstructs(map, ['identities'], findings);
  checkEnforce(map, what, findings);
  const type = isEmpty(find(map, 'template')) ? readStepType(map, place, what, findings) : 'Template';
  const definition = findStepDefinition(type);
  if (definition !== undefined) checkPlacement(definition, find(map, 'spec'), place, what, context, findings);
  const strategy = readStrategy(map, what, findings);
  if (strategy !== undefined) checkStrategyPlace(type, strategy, what, findings);
  const owner = { kind: 'step', what, ...(definition === undefined ? {} : { definition }) } as const;
  return {
    kind: 'step',
    identifier,
    name,
    ...(description === undefined ? {} : { description }),
    type,
    when: readWhen(map, 'stageStatus', what, findings),
    ...(timeout === undefined ? {} : { timeout }),
    // What is wrong with them is reported with the spec, where Bridle runs the type.
    delegateSelectors: readOwnSelectors(
      find(map, 'spec'),
      what,
      context,
      findings,
      definition === undefined ? findings : new Findings(),
    ),
    failureStrategies: readOwnStrategies(type, map, what, context, findings),
    ...(strategy === undefined ? {} : { strategy }),
    spec: readStepSpec(definition, find(map, 'spec'), place, what, findings),
    executionInputs: readExecutionInputs(map, owner, findings),
    ...place,
  };
}

function readOwnStrategies(
  type: string,
  map: MapNode,
  what: string,
  { isInGroup }: StageContext,
  findings: Findings,
): Step['failureStrategies'] {
  if (type !== 'Background') return readFailureStrategies(map, { what, isInGroup: isInGroup === true }, findings);
  checkService(map, what, findings);
  return [];
}

function readStepSpec(
  definition: StepDefinition | undefined,
  node: YamlNode | undefined,
  place: Place,
  what: string,
  findings: Findings,
): Value {
  if (definition === undefined) return toValue(node);
  const spec = readSecretValues(readSpec(definition, node, place, what, findings));
  checkApproval(definition.type, node, what, findings);
  checkStepSpec(definition.type, node, what, findings);
  return definition.type === 'HarnessApproval' ? readApproverInputs(spec) : spec;
}

/** One delegate runs the whole of a CI stage: what chooses it stands at the stage or the pipeline. */
function readOwnSelectors(
  owner: YamlNode | undefined,
  what: string,
  { stageType }: StageContext,
  findings: Findings,
  ofSelectors: Findings,
): readonly string[] {
  if (owner?.kind !== 'map') return [];
  const selectors = readSelectors(owner, what, ofSelectors);
  const node = find(owner, 'delegateSelectors');
  if (stageType !== 'CI' || node === undefined || selectors.length === 0) return selectors;
  findings.add(
    'CONSTRUCT_IGNORED',
    'nothing',
    node,
    `The delegateSelectors of ${what} have no effect: one delegate runs the whole CI stage.`,
    'Move them to the stage.',
  );
  return [];
}

function readStepGroup(map: MapNode, place: Place, context: StageContext, findings: Findings): StepGroup {
  const identifier = readIdentifier(map, 'step group', findings);
  const name = readName(map, 'step group', identifier, findings);
  const what = `the step group ${identifier}`.trimEnd();
  const description = readText(map, 'description', what, findings);
  const timeout = readTimeout(map, what, findings);
  warnUnknownKeys(map, GROUP_KEYS, what, findings);
  checkGroupInfra(map, what, findings);
  const strategy = readStrategy(map, what, findings);
  const inGroup = { ...context, isInGroup: true } as const;
  const steps = readSteps(find(map, 'steps'), inGroup, `the steps of ${what}`, findings);
  const rollbackSteps = readSteps(find(map, 'rollbackSteps'), inGroup, `the rollback steps of ${what}`, findings);
  readExecutionInputs(map, { kind: 'stepGroup', what }, findings);
  if (hasNoItems(find(map, 'steps')) && isEmpty(find(map, 'template')))
    findings.add('FIELD_MISSING', 'run', place, `The step group ${identifier} has no steps.`);
  return {
    kind: 'stepGroup',
    identifier,
    name,
    ...(description === undefined ? {} : { description }),
    when: readWhen(map, 'stageStatus', what, findings),
    ...(timeout === undefined ? {} : { timeout }),
    variables: readVariables(map, what, findings),
    delegateSelectors: readOwnSelectors(map, what, context, findings, findings),
    failureStrategies: readFailureStrategies(map, { what, isInGroup: true }, findings),
    ...(strategy === undefined ? {} : { strategy }),
    steps,
    rollbackSteps,
    ...place,
  };
}
