/**
 * How an execution is cut into its rows: what never changes and may be large (plan, the trigger's payload) lies in
 * `execution_documents`, the rest of the header and the state in `executions`, each node in a row of its own.
 */
import type { Execution, ExecutionHeader, InterruptRecord, NodeExecution, NodeStatus, Plan } from '@bridle/pipeline';

type TriggerInput = Pick<NonNullable<ExecutionHeader['cause']['trigger']>, 'payload' | 'headers'>;

export interface HeaderColumns {
  readonly header: string;
  readonly plan: string;
  readonly triggerInput: string | null;
}

export function headerColumns(execution: Execution): HeaderColumns {
  const { id, scope, pipelineIdentifier, runSequence, seed, plan, cause, executionUrl, defaults } = execution;
  const { trigger } = cause;
  const small = trigger === undefined ? cause : { ...cause, trigger: { ...trigger, payload: '', headers: {} } };
  const triggerInput: TriggerInput | null =
    trigger === undefined ? null : { payload: trigger.payload, headers: trigger.headers };
  return {
    header: JSON.stringify({ id, scope, pipelineIdentifier, runSequence, seed, cause: small, executionUrl, defaults }),
    plan: JSON.stringify(plan),
    triggerInput: triggerInput === null ? null : JSON.stringify(triggerInput),
  };
}

/** The header put together again from its columns. */
export function wholeHeader(header: unknown, plan: Plan, triggerInput: unknown): ExecutionHeader {
  const small = header as Omit<ExecutionHeader, 'plan'>;
  const { trigger } = small.cause;
  const cause =
    trigger === undefined
      ? small.cause
      : { ...small.cause, trigger: { ...trigger, ...(triggerInput as TriggerInput) } };
  return { ...small, plan, cause };
}

/** What `executions.state` holds. */
export function stateColumn({ abort }: Execution): string {
  return JSON.stringify(abort === undefined ? {} : { abort });
}

export interface ExecutionColumns {
  readonly header: unknown;
  readonly plan: unknown;
  readonly trigger_input: unknown;
  readonly state: unknown;
  readonly status: string;
  readonly version: number;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
}

export function executionFromColumns(row: ExecutionColumns, nodes: readonly NodeExecution[]): Execution {
  return {
    ...wholeHeader(row.header, row.plan as Plan, row.trigger_input),
    version: row.version,
    status: row.status as NodeStatus,
    createdAt: row.created_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
    ...(row.state as { readonly abort?: InterruptRecord }),
  };
}
