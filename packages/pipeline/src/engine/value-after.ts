/** What an expression comes to in a state of an execution, seen from the pipeline: for whoever looks at a run from outside. */
import type { Value } from '../expressions/values.ts';
import { Draft } from './draft.ts';
import { resolveLeaf, type Resolved } from './evaluation.ts';
import type { Execution } from './execution.ts';
import { rootOf } from './nodes.ts';

/** `text` is a text with `<+…>` in it, as in a field of a pipeline. */
export function valueAfter(execution: Execution, text: string): Resolved<Value> {
  const draft = new Draft(execution, execution.endedAt ?? execution.createdAt);
  const root = rootOf(draft);
  return root === undefined
    ? { kind: 'error', message: 'the execution has not begun' }
    : resolveLeaf(draft, root.id, text);
}
