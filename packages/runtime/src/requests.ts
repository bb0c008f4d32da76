/** Effects that one execution asks of another, and how they are told apart. */
import { deriveId, executionId, type Effect, type ExecutionId, type NodeExecutionId } from '@bridle/pipeline';

export type RequestEffect = Extract<Effect, { readonly kind: 'startChild' | 'abortChild' | 'reportToParent' }>;
export type ChildRequest = Extract<Effect, { readonly kind: 'startChild' }>['request'];

/** `nodeExecutionId`: the chained stage in the parent, for all three kinds. */
export function requestId(kind: RequestEffect['kind'], nodeExecutionId: NodeExecutionId): string {
  return `${kind}/${nodeExecutionId}`;
}

/** The execution that a chained stage starts: the same at each attempt, so that a repeated start finds the first one. */
export function childExecutionId(nodeExecutionId: NodeExecutionId): ExecutionId {
  return executionId(deriveId(nodeExecutionId, 'child'));
}
