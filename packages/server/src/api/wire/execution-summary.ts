/** An execution as lists and details print it (api.md §6.3). */
import type { PipelineNode, Plan } from '@bridle/pipeline';
import type { PipelineExecutionSummary } from '@bridle/protocol';
import type { ExecutionSummaryRow } from '../../store/execution-rows.ts';
import { failureInfo } from './failure-info.ts';
import { layoutNodeMap } from './layout.ts';
import { moduleInfo } from './module-info.ts';
import { executionTriggerInfo, NO_GOVERNANCE } from './trigger-info.ts';

/** `plan` is at hand in details; lists go without. */
export function executionSummary(row: ExecutionSummaryRow, plan?: Plan): PipelineExecutionSummary {
  const { scope, summary } = row;
  return {
    pipelineIdentifier: row.pipelineIdentifier,
    orgIdentifier: scope.orgIdentifier,
    projectIdentifier: scope.projectIdentifier,
    planExecutionId: row.id,
    name: row.name,
    status: row.status,
    tags: Object.entries(row.tags).map(([key, value]) => ({ key, value })),
    labels: [],
    executionTriggerInfo: executionTriggerInfo(row.cause, scope),
    governanceMetadata: NO_GOVERNANCE,
    ...failures(row),
    moduleInfo: moduleInfo(row),
    layoutNodeMap: layoutNodeMap(summary),
    modules: [...row.modules],
    startingNodeId: summary.startingNodeId,
    ...(row.startedAt === undefined ? {} : { startTs: row.startedAt }),
    ...(row.endedAt === undefined ? {} : { endTs: row.endedAt }),
    createdAt: row.createdAt,
    canRetry: isRetryable(row),
    canReExecute: row.isFinal,
    showRetryHistory: row.retryOf !== undefined,
    runSequence: row.runSequence,
    successfulStagesCount: summary.counts.successful,
    runningStagesCount: summary.counts.running,
    failedStagesCount: summary.counts.failed,
    totalStagesCount: summary.counts.total,
    executionInputConfigured: asksDuringRun(plan),
    allowStageExecutions: rootOf(plan)?.allowStageExecutions ?? false,
    ...selection(plan),
    ...links(row),
    ...(row.abort === undefined
      ? {}
      : { abortedBy: { email: row.abort.by.email, userName: row.abort.by.name, createdAt: row.abort.at } }),
    executionMode: 'NORMAL',
    notesExistForPlanExecutionId: row.notes !== undefined,
    ...(row.notes === undefined ? {} : { notes: row.notes }),
    shouldUseSimplifiedKey: false,
    storeType: 'INLINE',
  };
}

function failures({
  status,
  summary,
}: ExecutionSummaryRow): Pick<PipelineExecutionSummary, 'failureInfo' | 'executionErrorInfo'> {
  const failure =
    summary.failure ?? summary.layout.find((node) => node.status === status && node.failure !== undefined)?.failure;
  if (failure === undefined) return {};
  return { failureInfo: failureInfo(failure), executionErrorInfo: { message: failure.message } };
}

/** api.md §7.2 */
export function isRetryable({ status }: Pick<ExecutionSummaryRow, 'status'>): boolean {
  switch (status) {
    case 'Failed':
    case 'Expired':
    case 'ApprovalRejected':
    case 'Aborted':
    case 'AbortedByFreeze':
      return true;
    default:
      return false;
  }
}

function rootOf(plan: Plan | undefined): PipelineNode | undefined {
  const root = plan?.nodes[plan.rootId];
  return root?.kind === 'pipeline' ? root : undefined;
}

function asksDuringRun(plan: Plan | undefined): boolean {
  return Object.values(plan?.nodes ?? {}).some(({ executionInputs = [] }) => executionInputs.length > 0);
}

function selection(plan: Plan | undefined): Pick<PipelineExecutionSummary, 'stagesExecution' | 'stagesExecuted'> {
  const selected = rootOf(plan)?.selectedStages;
  return selected === undefined ? { stagesExecution: false } : { stagesExecution: true, stagesExecuted: [...selected] };
}

/** Earlier executions, a parent, and who paused it. */
function links({
  retryOf,
  parent,
  pause,
}: ExecutionSummaryRow): Pick<PipelineExecutionSummary, 'retryExecutionMetadata' | 'parentStageInfo' | 'pausedBy'> {
  return {
    ...(retryOf === undefined
      ? {}
      : {
          retryExecutionMetadata: {
            parentExecutionId: retryOf.executionId,
            rootExecutionId: retryOf.rootExecutionId,
          },
        }),
    ...(parent === undefined
      ? {}
      : {
          parentStageInfo: {
            hasParentPipeline: true,
            stageNodeId: parent.nodeExecutionId,
            executionId: parent.executionId,
          },
        }),
    ...(pause === undefined
      ? {}
      : { pausedBy: { email: pause.by.email, userName: pause.by.name, createdAt: pause.at } }),
  };
}
