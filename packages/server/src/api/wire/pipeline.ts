/** Saved pipelines as the API prints them (api.md §4.1). */
import {
  INLINE_GIT_DETAILS,
  type PipelineResponse,
  type PipelineSaveResponse,
  type PipelineSummary,
  type RecentExecution,
} from '@bridle/protocol';
import type { PipelineActivity, RecentExecutionRow } from '../../store/pipeline-activity.ts';
import type { PipelineRow } from '../../store/pipelines.ts';
import { NO_GOVERNANCE } from './trigger-info.ts';

const NO_DAYS = [0, 0, 0, 0, 0, 0, 0];

export function pipelineResponse(row: PipelineRow): PipelineResponse {
  return {
    yamlPipeline: row.yaml,
    gitDetails: INLINE_GIT_DETAILS,
    entityValidityDetails: { valid: true },
    modules: [...row.modules],
    storeType: 'INLINE',
    publicAccessResponse: { public: false, errorMessage: null },
    allowDynamicExecutions: false,
  };
}

export function pipelineSaveResponse(row: PipelineRow): PipelineSaveResponse {
  return {
    identifier: row.identifier,
    governanceMetadata: NO_GOVERNANCE,
    publicAccessResponse: { public: false, errorMessage: null },
  };
}

/** `recent` are its executions of late, newest first. */
export function pipelineSummary(
  row: PipelineRow,
  recent: readonly RecentExecutionRow[],
  activity: PipelineActivity | undefined,
): PipelineSummary {
  const [last] = recent;
  return {
    name: row.name,
    identifier: row.identifier,
    ...(row.description === '' ? {} : { description: row.description }),
    tags: { ...row.tags },
    version: row.version,
    numOfStages: row.stageNames.length,
    createdAt: row.createdAt,
    lastUpdatedAt: row.updatedAt,
    modules: [...row.modules],
    executionSummaryInfo: {
      numOfErrors: [...(activity?.failures ?? NO_DAYS)],
      deployments: [...(activity?.runs ?? NO_DAYS)],
      ...(last === undefined
        ? {}
        : {
            lastExecutionTs: last.startedAt ?? last.createdAt,
            lastExecutionStatus: last.status,
            lastExecutionId: last.id,
          }),
    },
    recentExecutionsInfo: recent.map(recentExecution),
    filters: Object.fromEntries(row.modules.map((module) => [module, {}])),
    stageNames: [...row.stageNames],
    entityValidityDetails: { valid: true },
    storeType: 'INLINE',
    isDraft: false,
    yamlVersion: '0',
  };
}

function recentExecution(row: RecentExecutionRow): RecentExecution {
  const { triggerType, triggeredBy } = row.cause;
  return {
    executorInfo: {
      triggerType,
      username: triggeredBy.identifier,
      ...(triggeredBy.email === undefined ? {} : { email: triggeredBy.email }),
    },
    planExecutionId: row.id,
    status: row.status,
    ...(row.startedAt === undefined ? {} : { startTs: row.startedAt }),
    ...(row.endedAt === undefined ? {} : { endTs: row.endedAt }),
    runSequence: row.runSequence,
  };
}
