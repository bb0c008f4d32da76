/**
 * Failure strategies are not carried out yet. What a strategy list asks for is accepted only where it is provably what
 * happens anyway; everything else would change the run and blocks it (pipelines.md §4.5).
 */
import type { Findings } from './diagnostics.ts';
import { listStages, type FailureStrategy, type Pipeline, type Stage, type StepItem } from './model.ts';
import { awaitsInput, reportKind, reportNotRunYet, warnUnknownKeys } from './read-fields.ts';
import { find, findText, isEmpty, type MapNode, type YamlNode } from './yaml-node.ts';

/** Errors whose node ends with another status than Failed: marking it as failed would change that status. */
const ENDS_OTHERWISE: readonly string[] = [
  'AllErrors',
  'AnyOther',
  'Timeout',
  'ApprovalRejection',
  'InputTimeoutError',
];

export function readFailureStrategies(map: MapNode, what: string, findings: Findings): readonly FailureStrategy[] {
  const node = find(map, 'failureStrategies');
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (node.kind !== 'list') {
    reportKind(node, `the field failureStrategies of ${what}`, 'a list', findings);
    return [];
  }
  return node.items.map((item) => readStrategy(item, what, findings));
}

function readStrategy(item: YamlNode, what: string, findings: Findings): FailureStrategy {
  const onFailure = find(item, 'onFailure');
  if (item.kind === 'map') warnUnknownKeys(item, ['onFailure'], `a failure strategy of ${what}`, findings);
  const errors = find(onFailure, 'errors');
  const names = errors?.kind === 'list' ? errors.items.map((error) => (error.kind === 'scalar' ? error.text : '')) : [];
  return {
    errors: names,
    action: findText(find(onFailure, 'action'), 'type') ?? '',
    path: item.path,
    range: item.range,
  };
}

/** Reports every strategy that would change the run. Stages of types that do not run are refused for their type already. */
export function checkFailureStrategies(pipeline: Pipeline, runs: (stage: Stage) => boolean, findings: Findings): void {
  const stages = listStages(pipeline.stages);
  stages.forEach((stage, index) => {
    if (!runs(stage)) return;
    const later = stages.slice(index + 1).find(({ when }) => when.status === 'Failure');
    const strategies = [...stage.failureStrategies, ...strategiesIn(stage.steps)];
    for (const strategy of strategies) {
      const reason = whatWouldChange(strategy, stage, later);
      if (reason !== undefined) reportNotRunYet(strategy, reason, findings);
    }
  });
}

/** What the strategy does that would not happen without it, or `undefined`. */
function whatWouldChange(
  { action, errors }: FailureStrategy,
  stage: Stage,
  laterFailureStage: Stage | undefined,
): string | undefined {
  const name = action === '' ? 'a failure strategy without an action' : `the failure strategy ${action}`;
  if (action === 'MarkAsFailure') {
    const other = errors.find((error) => ENDS_OTHERWISE.includes(error));
    return other === undefined && errors.length > 0
      ? undefined
      : `${name} on ${other ?? 'no errors'}, which would end an expired step as Failed,`;
  }
  if (action !== 'StageRollback') return name;
  // Reported as rollbackSteps already.
  if (stage.rollbackSteps.length > 0) return undefined;
  // Without rollback steps it only ends the stage, as a failure does, unless something is there to run after the failure.
  const follower = findFollower(stage.steps);
  if (follower !== undefined) return `${name} in a stage whose step ${follower} runs after a failure`;
  if (laterFailureStage !== undefined)
    return `${name} before the stage ${laterFailureStage.identifier}, which runs after a failure`;
  return undefined;
}

function strategiesIn(items: readonly StepItem[]): readonly FailureStrategy[] {
  return items.flatMap((item) => {
    switch (item.kind) {
      case 'step':
        return item.failureStrategies;
      case 'stepGroup':
        return [...item.failureStrategies, ...strategiesIn(item.steps)];
      case 'parallel':
        return strategiesIn(item.items);
    }
  });
}

/** A step or group that runs although something before it in the stage failed. */
function findFollower(items: readonly StepItem[]): string | undefined {
  for (const item of items) {
    if (item.kind !== 'parallel' && item.when.status !== 'Success') return item.identifier;
    const inner = item.kind === 'step' ? undefined : findFollower(item.kind === 'parallel' ? item.items : item.steps);
    if (inner !== undefined) return inner;
  }
  return undefined;
}
