import type { WhenRecord } from '@bridle/pipeline';
import type { NodeRunInfo } from '@bridle/protocol';

/** A stage looks at the pipeline before it, a step at its stage. */
export function nodeRunInfo(when: WhenRecord, of: 'stage' | 'step'): NodeRunInfo {
  return {
    whenCondition: whenCondition(when, of),
    evaluatedCondition: when.statusHolds && when.conditionHolds !== false,
    expressions: when.expressions.map(({ expression, value }) => ({ expression, expressionValue: value, count: 1 })),
  };
}

function whenCondition({ status, condition }: WhenRecord, of: 'stage' | 'step'): string {
  const before = of === 'stage' ? 'Pipeline' : 'Stage';
  const name = status === 'All' ? '<+Always>' : `<+On${before}${status}>`;
  return condition === undefined || condition === '' ? name : `${name} && (${condition})`;
}
