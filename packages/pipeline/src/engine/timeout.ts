import { parseDuration } from '../language/durations.ts';
import type { Draft } from './draft.ts';
import { resolveLeaf } from './evaluation.ts';
import type { Failure } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';

export type ResolvedTimeout =
  | { readonly kind: 'resolved'; readonly ms: number | undefined }
  | { readonly kind: 'error'; readonly failure: Failure };

/**
 * How long a node may take from its start. Without one of its own: a pipeline and a step have the installation's default,
 * stages, groups and forks have none, and a Wait step has only its duration.
 */
export function resolveTimeout(draft: Draft, id: NodeExecutionId): ResolvedTimeout {
  const plan = draft.planNode(draft.get(id).nodeId);
  if (plan.kind === 'step' && plan.stepType === 'Wait') return { kind: 'resolved', ms: undefined };
  if (plan.timeout === undefined) {
    const { defaults } = draft.execution;
    if (plan.kind === 'pipeline') return { kind: 'resolved', ms: defaults.pipelineTimeoutMs };
    return { kind: 'resolved', ms: plan.kind === 'step' ? defaults.stepTimeoutMs : undefined };
  }
  if (plan.timeout.kind === 'fixed') return { kind: 'resolved', ms: plan.timeout.ms };
  return resolveDuration(draft, id, plan.timeout.text, `The timeout of ${plan.name}`);
}

/** A duration written as an expression, such as `<+pipeline.variables.limit>`. An empty result means none. */
export function resolveDuration(draft: Draft, id: NodeExecutionId, text: string, what: string): ResolvedTimeout {
  const leaf = resolveLeaf(draft, id, text);
  if (leaf.kind === 'error') return invalid(`${what} cannot be resolved: ${leaf.message}`);
  const resolved = String(leaf.value);
  if (resolved.trim() === '') return { kind: 'resolved', ms: undefined };
  const ms = parseDuration(resolved);
  return ms === undefined
    ? invalid(`${what} is "${resolved}", which is not a duration such as 10m or 1h 30m.`)
    : { kind: 'resolved', ms };
}

function invalid(message: string): ResolvedTimeout {
  return { kind: 'error', failure: { message, types: ['APPLICATION_ERROR'] } };
}
