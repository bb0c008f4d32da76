/** `release/nightly`, or the address of a trigger's page: which trigger is meant. */
import { UsageError } from '../command-line/usage-error.ts';

export interface NamedTrigger {
  readonly pipeline: string;
  readonly trigger: string;
}

/** @throws UsageError */
export function readTriggerName(name: string): NamedTrigger {
  const [pipeline = '', trigger = '', ...rest] = name.split('/');
  if (pipeline !== '' && trigger !== '' && rest.length === 0) return { pipeline, trigger };
  throw new UsageError(
    `"${name}" names no trigger.`,
    'Write PIPELINE/TRIGGER. Which there are: bridle trigger list PIPELINE',
  );
}
