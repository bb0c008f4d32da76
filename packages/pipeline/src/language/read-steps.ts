/** Steps, step groups and their parallel groups (pipelines.md §1.4). */
import type { Value } from '../expressions/values.ts';
import { KNOWN_STEP_TYPES } from '../steps/known-step-types.ts';
import { findStepDefinition } from '../steps/step-definitions.ts';
import { STEP_TYPES } from '../steps/step-types.ts';
import type { StepDefinition } from '../steps/step-definition.ts';
import { readApproverInputs } from './approver-inputs.ts';
import { checkApproval } from './check-approvals.ts';
import { Findings, type Place } from './diagnostics.ts';
import { readExecutionInputs } from './execution-inputs.ts';
import { readFailureStrategies } from './failure-strategies.ts';
import { readIdentifier, readName } from './identifiers.ts';
import type { Step, StepGroup, StepItem } from './model.ts';
import { readItems } from './read-items.ts';
import {
  awaitsInput,
  isLate,
  readMap,
  readSelectors,
  readText,
  readTimeout,
  readWhen,
  reportNotRunYet,
  warnUnknownKeys,
} from './read-fields.ts';
import { readSpec } from './read-spec.ts';
import { checkStrategyPlace, readStrategy } from './read-strategy.ts';
import { isRunStageType } from './stage-types.ts';
import { readVariables } from './read-variables.ts';
import { didYouMean } from './suggest.ts';
import { find, findText, isEmpty, toValue, type MapNode, type YamlNode } from './yaml-node.ts';

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

/** What a step needs to know of where it stands. */
export interface StageContext {
  readonly stageType: string;
  /** It stands in a step group. */
  readonly isInGroup?: true;
}

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
  const what = `the step ${identifier}`;
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
    delegateSelectors: specSelectors(find(map, 'spec'), what, definition === undefined ? findings : new Findings()),
    failureStrategies: readFailureStrategies(map, { what, isInGroup: context.isInGroup === true }, findings),
    ...(strategy === undefined ? {} : { strategy }),
    spec: readStepSpec(definition, find(map, 'spec'), place, what, findings),
    executionInputs: readExecutionInputs(map, owner, findings),
    ...place,
  };
}

function readStepSpec(
  definition: StepDefinition | undefined,
  node: YamlNode | undefined,
  place: Place,
  what: string,
  findings: Findings,
): Value {
  if (definition === undefined) return toValue(node);
  const spec = readSpec(definition, node, place, what, findings);
  checkApproval(definition.type, node, what, findings);
  return definition.type === 'HarnessApproval' ? readApproverInputs(spec) : spec;
}

/** Policy sets would judge the step's outcome. Without any there is nothing to judge. */
function checkEnforce(map: MapNode, what: string, findings: Findings): void {
  const enforce = readMap(map, 'enforce', what, findings);
  if (enforce === undefined) return;
  warnUnknownKeys(enforce, ['policySets'], `enforce of ${what}`, findings);
  const policySets = find(enforce, 'policySets');
  if (policySets === undefined || isEmpty(policySets) || awaitsInput(policySets)) return;
  findings.add(
    'CONSTRUCT_NOT_RUN_YET',
    'run',
    policySets,
    `Bridle does not evaluate policy sets yet: ${what} enforces some (line ${String(policySets.range.start.line)}).`,
    'It can be saved; runs are refused until enforce is gone or supported.',
  );
}

function specSelectors(spec: YamlNode | undefined, what: string, findings: Findings): readonly string[] {
  return spec?.kind === 'map' ? readSelectors(spec, what, findings) : [];
}

function readStepType(map: MapNode, place: Place, what: string, findings: Findings): string {
  const type = readText(map, 'type', what, findings) ?? '';
  const at = find(map, 'type') ?? place;
  const line = String(at.range.start.line);
  if (type === '') {
    findings.add(
      'FIELD_MISSING',
      'run',
      at,
      `Type is missing: ${what} has none (line ${line}).`,
      `Bridle runs ${STEP_TYPES.join(', ')}.`,
    );
  } else if (isLate(type)) {
    findings.add('FIELD_VALUE', 'run', at, `The type of ${what} cannot be an expression or an input (line ${line}).`);
  } else if (KNOWN_STEP_TYPES.includes(type)) {
    findings.add(
      'STEP_TYPE_NOT_RUN_YET',
      'run',
      at,
      `Bridle does not run ${type} yet: ${what} (line ${line}).`,
      'The pipeline can be saved; runs are refused while the step is in it.',
    );
  } else if (findStepDefinition(type) === undefined) {
    findings.add(
      'STEP_TYPE_UNKNOWN',
      'run',
      at,
      `Unknown step type ${type}: ${what} (line ${line}).`,
      didYouMean(type, [...STEP_TYPES, ...KNOWN_STEP_TYPES]),
    );
  }
  return type;
}

