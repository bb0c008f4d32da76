import type { PlanNode } from '../plan/plan.ts';
import { parseDuration } from '../language/durations.ts';
import type { Draft } from './draft.ts';
import { resolveLeaf } from './evaluation.ts';
import type { Failure } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { valueText } from './value-text.ts';

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
  const supplied = draft.get(id).inputs?.['timeout'];
  if (supplied !== undefined) return readDuration(valueText(supplied), `The timeout of ${plan.name}`);
  if (plan.timeout === undefined) return { kind: 'resolved', ms: defaultTimeout(draft, plan) };
  if (plan.timeout.kind === 'fixed') return { kind: 'resolved', ms: plan.timeout.ms };
  const leaf = resolveLeaf(draft, id, plan.timeout.text);
  if (leaf.kind === 'error') return invalid(`The timeout of ${plan.name} cannot be resolved: ${leaf.message}`);
  const text = valueText(leaf.value);
  return text.trim() === '' ? { kind: 'resolved', ms: undefined } : readDuration(text, `The timeout of ${plan.name}`);
}

const DAY_MS = 86_400_000;

function defaultTimeout(draft: Draft, plan: PlanNode): number | undefined {
  const { pipelineTimeoutMs, stepTimeoutMs, approvalTimeoutMs = DAY_MS } = draft.execution.defaults;
  if (plan.kind === 'pipeline') return pipelineTimeoutMs;
  if (plan.kind !== 'step') return undefined;
  const isApproval = plan.stepType === 'HarnessApproval' || plan.stepType === 'CustomApproval';
  return isApproval ? approvalTimeoutMs : stepTimeoutMs;
}

/** A duration that was resolved already. */
export function readDuration(text: string, what: string): ResolvedTimeout {
  const ms = parseDuration(text);
  return ms === undefined
    ? invalid(`${what} is "${text}", which is not a duration such as 10m or 1h 30m.`)
    : { kind: 'resolved', ms };
}

function invalid(message: string): ResolvedTimeout {
  return { kind: 'error', failure: { message, types: ['APPLICATION_ERROR'] } };
}
