/** Failure strategies in short, for people: `Timeout, Connectivity → Retry 2, then Ignore`. */
import type { FailureAction, FailureStrategy, PlanNode } from '../plan/plan.ts';

/** Those that are asked about a failure of the node, the nearest ones first. */
export function strategiesInForce(nodes: readonly PlanNode[]): readonly string[] {
  const lists = nodes.map(({ failureStrategies = [] }) => failureStrategies);
  const catchesAll = (list: readonly FailureStrategy[]): boolean =>
    list.some(({ errors }) => errors.includes('AllErrors'));
  const last = lists.findIndex(catchesAll);
  // What comes behind one that takes all errors is never asked.
  return (last < 0 ? lists : lists.slice(0, last + 1)).flat().map(describe);
}

function describe({ errors, action }: FailureStrategy): string {
  return `${errors.join(', ')} → ${actionText(action)}`;
}

function actionText(action: FailureAction): string {
  switch (action.kind) {
    case 'Retry':
    case 'RetryStepGroup': {
      const then = action.onExhausted === undefined ? '' : `, then ${actionText(action.onExhausted)}`;
      return `${action.kind} ${String(action.count)}${then}`;
    }
    case 'ManualIntervention':
      return `ManualIntervention, then ${actionText(action.onTimeout)}`;
    default:
      return action.kind;
  }
}
