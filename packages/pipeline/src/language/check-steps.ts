/** What is said of steps and step groups beside their fields: types, places, and what is not carried out. */
import { KNOWN_STEP_TYPES } from '../steps/known-step-types.ts';
import type { StepDefinition } from '../steps/step-definition.ts';
import { findStepDefinition } from '../steps/step-definitions.ts';
import { STEP_TYPES } from '../steps/step-types.ts';
import type { Findings, Place } from './diagnostics.ts';
import { awaitsInput, isLate, readMap, readText, reportNotRunYet, warnUnknownKeys } from './read-fields.ts';
import { isRunStageType } from './stage-types.ts';
import { didYouMean } from './suggest.ts';
import { find, findText, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

/** What a step needs to know of where it stands. */
export interface StageContext {
  readonly stageType: string;
  /** It stands in a step group. */
  readonly isInGroup?: true;
}

export function readStepType(map: MapNode, place: Place, what: string, findings: Findings): string {
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
  } else if (type === 'Action') {
    findings.add(
      'STEP_TYPE_NOT_RUN_YET',
      'run',
      at,
      `Bridle does not run GitHub Actions yet: ${what} (line ${line}).`,
      'A Run step with the commands of the action, or a Plugin step, can stand in its place.',
    );
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

export function checkPlacement(
  definition: StepDefinition,
  spec: YamlNode | undefined,
  place: Place,
  what: string,
  { stageType }: StageContext,
  findings: Findings,
): void {
  const { usualIn, type, scriptPath, isOfCiStages } = definition;
  const usual: readonly string[] = usualIn;
  if (isRunStageType(stageType) && stageType !== 'CI' && isOfCiStages === true) {
    findings.add(
      'STEP_MISPLACED',
      'run',
      place,
      `${type} steps work in CI stages only, and ${what} stands in a stage of type ${stageType}.`,
    );
  } else if (isRunStageType(stageType) && !usual.includes(stageType)) {
    findings.add(
      'STEP_UNUSUAL_HERE',
      'nothing',
      place,
      `Harness does not allow ${type} in stages of type ${stageType} (${what}); Bridle runs it.`,
    );
  }
  // In a container the workspace is there.
  if (stageType !== 'CI' || scriptPath === undefined || !isEmpty(find(spec, 'image'))) return;
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

/** A service beside the stage starts once; what becomes of it later changes no status. */
export function checkService(map: MapNode, what: string, findings: Findings): void {
  const node = find(map, 'failureStrategies');
  if (node === undefined || isEmpty(node)) return;
  const message = `Background steps have no failure strategies: those of ${what} have no effect.`;
  findings.add('CONSTRUCT_IGNORED', 'nothing', node, message);
}

/** Policy sets would judge the step's outcome. Without any there is nothing to judge. */
export function checkEnforce(map: MapNode, what: string, findings: Findings): void {
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

/** A group with infrastructure of its own runs its steps in containers; `Delegate` and `Noop` say that it does not. */
export function checkGroupInfra(map: MapNode, what: string, findings: Findings): void {
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
      `The sharedPaths of ${what} have no effect: those of its stage are what containers share.`,
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
