/** Executions as lists and details read them. One statement, one function. */
import type {
  Execution,
  ExecutionCause,
  ExecutionHeader,
  ExecutionId,
  ExecutionSummary,
  InterruptRecord,
  NodeExecution,
  NodeStatus,
  Plan,
  ProjectScope,
  TriggerType,
} from '@bridle/pipeline';
import { sql, type RawBuilder } from 'kysely';
import type { Database } from './database.ts';

/** What a list shows of an execution. Times are epoch milliseconds. */
export interface ExecutionSummaryRow {
  readonly id: ExecutionId;
  readonly scope: ProjectScope;
  readonly pipelineIdentifier: string;
  readonly name: string;
  readonly runSequence: number;
  readonly status: NodeStatus;
  readonly isFinal: boolean;
  readonly version: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly modules: readonly string[];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Without the trigger's payload and headers (both empty here); `ExecutionRow.cause` has them. */
  readonly cause: ExecutionCause;
  readonly summary: ExecutionSummary;
  readonly abort?: InterruptRecord;
}

/** All of it. */
export interface ExecutionRow extends ExecutionSummaryRow {
  /** Whole, with its plan and its cause. */
  readonly header: ExecutionHeader;
  readonly plan: Plan;
  readonly pipelineYaml: string;
  readonly resolvedYaml: string;
  readonly inputYaml: string;
}

export interface ExecutionFilter {
  readonly scope: ProjectScope;
  readonly pipelineIdentifiers?: readonly string[];
  readonly statuses?: readonly NodeStatus[];
  readonly triggerTypes?: readonly TriggerType[];
  readonly triggerIdentifiers?: readonly string[];
  /** Epoch milliseconds, inclusive. */
  readonly startedAfter?: number;
  readonly startedBefore?: number;
  /** Part of the pipeline's name or identifier, or of a tag, in any case. */
  readonly search?: string;
  /** Identifiers or ids of those who caused it. */
  readonly triggeredBy?: readonly string[];
}

export interface ExecutionSort {
  readonly field: 'createdAt' | 'startedAt' | 'endedAt' | 'name' | 'status' | 'runSequence';
  readonly direction: 'asc' | 'desc';
}
export type { Execution };
