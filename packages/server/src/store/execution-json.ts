/**
 * How an execution is cut into its rows: what never changes and may be large (plan, the trigger's payload, the nodes a retry
 * takes over) lies in `execution_documents`, the rest of the header and the state in `executions`, each node in a row of its own.
 */
import type {
  Execution,
  ExecutionHeader,
  InterruptRecord,
  NodeExecution,
  NodeStatus,
  Plan,
  RetainedNode,
  Value,
} from '@bridle/pipeline';

type TriggerInput = Pick<NonNullable<ExecutionHeader['cause']['trigger']>, 'payload' | 'headers'>;

export interface HeaderColumns {
  readonly header: string;
  readonly plan: string;
  readonly triggerInput: string | null;
  /** The retained nodes. */
  readonly retained: string | null;
}

export function headerColumns(execution: Execution): HeaderColumns {
  const header = headerOf(execution);
  const { plan, cause, retained, ...small } = header;
  const { trigger } = cause;
  const smallCause = trigger === undefined ? cause : { ...cause, trigger: { ...trigger, payload: '', headers: {} } };
  const triggerInput: TriggerInput | null =
    trigger === undefined ? null : { payload: trigger.payload, headers: trigger.headers };
  return {
    header: JSON.stringify({
      ...small,
      cause: smallCause,
      ...(retained === undefined ? {} : { retained: { ...retained, nodes: [] } }),
    }),
    plan: JSON.stringify(plan),
    triggerInput: triggerInput === null ? null : JSON.stringify(triggerInput),
    retained: retained === undefined ? null : JSON.stringify(retained.nodes),
  };
}

function headerOf(execution: Execution): ExecutionHeader {
  const { version: _v, status: _s, createdAt: _c, startedAt: _a, endedAt: _e, nodes: _n, ...rest } = execution;
  const { abort: _b, pause: _p, outputs: _o, ...header } = rest;
  return header;
}

/** The columns beside `executions.header` that a header is put together from. */
export interface DocumentColumns {
  readonly plan: unknown;
  readonly trigger_input: unknown;
  readonly retained: unknown;
}

/** The header put together again from its columns. */
export function wholeHeader(header: unknown, documents: DocumentColumns): ExecutionHeader {
  const { retained, ...small } = header as Omit<ExecutionHeader, 'plan'>;
  const { trigger } = small.cause;
  const cause =
    trigger === undefined
      ? small.cause
      : { ...small.cause, trigger: { ...trigger, ...(documents.trigger_input as TriggerInput) } };
  return {
    ...small,
    plan: documents.plan as Plan,
    cause,
    ...(retained === undefined ? {} : { retained: { ...retained, nodes: documents.retained as RetainedNode[] } }),
  };
}

interface State {
  readonly abort?: InterruptRecord;
  readonly pause?: InterruptRecord;
  readonly outputs?: Readonly<Record<string, Value>>;
}

/** What `executions.state` holds. */
export function stateColumn({ abort, pause, outputs }: Execution): string {
  return JSON.stringify({ abort, pause, outputs } satisfies { [Key in keyof State]: State[Key] | undefined });
}

export function stateOf(state: unknown): State {
  return state as State;
}

export interface ExecutionColumns extends DocumentColumns {
  readonly header: unknown;
  readonly state: unknown;
  readonly status: string;
  readonly version: number;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
}

export function executionFromColumns(row: ExecutionColumns, nodes: readonly NodeExecution[]): Execution {
  return {
    ...wholeHeader(row.header, row),
    version: row.version,
    status: row.status as NodeStatus,
    createdAt: row.created_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    nodes: Object.fromEntries(nodes.map((node) => [node.id, node])),
    ...stateOf(row.state),
  };
}
