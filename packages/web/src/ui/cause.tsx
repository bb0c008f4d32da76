import type { JSX } from 'react';
import type { ExecutionSummary } from '../api/types.ts';

const KINDS: Readonly<Record<string, string>> = {
  MANUAL: 'by hand',
  WEBHOOK: 'git webhook',
  WEBHOOK_CUSTOM: 'custom webhook',
  SCHEDULER_CRON: 'schedule',
  ARTIFACT: 'artifact',
  MANIFEST: 'manifest',
};

/** What started an execution, and who. */
export function Cause({
  execution,
}: {
  readonly execution: Pick<ExecutionSummary, 'executionTriggerInfo'>;
}): JSX.Element {
  const { triggerType, triggeredBy, isRerun } = execution.executionTriggerInfo;
  const kind = KINDS[triggerType] ?? triggerType;
  const trigger = triggeredBy.triggerName ?? triggeredBy.triggerIdentifier ?? '';
  return (
    <span className="whitespace-nowrap">
      {isRerun ? 'rerun, ' : ''}
      {trigger === '' ? kind : `${trigger} (${kind})`}
      <span className="text-faint"> · </span>
      {trigger === '' ? `by ${triggeredBy.identifier}` : `by ${triggeredBy.uuid}`}
    </span>
  );
}
