/** Why something was skipped, in words. */
import type { RunNodeEvent } from '@bridle/protocol';

type When = NonNullable<RunNodeEvent['when']>;

/** Literals read better without quotes. */
const BARE = /^(?:true|false|null|-?\d+(?:\.\d+)?)$/;

/** Completes "skipped:"; `undefined` when there is no condition that says so. */
export function whySkipped(when: When | undefined): string | undefined {
  if (when === undefined) return undefined;
  if (!when.statusHolds) return STATUS_REASONS[when.status];
  if (when.conditionHolds !== false || when.condition === undefined) return undefined;
  const condition = oneLine(when.condition);
  const values = when.expressions
    .filter(({ expression }) => oneLine(expression) !== condition)
    .map(({ expression, value }) => `${shortName(expression)} is ${BARE.test(value) ? value : JSON.stringify(value)}`);
  return `${condition} was false${values.length === 0 ? '' : `: ${values.join(', ')}`}`;
}

const STATUS_REASONS: Readonly<Record<When['status'], string>> = {
  Success: 'it runs only if nothing before it failed',
  Failure: 'it runs only if something before it failed',
  All: 'its condition did not hold',
};

/** `<+pipeline.variables.env>` is known as `env`; whatever is no plain path keeps its whole text. */
function shortName(expression: string): string {
  const path = /^(?:<\+)?([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)>?$/.exec(expression.trim())?.[1];
  return path?.split('.').at(-1) ?? oneLine(expression);
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
