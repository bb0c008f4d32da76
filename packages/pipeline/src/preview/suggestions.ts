/** What was probably meant by a name that does not exist, and which names there are. */
import {
  ExpressionText,
  ExpressionTree,
  isScopeObject,
  LaterValue,
  type ExpressionScope,
  type ScopeValue,
} from '../expressions/scope.ts';
import { FUNCTORS_BY_NAME, METHOD_NAMES } from '../expressions/functions/names.ts';
import { didYouMean } from '../language/suggest.ts';

/** Names that an expression may begin with, beside the names of what is around it. */
const ROOTS = [
  ...['pipeline', 'stage', 'stages', 'stepGroup', 'step', 'steps', 'execution', 'strategy', 'matrix', 'repeat'],
  ...['exportedVariables', 'trigger', 'eventPayload', 'codebase', 'inputSet', 'account', 'org', 'project'],
  ...['service', 'env', 'infra', 'artifact', 'artifacts', 'manifest', 'manifests', 'serviceVariables', 'configFile'],
  ...['INFRA_KEY', 'INFRA_KEY_SHORT_ID', 'secrets', 'json', 'xml', 'regex', 'shell', 'variable'],
];

export interface Names {
  readonly names: readonly string[];
  /** They lead nowhere further before the run. */
  readonly isLater: boolean;
}

/** Members of what a path of names leads to; of nothing: the names that an expression may begin with. */
export function namesBehind(scope: ExpressionScope, path: readonly string[], around: readonly string[]): Names {
  const [root, ...rest] = path;
  if (root === undefined) {
    const known = ROOTS.filter((name) => isFunctor(name) || scope.root(name) !== undefined);
    return { names: [...new Set([...known, ...around])], isLater: false };
  }
  const functors = FUNCTORS_BY_NAME.get(root);
  if (functors !== undefined && rest.length === 0 && scope.root(root) === undefined)
    return { names: functors, isLater: false };
  let value = scope.root(root);
  for (const name of rest) value = member(value, name);
  return { names: membersOf(value), isLater: value instanceof LaterValue };
}

/** A hint about a reference as it is written, `pipeline.variables.taag`. */
export function hintFor(scope: ExpressionScope, reference: string, around: readonly string[]): string | undefined {
  const path = reference.replace(/^<\+|>$/g, '').match(/[^.[\]"'()\s]+/g) ?? [];
  let value: ScopeValue | undefined;
  for (const [index, name] of path.entries()) {
    const known = index === 0 ? namesBehind(scope, [], around).names : membersOf(value);
    const holder = value;
    value = index === 0 ? scope.root(name) : member(value, name);
    const owner = path.slice(0, index).join('.');
    if (value === null && index < path.length - 1) return whyNothing(holder, owner);
    if (value !== undefined) continue;
    if (index > 0 && known.length === 0) return undefined;
    const meant = didYouMean(name, known);
    if (meant !== undefined) return meant;
    return index === 0 ? undefined : `${owner} has: ${listed(known)}.`;
  }
  return undefined;
}

/** A stage or step that has nothing to give there. */
function whyNothing(holder: ScopeValue | undefined, owner: string): string | undefined {
  switch (member(holder, 'status')) {
    case 'SKIPPED':
      return `${owner} is skipped.`;
    case 'NOT_STARTED':
      return `${owner} has not run by then.`;
    default:
      return undefined;
  }
}

/** A hint about a function or method that there is not. */
export function functionHint(message: string): string | undefined {
  const [, owner, functor] = /there is no (\w+)\.(\w+)\(\)/.exec(message) ?? [];
  if (owner !== undefined && functor !== undefined) {
    const known = FUNCTORS_BY_NAME.get(owner) ?? [];
    return didYouMean(functor, known) ?? `${owner} has: ${listed(known)}.`;
  }
  const [, method] = /there is no method (\w+)\(\)/.exec(message) ?? [];
  return method === undefined ? undefined : didYouMean(method, METHOD_NAMES);
}

const LISTED_MAX = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_MAX).join(', ');
  return names.length > LISTED_MAX ? `${shown} and ${String(names.length - LISTED_MAX)} more` : shown;
}

function isFunctor(name: string): boolean {
  return FUNCTORS_BY_NAME.has(name);
}

function member(value: ScopeValue | undefined, name: string): ScopeValue | undefined {
  if (value === undefined || value === null || typeof value !== 'object') return undefined;
  if (value instanceof LaterValue) return value;
  if (value instanceof ExpressionText) return undefined;
  if (value instanceof ExpressionTree) return member(value.value, name);
  if (isScopeObject(value)) return value.get(name);
  if (Array.isArray(value)) return (value as readonly ScopeValue[])[Number(name)];
  return Object.hasOwn(value, name) ? (value as { readonly [key: string]: ScopeValue })[name] : undefined;
}

function membersOf(value: ScopeValue | undefined): readonly string[] {
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  if (value instanceof LaterValue || value instanceof ExpressionText) return [];
  if (value instanceof ExpressionTree) return membersOf(value.value);
  if (isScopeObject(value)) return value.names?.() ?? value.keys?.() ?? [];
  return Object.keys(value);
}
