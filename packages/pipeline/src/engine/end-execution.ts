/** The end of an execution: its status, and what its parent is to hear. */
import type { Value } from '../expressions/values.ts';
import type { Draft } from './draft.ts';
import { resolveLeaf } from './evaluation.ts';
import { rootOf } from './nodes.ts';
import type { FinalStatus } from './status.ts';

export function endExecution(draft: Draft, status: FinalStatus): void {
  const { parent } = draft.execution;
  const root = rootOf(draft);
  const outputs = parent === undefined || root === undefined ? undefined : evaluateOutputs(draft, parent.outputs);
  draft.patchExecution({ status, endedAt: draft.at, ...(outputs === undefined ? {} : { outputs }) });
  if (parent === undefined) return;
  draft.effects.push({
    kind: 'reportToParent',
    executionId: parent.executionId,
    nodeExecutionId: parent.nodeExecutionId,
    status,
    outputs: outputs ?? {},
    ...(root?.failure === undefined ? {} : { failure: root.failure }),
  });
}

/** Seen from the pipeline; an output that cannot be resolved is null, as a name that does not exist is. */
function evaluateOutputs(
  draft: Draft,
  outputs: readonly { readonly name: string; readonly value: string }[],
): Readonly<Record<string, Value>> {
  const root = rootOf(draft);
  if (root === undefined) return {};
  return Object.fromEntries(
    outputs.map(({ name, value }) => {
      const resolved = resolveLeaf(draft, root.id, value);
      return [name, resolved.kind === 'value' ? resolved.value : null];
    }),
  );
}
