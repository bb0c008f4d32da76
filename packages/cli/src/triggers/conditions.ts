/** Conditions of a trigger, and what an event came to. */
import type { Style } from '../terminal/style.ts';

export interface ShownCondition {
  readonly kind: string;
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  readonly actual: string | null;
  readonly holds: boolean;
  readonly problem?: string | undefined;
}

/** `holds  <+trigger.payload.ref> Equals main: it is "main"`. */
export function describeConditions(conditions: readonly ShownCondition[], { green, red }: Style): readonly string[] {
  return conditions.map(({ key, operator, value, actual, holds, problem }) => {
    const verdict = holds ? green('holds     ') : red('does not  ');
    const asked = operator === '' ? key : `${key} ${operator} ${value}`;
    const found = problem ?? (actual === null ? 'the event has nothing there' : `it is ${JSON.stringify(actual)}`);
    return `${verdict} ${asked}: ${found}`;
  });
}
