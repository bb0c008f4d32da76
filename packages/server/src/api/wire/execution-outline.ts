/** Executions in short (api.md §6.2). */
import type { ExecutionIdentifierSummary, ExecutionOutline } from '@bridle/protocol';
import type { ExecutionSummaryRow } from '../../store/execution-rows.ts';

export function executionIdentifiers(row: ExecutionSummaryRow): ExecutionIdentifierSummary {
  return {
    orgIdentifier: row.scope.orgIdentifier,
    projectIdentifier: row.scope.projectIdentifier,
    pipelineIdentifier: row.pipelineIdentifier,
    planExecutionId: row.id,
    runSequence: row.runSequence,
    status: row.status,
  };
}

export function executionOutline(row: ExecutionSummaryRow): ExecutionOutline {
  return {
    ...executionIdentifiers(row),
    name: row.name,
    modules: [...row.modules],
    ...(row.startedAt === undefined ? {} : { startTs: row.startedAt }),
    ...(row.endedAt === undefined ? {} : { endTs: row.endedAt }),
    createdAt: row.createdAt,
  };
}
