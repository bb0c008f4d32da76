/** Where the engine asks the expression language: every text of a plan is resolved here, seen from one node. */
import {
  evaluateCondition,
  resolveText,
  resolveTree,
  type Resolution,
  type ValuePath,
} from '../expressions/evaluate.ts';
import type { ExpressionError } from '../expressions/errors.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import type { PlanVariable, StepNode } from '../plan/plan.ts';
import { KEPT_FOR_THE_DELEGATE } from '../steps/kept-expressions.ts';
import { bindExpressions } from './bind-expressions.ts';
import type { Draft } from './draft.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';
import { executionScope } from './scope.ts';
import { valueText } from './value-text.ts';

export type Resolved<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'error'; readonly message: string };

export type Judged =
  | {
      readonly kind: 'judged';
      readonly holds: boolean;
      readonly expressions: readonly { readonly expression: string; readonly value: string }[];
    }
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly expressions: readonly { readonly expression: string; readonly value: string }[];
    };

/** A condition (`when`), with the sub-expressions it asked for: the stored "why". */
export function evaluateAt(draft: Draft, id: NodeExecutionId, condition: string): Judged {
  const result = evaluateCondition(condition, scopeOf(draft, draft.get(id).nodeId), { trace: true });
  const expressions = result.trace;
  return result.error === undefined
    ? { kind: 'judged', holds: result.holds, expressions }
    : { kind: 'error', message: result.error.message, expressions };
}

export function resolveLeaf(draft: Draft, id: NodeExecutionId, text: string): Resolved<Value> {
  return unwrap(resolveText(text, scopeOf(draft, draft.get(id).nodeId)));
}

/** The step's spec as its delegate gets it: only what asks for the step's own result stays an expression. */
export function resolveSpec(draft: Draft, id: NodeExecutionId, plan: StepNode): Resolved<Value> {
  const patterns = KEPT_FOR_THE_DELEGATE[plan.stepType];
  const scope = scopeOf(draft, draft.get(id).nodeId);
  const keep = (path: ValuePath): boolean => patterns.some((pattern) => matches(pattern, path));
  const resolved = unwrap(resolveTree(plan.spec, scope, { keep }));
  return resolved.kind === 'error' || patterns.length === 0 ? resolved : bindKept(resolved.value, [], keep, scope);
}

function bindKept(
  value: Value,
  path: ValuePath,
  keep: (path: ValuePath) => boolean,
  scope: ExpressionScope,
): Resolved<Value> {
  if (keep(path)) return typeof value === 'string' ? bindExpressions(value, scope) : { kind: 'value', value };
  if (typeof value !== 'object' || value === null) return { kind: 'value', value };
  const bound: [string, Value][] = [];
  for (const [key, item] of Object.entries(value)) {
    const piece = bindKept(item, [...path, key], keep, scope);
    if (piece.kind === 'error') return piece;
    bound.push([key, piece.value]);
  }
  return { kind: 'value', value: Array.isArray(value) ? bound.map(([, item]) => item) : Object.fromEntries(bound) };
}

/** `*` stands for any one segment. */
function matches(pattern: readonly string[], path: ValuePath): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) => segment === '*' || segment === String(path[index]))
  );
}

/** A variable as the environment of a CI step shows it; one that cannot be resolved is shown empty rather than stopping the step. */
export function resolveVariable(draft: Draft, owner: NodeId, { value }: PlanVariable): Value {
  const resolved = resolveTree(value, scopeOf(draft, owner), { nulls: 'lenient' });
  return resolved.error === undefined ? resolved.value : '';
}

/** The most specific set of delegate selectors that is not empty replaces all others (pipelines.md §1.8). */
export function resolveSelectors(draft: Draft, id: NodeExecutionId): Resolved<readonly string[]> {
  for (let current = draft.find(id); current !== undefined;) {
    const plan = draft.planNode(current.nodeId);
    if (plan.kind !== 'fork' && plan.delegateSelectors.length > 0) {
      const resolved = unwrap(resolveTree(plan.delegateSelectors, scopeOf(draft, plan.id)));
      return resolved.kind === 'error' ? resolved : { kind: 'value', value: flatten(resolved.value) };
    }
    current = current.parentId === undefined ? undefined : draft.find(current.parentId);
  }
  return { kind: 'value', value: [] };
}

/** One selector may be an expression that gives a whole list. */
function flatten(value: Value): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly Value[]).flatMap(flatten)
    : [valueText(value)].filter((text) => text !== '');
}

function scopeOf(draft: Draft, at: NodeId): ExpressionScope {
  return executionScope(draft.execution, draft.nodes, at);
}

function unwrap(resolution: Resolution<Value>): Resolved<Value> {
  return resolution.error === undefined
    ? { kind: 'value', value: resolution.value }
    : { kind: 'error', message: describe(resolution.error) };
}

/** Which expression, and where it stands: its author may not even know that a text of a script is read as one. */
function describe({ message, text, path }: ExpressionError): string {
  if (text === '' || message.includes(text)) return message;
  const shown = text.replaceAll(/\s+/g, ' ');
  return path.length === 0 ? `${message}, in ${shown}` : `${message}, in ${shown} of ${path.join('.')}`;
}
