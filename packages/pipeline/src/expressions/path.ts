/** One step into a value: `.name`, `["name"]`, `[0]`, `.get("k")`. Only what a value itself holds is found, nothing inherited. */
import { Pending } from './errors.ts';
import { findEntry } from './functions/collections.ts';
import type { Arguments } from './functions/arguments.ts';
import { isReserved } from './names.ts';
import { isList, SecretText, type Operand } from './operands.ts';
import {
  expressionTree,
  ExpressionText,
  ExpressionTree,
  isScopeObject,
  LaterValue,
  SecretReference,
  type ScopeValue,
} from './scope.ts';
import type { Value } from './values.ts';

/** What a name or a step may lead to; `undefined` = it does not exist. */
export type Scoped = Operand | ScopeValue | undefined;

const POSITION = /^\d{1,9}$/;

/** The member of a value that is neither null nor missing. */
export function readMember(value: Exclude<Scoped, null | undefined>, key: string): Scoped {
  if (typeof value !== 'object' || isReserved(key)) return undefined;
  if (value instanceof ExpressionTree) return authorsMember(value, key);
  if (value instanceof LaterValue) throw new Pending(value.waitsFor);
  if (value instanceof SecretText || value instanceof SecretReference || value instanceof ExpressionText)
    return undefined;
  if (isList(value)) return listMember(value, key);
  return isScopeObject(value) ? value.get(key) : findEntry(value as Readonly<Record<string, Operand>>, key);
}

function listMember<T>(list: readonly T[], key: string): T | number | undefined {
  if (POSITION.test(key)) return list[Number(key)];
  return key === 'length' || key === 'size' ? list.length : undefined;
}

function authorsMember(tree: ExpressionTree, key: string): Scoped {
  const member = readMember(tree.value ?? '', key);
  return isPlain(member) ? expressionTree(member as Value, tree.scope) : undefined;
}

/** Whether a value needs nothing resolved before it is used. */
export function isPlain(value: Scoped): value is Operand {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  if (value instanceof ExpressionText || value instanceof ExpressionTree) return false;
  if (value instanceof SecretReference || value instanceof LaterValue) return false;
  return !isScopeObject(value);
}

/**
 * Calls a method of a scope object: its own first, then the look-ups every scope object has. `isOwn` false = none of these: the
 * method is one of its plain value.
 */
export function callScopeObject(
  object: ScopeObjectLike,
  args: Arguments,
): { readonly isOwn: boolean; readonly value?: Scoped } {
  if (isReserved(args.name)) return { isOwn: false };
  const own = object.call?.(args.name, args.values.map(asValue));
  if (own !== undefined) return { isOwn: true, value: own };
  if (args.name === 'get' && args.count === 1) return { isOwn: true, value: readMember(object, args.text(0)) };
  // `exportedVariables.getValue("pipeline.ALIAS.NAME")`: a path in one text.
  if (args.name === 'getValue' && args.count === 1) return { isOwn: true, value: readDotted(object, args.text(0)) };
  if (args.name === 'containsKey' && args.count === 1)
    return { isOwn: true, value: readMember(object, args.text(0)) !== undefined };
  if (args.name === 'keySet' && args.count === 0 && object.keys !== undefined)
    return { isOwn: true, value: object.keys() };
  return { isOwn: false };
}

interface ScopeObjectLike {
  get(key: string): ScopeValue | undefined;
  toValue(): Value;
  keys?(): readonly string[];
  call?(method: string, args: readonly Value[]): ScopeValue | undefined;
}

function readDotted(object: ScopeObjectLike, path: string): Scoped {
  let value: Scoped = object;
  for (const key of path.split('.')) {
    if (value === undefined || value === null) return undefined;
    value = readMember(value, key);
  }
  return value;
}

/** Arguments for a scope's own methods are plain: a use of a secret is none. */
function asValue(operand: Operand): Value {
  return operand instanceof SecretText ? null : (operand as Value);
}
