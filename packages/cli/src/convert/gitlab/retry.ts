/** `retry` of a job. */
import { retryOnError } from '../draft.ts';
import type { SourceMap } from '../source.ts';
import { describe, mapOf, textOf, textsOf } from '../source-nodes.ts';
import type { Yaml } from '../yaml-value.ts';
import type { VariableScope } from './variables.ts';

/** GitLab takes two at most; what is far beyond is a mistake. */
const RETRIES_MAX = 100;
/** Reasons to try again, with what they are called here. */
const REASONS: Readonly<Record<string, string>> = {
  always: 'AllErrors',
  script_failure: 'Unknown',
  unknown_failure: 'Unknown',
  stuck_or_timeout_failure: 'Timeout',
  job_execution_timeout: 'Timeout',
  runner_system_failure: 'DelegateRestart',
  stale_schedule: 'DelegateProvisioning',
  scheduler_failure: 'DelegateProvisioning',
  runner_unsupported: 'DelegateProvisioning',
  archived_failure: 'Unknown',
  unmet_prerequisites: 'Unknown',
  data_integrity_failure: 'Unknown',
};

export function readRetry(map: SourceMap, ledger: VariableScope['ledger'], ignores: boolean): readonly Yaml[] {
  const entry = ledger.takeEntry(map, 'retry');
  if (entry === undefined) return [];
  const inner = mapOf(entry.value);
  const max = ledger.takeEntry(inner, 'max');
  const count = Number(textOf(inner === undefined ? entry.value : max?.value) ?? '1');
  const reasons = textsOf(ledger.take(inner, 'when'));
  const errors = [...new Set(reasons.map((reason) => REASONS[reason] ?? 'AllErrors'))];
  ledger.report(
    'manual',
    inner,
    'exit_codes',
    'It tries again whatever the exit code was.',
    'Add condition to the spec of Retry.',
  );
  if (!Number.isInteger(count) || count < 1 || count > RETRIES_MAX) {
    ledger.dropped(entry, `retry: ${describe(entry.value)}`, 'Nothing is tried again.');
    return [];
  }
  ledger.converted(
    entry,
    `retry: ${describe(entry.value)}`,
    `It is the failure strategy Retry, of ${errors.join(', ') || 'AllErrors'}.`,
  );
  return [retryOnError(errors.length === 0 || errors.includes('AllErrors') ? ['AllErrors'] : errors, count, ignores)];
}
