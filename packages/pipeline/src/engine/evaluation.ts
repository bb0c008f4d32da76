/** Where the engine asks the expression language: every text of a plan is resolved here, seen from one node. */
import {
  evaluateCondition,
  resolveText,
  resolveTree,
  type EvaluateOptions,
  type Resolution,
  type SecretUse,
  type ValuePath,
} from '../expressions/evaluate.ts';
import { quoteData } from '../expressions/quote-data.ts';
import type { ExpressionError } from '../expressions/errors.ts';
import { secretReference, type ExpressionScope, type ScopeValue } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import type { LateNumber, PlanVariable, StepNode } from '../plan/plan.ts';
import { KEPT_FOR_THE_DELEGATE } from '../steps/kept-expressions.ts';
import { bindExpressions } from './bind-expressions.ts';
import type { Draft } from './draft.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';
import { withInput } from './node-inputs.ts';
import { ancestry } from './nodes.ts';
import { executionScope, ownerScope } from './scope.ts';
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
  return judge(draft, condition, scopeOf(draft, id));
}

/** A condition that also knows some names of its own, such as `output`. */
export function evaluateWith(
  draft: Draft,
  id: NodeExecutionId,
  condition: string,
  names: Readonly<Record<string, Value>>,
): Judged {
  const around = scopeOf(draft, id);
  return judge(draft, condition, {
    root: (name) => (Object.hasOwn(names, name) ? names[name] : around.root(name)),
  });
}

function judge(draft: Draft, condition: string, scope: ExpressionScope): Judged {
  // Plans of the first semantics version keep the record they were made for.
  const trace = draft.execution.plan.semanticsVersion === 1 ? 'delimited' : true;
  const result = evaluateCondition(condition, scope, { ...unresolvedRule(draft), trace });
  const expressions = result.trace;
  return result.error === undefined
    ? { kind: 'judged', holds: result.holds, expressions }
    : { kind: 'error', message: result.error.message, expressions };
}

export function resolveLeaf(draft: Draft, id: NodeExecutionId, text: string): Resolved<Value> {
  return unwrap(resolveText(text, scopeOf(draft, id), unresolvedRule(draft)));
}

/** A value with the places in it that stand for secrets. */
export interface WithSecrets<T extends Value = Value> {
  readonly value: T;
  readonly secrets: readonly SecretUse[];
}

