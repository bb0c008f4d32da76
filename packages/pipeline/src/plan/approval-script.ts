/** The step that a CustomApproval runs once per round: a ShellScript with the approval's script (pipelines.md §5.4). */
import type { NodeId } from '../engine/ids.ts';
import type { Value } from '../expressions/values.ts';
import { parseDuration } from '../language/durations.ts';
import type { StepNode, Timeout } from './plan.ts';

/** What both specs say in the same words. */
const SHARED = ['shell', 'source', 'environmentVariables', 'outputVariables', 'delegateSelectors'];

export function approvalScript(approval: StepNode, id: NodeId): StepNode {
  const spec: { readonly [key: string]: Value } = isMap(approval.spec) ? approval.spec : {};
  const timeout = timeoutOf(spec['scriptTimeout']);
  return {
    kind: 'step',
    id,
    parentId: approval.id,
    identifier: approval.identifier,
    name: approval.name,
    tags: {},
    fqn: `${approval.fqn}.script`,
    when: { status: 'All' },
    ...(timeout === undefined ? {} : { timeout }),
    line: approval.line,
    stepType: 'ShellScript',
    spec: {
      ...Object.fromEntries(Object.entries(spec).filter(([key]) => SHARED.includes(key))),
      onDelegate: true,
    },
    delegateSelectors: approval.delegateSelectors,
  };
}

function timeoutOf(text: Value | undefined): Timeout | undefined {
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  const ms = parseDuration(text);
  return ms === undefined ? { kind: 'expression', text } : { kind: 'fixed', ms };
}

function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
