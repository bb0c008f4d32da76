/** Several services, environments or infrastructures in one stage: how the loop around it runs. */
import type { Findings } from '../diagnostics.ts';
import type { Stage } from '../model.ts';
import { STRATEGY_INSTANCES_MAX, type LateNumber } from '../node-parts.ts';
import { reportNotRunYet } from '../read-fields.ts';
import { reportMismatch } from './check-parts.ts';
import type { DeploymentSpec } from './deployment-spec.ts';
import type { DeploymentCombination } from './section.ts';

export interface DeploymentLoop {
  readonly combinations: readonly DeploymentCombination[];
  /** Absent = all at once. */
  readonly maxConcurrency?: LateNumber;
  readonly onFailure: 'RunAll' | 'SkipQueued';
  /** Judged once before the expansion. */
  readonly condition?: string;
}

export function makeLoop(
  stage: Stage,
  deployment: DeploymentSpec,
  combinations: readonly DeploymentCombination[],
  findings: Findings,
): DeploymentLoop {
  const { several } = deployment;
  if (stage.strategy !== undefined)
    reportNotRunYet(stage.strategy, 'a strategy of a stage that deploys several times by itself', findings);
  if (combinations.length > STRATEGY_INSTANCES_MAX) {
    const [count, limit] = [String(combinations.length), String(STRATEGY_INSTANCES_MAX)];
    reportMismatch(
      deployment,
      `The stage ${stage.identifier} would deploy ${count} times; ${limit} are the limit.`,
      findings,
    );
  }
  const maxConcurrency = concurrencyOf(deployment, combinations, findings);
  return {
    combinations,
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    onFailure: several.onFailure,
    ...(several.condition === undefined ? {} : { condition: several.condition }),
  };
}

/** What is not said to be parallel runs one after the other; never more at once than the author asked for. */
function concurrencyOf(
  deployment: DeploymentSpec,
  combinations: readonly DeploymentCombination[],
  findings: Findings,
): LateNumber | undefined {
  const { areServicesParallel, areEnvironmentsParallel, maxConcurrency } = deployment.several;
  const hasServices = countOf(combinations, ({ service }) => service) > 1;
  const hasPlaces = countOf(combinations, (one) => `${one.environment}|${one.infrastructure}`) > 1;
  const flags = [...(hasServices ? [areServicesParallel] : []), ...(hasPlaces ? [areEnvironmentsParallel] : [])];
  if (flags.includes(false)) {
    if (flags.includes(true))
      findings.add(
        'CONSTRUCT_IGNORED',
        'nothing',
        deployment,
        'Services and environments are not both parallel: all combinations run one after the other.',
      );
    return 1;
  }
  if (maxConcurrency !== undefined) return maxConcurrency;
  return flags.every((flag) => flag === true) ? undefined : 1;
}

function countOf(
  combinations: readonly DeploymentCombination[],
  key: (combination: DeploymentCombination) => string,
): number {
  return new Set(combinations.map(key)).size;
}