/** The step's spec as its delegate gets it: only what asks for the step's own result stays an expression. */
export function resolveSpec(draft: Draft, id: NodeExecutionId, plan: StepNode): Resolved<WithSecrets> {
  const patterns = KEPT_FOR_THE_DELEGATE[plan.stepType];
  const scope = scopeOf(draft, id);
  const keep = (path: ValuePath): boolean => patterns.some((pattern) => matches(pattern, path));
  const spec = withInput(plan.spec, draft.get(id), 'spec');
  const resolution = resolveTree(spec, scope, { ...unresolvedRule(draft), keep });
  const unwrapped = unwrap(resolution);
  const resolved =
    unwrapped.kind === 'error' || patterns.length === 0 ? unwrapped : bindKept(unwrapped.value, [], keep, scope);
  return resolved.kind === 'error'
    ? resolved
    : { kind: 'value', value: { value: resolved.value, secrets: resolution.secretRefs } };
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

/**
 * A variable as the environment of a step shows it, read where `id` is; one that cannot be resolved is shown empty rather
 * than stopping the step.
 */
export function resolveVariable(
  draft: Draft,
  id: NodeExecutionId,
  owner: NodeId,
  { type, value }: PlanVariable,
): WithSecrets<string> {
  // A Secret variable names a secret; see `variableValue` of the scope.
  if (type === 'Secret' && typeof value === 'string' && !value.includes('<+')) return useOf(secretReference(value));
  const resolved = resolveTree(value, ownerScope(draft, id, owner), { nulls: 'lenient' });
  if (resolved.error !== undefined) return { value: '', secrets: [] };
  // Uses inside of a list or map stay references in its text.
  const secrets = resolved.secretRefs.filter(({ path }) => path.length === 0);
  return { value: valueText(resolved.value), secrets };
}

/** Text that is one use of a secret and nothing else. */
export function useOf(secret: ScopeValue): WithSecrets<string> {
  const { value, secretRefs } = resolveText('<+it>', { root: () => secret });
  return { value: valueText(value), secrets: secretRefs };
}

/** The most specific set of delegate selectors that is not empty replaces all others (pipelines.md §1.8). */
export function resolveSelectors(draft: Draft, id: NodeExecutionId): Resolved<readonly string[]> {
  for (const { node, plan } of ancestry(draft, id)) {
    if ('delegateSelectors' in plan && plan.delegateSelectors.length > 0) {
      const resolved = resolveValue(draft, node.id, plan.delegateSelectors);
      return resolved.kind === 'error' ? resolved : { kind: 'value', value: flatten(resolved.value) };
    }
  }
  return { kind: 'value', value: [] };
}

/** Any tree of author's text that the server itself reads, seen from a node: a secret in it would be a reference taken for a value. */
export function resolveValue(draft: Draft, id: NodeExecutionId, value: Value): Resolved<Value> {
  const resolved = resolveWithSecrets(draft, id, value);
  if (resolved.kind === 'error') return resolved;
  return resolved.value.secrets.length > 0
    ? { kind: 'error', message: 'it uses a secret, and only the steps that delegates run are given secrets' }
    : { kind: 'value', value: resolved.value.value };
}

/** The same with the places in it that stand for secrets. */
export function resolveWithSecrets(draft: Draft, id: NodeExecutionId, value: Value): Resolved<WithSecrets> {
  const resolution = resolveTree(value, scopeOf(draft, id), unresolvedRule(draft));
  const resolved = unwrap(resolution);
  if (resolved.kind === 'error') return resolved;
  return { kind: 'value', value: { value: resolved.value, secrets: resolution.secretRefs } };
}

/** The same for what another execution will resolve again: data stays data there (S9), references to secrets stay references. */
export function resolveForAnother(draft: Draft, id: NodeExecutionId, value: Value): Resolved<Value> {
  const resolution = resolveTree(value, scopeOf(draft, id), unresolvedRule(draft));
  const resolved = unwrap(resolution);
  return resolved.kind === 'error' ? resolved : quoteForAnother(resolved.value, resolution.secretRefs);
}

function quoteForAnother(value: Value, secrets: readonly SecretUse[]): Resolved<Value> {
  return secrets.some(({ kind }) => kind === 'sealed')
    ? { kind: 'error', message: 'the secret output of a step cannot be handed to another pipeline' }
    : { kind: 'value', value: quoteData(value, secrets) };
}

/** A number, written or given by an expression. */
export function resolveNumber(draft: Draft, id: NodeExecutionId, number: LateNumber, what: string): Resolved<number> {
  if (typeof number === 'number') return { kind: 'value', value: number };
  const resolved = resolveValue(draft, id, number);
  if (resolved.kind === 'error') return { kind: 'error', message: `${what} cannot be resolved: ${resolved.message}` };
  const text = valueText(resolved.value).trim();
  const value = Number(text);
  return text === '' || !Number.isFinite(value)
    ? { kind: 'error', message: `${what} is "${text}", which is not a number.` }
    : { kind: 'value', value };
}

/** One selector may be an expression that gives a whole list. */
function flatten(value: Value): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly Value[]).flatMap(flatten)
    : [valueText(value)].filter((text) => text !== '');
}

/** What a name that does not exist comes to, as the installation chose. */
function unresolvedRule({ execution }: Draft): Pick<EvaluateOptions, 'nulls'> {
  const rule = execution.switches?.unresolved;
  return rule === undefined ? {} : { nulls: rule };
}

function scopeOf(draft: Draft, at: NodeExecutionId): ExpressionScope {
  return executionScope(draft, at);
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