/** An absolute path of Harness's workspace, which on a delegate's host is a private folder elsewhere. */
const WORKSPACE_PATH = /(?:^|[\s"'`=:(;&|])\/harness(?:\/|[\s"'`);&|]|$)/m;

function checkPlacement(
  definition: StepDefinition,
  spec: YamlNode | undefined,
  place: Place,
  what: string,
  { stageType }: StageContext,
  findings: Findings,
): void {
  const { usualIn, type, scriptPath } = definition;
  const usual: readonly string[] = usualIn;
  if (isRunStageType(stageType) && !usual.includes(stageType)) {
    findings.add(
      'STEP_UNUSUAL_HERE',
      'nothing',
      place,
      `Harness does not allow ${type} in stages of type ${stageType} (${what}); Bridle runs it.`,
    );
  }
  if (stageType !== 'CI' || scriptPath === undefined) return;
  const parent = scriptPath.slice(0, -1).reduce(find, spec);
  const key = scriptPath.at(-1) ?? '';
  const script = findText(parent, key);
  if (script !== undefined && WORKSPACE_PATH.test(script)) {
    findings.add(
      'WORKSPACE_PATH',
      'nothing',
      find(parent, key) ?? place,
      `The script of ${what} names /harness; on the delegate's host the workspace is a private folder elsewhere.`,
      'Use $HARNESS_WORKSPACE or paths relative to it.',
    );
  }
}

function readStepGroup(map: MapNode, place: Place, context: StageContext, findings: Findings): StepGroup {
  const identifier = readIdentifier(map, 'step group', findings);
  const name = readName(map, 'step group', identifier, findings);
  const what = `the step group ${identifier}`;
  const description = readText(map, 'description', what, findings);
  const timeout = readTimeout(map, what, findings);
  warnUnknownKeys(map, GROUP_KEYS, what, findings);
  checkGroupInfra(map, what, findings);
  const strategy = readStrategy(map, what, findings);
  const inGroup = { ...context, isInGroup: true } as const;
  const steps = readSteps(find(map, 'steps'), inGroup, `the steps of ${what}`, findings);
  const rollbackSteps = readSteps(find(map, 'rollbackSteps'), inGroup, `the rollback steps of ${what}`, findings);
  readExecutionInputs(map, { kind: 'stepGroup', what }, findings);
  if (isEmpty(find(map, 'steps')) && isEmpty(find(map, 'template')))
    findings.add('FIELD_MISSING', 'run', place, `The step group ${identifier} has no steps.`);
  return {
    kind: 'stepGroup',
    identifier,
    name,
    ...(description === undefined ? {} : { description }),
    when: readWhen(map, 'stageStatus', what, findings),
    ...(timeout === undefined ? {} : { timeout }),
    variables: readVariables(map, what, findings),
    delegateSelectors: readSelectors(map, what, findings),
    failureStrategies: readFailureStrategies(map, { what, isInGroup: true }, findings),
    ...(strategy === undefined ? {} : { strategy }),
    steps,
    rollbackSteps,
    ...place,
  };
}

/** A group with infrastructure of its own runs its steps in containers; `Delegate` and `Noop` say that it does not. */
function checkGroupInfra(map: MapNode, what: string, findings: Findings): void {
  const infra = find(map, 'stepGroupInfra');
  if (infra !== undefined && !isEmpty(infra)) {
    const type = findText(infra, 'type') ?? '';
    if (type !== 'Delegate' && type !== 'Noop')
      reportNotRunYet(infra, `step groups in containers (stepGroupInfra ${type})`, findings);
  }
  const shared = find(map, 'sharedPaths');
  if (shared !== undefined && !isEmpty(shared)) {
    findings.add(
      'CONSTRUCT_IGNORED',
      'nothing',
      shared,
      `The sharedPaths of ${what} have no effect: steps are processes of one host and see the same files.`,
    );
  }
}

const CONSTRUCTS: Readonly<Record<string, string>> = {
  identities: 'identities',
};

/** Constructs that would change what runs: reported where they say anything. */
export function reportConstructs(map: MapNode, keys: readonly string[], findings: Findings): void {
  for (const key of keys) {
    const node = find(map, key);
    const entry = map.entries.get(key);
    // What is asked for is judged when the inputs are merged.
    if (node === undefined || entry === undefined || isEmpty(node) || awaitsInput(node)) continue;
    const place = { path: node.path, range: { start: entry.keyRange.start, end: node.range.end } };
    reportNotRunYet(place, CONSTRUCTS[key] ?? key, findings);
  }
}
