/**
 * Evaluates syntax trees against a scope.
 *
 * - V1 Pure: the result depends on the tree, the scope's answers and the options alone.
 * - V2 Bounded: every node visited is paid from one budget, depth is counted, every value made is measured (S10).
 * - V3 A value read from the scope is never read as an expression; only `ExpressionText` of the scope is (S9).
 * - V4 A name that does not exist is `undefined` until an operator takes it as null, so that a missing name alone can be told
 *   from a null value.
 */
import type { AccessStep, CallNode, ExpressionNode, Interpolation, Name, PathNode } from './ast.ts';
import { concatenate, toBoolean, toText } from './coerce.ts';
import { Failure, Pending, shorten } from './errors.ts';
import { Arguments } from './functions/arguments.ts';
import { findEntry } from './functions/collections.ts';
import { callFunctor, findFunctor, isFunctorName } from './functions/functors.ts';
import { callMethod } from './functions/methods.ts';
import { EVALUATION_DEPTH_MAX, INDIRECTION_DEPTH_MAX, RESULT_LENGTH_MAX, UNRESOLVED_MAX } from './limits.ts';
import { calculate, compare, isEmpty, isMember, negate, range, sizeOf } from './operators.ts';
import { Budget, isList, isMap, measure, SecretText, type Operand } from './operands.ts';
import { callScopeObject, isPlain, readMember, type Scoped } from './path.ts';
import { isMissingAnError, type NullPolicy } from './policy.ts';
import {
  ExpressionText,
  ExpressionTree,
  isScopeObject,
  LaterValue,
  SecretReference,
  type ExpressionScope,
} from './scope.ts';
import { parseTemplate, type Template } from './templates.ts';
import type { Trace } from './trace.ts';
import type { Value } from './values.ts';

export class Evaluator {
  /** References that do not exist, as written. */
  readonly unresolved: string[] = [];
  /** Those of them that the policy makes an error. */
  readonly refused: string[] = [];
  readonly budget = new Budget();
  private scope: ExpressionScope;
  private readonly policy: NullPolicy;
  private readonly trace: Trace | undefined;
  private depth = 0;
  private indirections = 0;
  /** Above 0 where a missing name is asked about, not used. */
  private guards = 0;

  constructor(scope: ExpressionScope, policy: NullPolicy, trace: Trace | undefined) {
    this.scope = scope;
    this.policy = policy;
    this.trace = trace;
  }

  /** The value of a leaf: of its only expression, or its parts joined to text. */
  template(template: Template): Operand {
    const { only } = template;
    if (only !== undefined) return this.operand(only);
    return this.join(template.parts);
  }

  /** The value of a condition: nothing in it is refused for being missing unless the policy is strict. */
  condition(program: ExpressionNode, text: string): Operand {
    const value = this.policy === 'strict' ? this.operand(program) : this.guarded(program);
    this.trace?.conclude(program, text, value);
    return value;
  }

  /** Evaluation is at, or was interrupted in, a text that the expression leads to. */
  get isInOtherText(): boolean {
    return this.indirections > 0;
  }

  /** A part of an expression by itself; guarded: where a missing name is asked about, not used. */
  part(node: ExpressionNode, isGuarded: boolean): Operand {
    return isGuarded ? this.guarded(node) : this.operand(node);
  }

  private operand(node: ExpressionNode): Operand {
    const value = this.evaluate(node);
    if (value === undefined || isPlain(value)) return value ?? null;
    const plain = this.plain(value) ?? null;
    this.trace?.add(node, plain);
    return plain;
  }

  private guarded(node: ExpressionNode): Operand {
    this.guards++;
    const value = this.operand(node);
    this.guards--;
    return value;
  }

  /** Scope objects and authors' trees are not asked for all they hold only to be traced: `operand` notes those used whole. */
  private evaluate(node: ExpressionNode): Scoped {
    const value = this.enter(node);
    if (this.trace !== undefined && (value === undefined || isPlain(value))) this.trace.add(node, value ?? null);
    return value;
  }

  private enter(node: ExpressionNode): Scoped {
    this.budget.spend(1);
    this.depth++;
    if (this.depth > EVALUATION_DEPTH_MAX)
      throw new Failure('EXPRESSION_LIMIT', `the expression is nested more than ${EVALUATION_DEPTH_MAX} deep`);
    const value = this.visit(node);
    this.depth--;
    return value;
  }

  private visit(node: ExpressionNode): Scoped {
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'text':
        return this.join(node.parts);
      case 'nested':
        // Traced with its delimiters, not once more without them.
        return this.enter(node.program);
      case 'path':
        return this.path(node);
      case 'access':
        return this.read(this.evaluate(node.target), node.steps, node.source, undefined);
      case 'call':
        return this.call(node);
      case 'unary':
        return this.unary(node.operator, node.operand);
      case 'comparison':
        return compare(node.operator, this.guarded(node.left), this.guarded(node.right), this.budget);
      case 'arithmetic':
        return this.measured(
          calculate(node.operator, this.operand(node.left), this.operand(node.right), node.isFloat, this.budget),
        );
      case 'logical':
        return toBoolean(this.guarded(node.left)) === (node.operator === '&&')
          ? toBoolean(this.guarded(node.right))
          : node.operator === '||';
      case 'ternary':
        return this.evaluate(toBoolean(this.guarded(node.condition)) ? node.then : node.otherwise);
      case 'fallback': {
        const left = this.guarded(node.left);
        const isTaken = node.operator === '??' ? left !== null : toBoolean(left);
        return isTaken ? left : this.evaluate(node.right);
      }
      case 'range':
        return this.measured(range(this.operand(node.left), this.operand(node.right)));
      case 'list':
        return this.list(node.items, node.isSet);
      case 'map':
        return this.measured(
          Object.fromEntries(
            node.entries.map(([key, value]) => [toText(this.operand(key), this.budget), this.operand(value)]),
          ),
        );
    }
  }

  private unary(operator: '!' | '-' | '+' | 'empty' | 'size', operand: ExpressionNode): Operand {
    switch (operator) {
      case '!':
        return !toBoolean(this.guarded(operand));
      case 'empty':
        return isEmpty(this.guarded(operand));
      case 'size':
        return sizeOf(this.guarded(operand));
      case '-':
        return negate(this.operand(operand));
      case '+':
        return 0 - negate(this.operand(operand));
    }
  }

  private list(nodes: readonly ExpressionNode[], isSet: boolean): Operand {
    const items: Operand[] = [];
    for (const node of nodes) {
      const item = this.operand(node);
      if (!isSet || !isMember(item, items, this.budget)) items.push(item);
    }
    return this.measured(items);
  }

  private path(node: PathNode): Scoped {
    const root = this.name(node.root);
    return this.read(this.scope.root(root), node.steps, node.source, [root]);
  }

  /** Walks as far as things exist. `names` are given for references, which are reported when they lead nowhere. */
  private read(from: Scoped, steps: readonly AccessStep[], source: string, names: string[] | undefined): Scoped {
    let value = this.unwrap(from);
    for (const step of steps) {
      this.budget.spend(1);
      const key = this.key(step);
      names?.push(key);
      if (value !== undefined && value !== null) value = this.unwrap(readMember(value, key));
      else value = undefined;
    }
    if (value === undefined) this.missing(source, names);
    return value;
  }

  private key(step: AccessStep): string {
    return step.kind === 'member' ? this.name(step.name) : this.index(step.index);
  }

  private index(node: ExpressionNode): string {
    return this.text(this.operand(node));
  }

  private name(name: Name): string {
    return typeof name === 'string' ? name : toText(this.join(name), this.budget);
  }

  private missing(source: string, names: readonly string[] | undefined): void {
    if (this.unresolved.length < UNRESOLVED_MAX && !this.unresolved.includes(source)) this.unresolved.push(source);
    if (this.guards > 0 || names === undefined || !isMissingAnError(this.policy, names)) return;
    if (this.refused.length < UNRESOLVED_MAX && !this.refused.includes(source)) this.refused.push(source);
  }

  private call(node: CallNode): Scoped {
    const { target, method } = node;
    const root =
      target.kind === 'path' && target.steps.length === 0 && typeof target.root === 'string' ? target.root : undefined;
    const functor = root === undefined ? undefined : findFunctor(root, method);
    if (functor !== undefined) {
      const result = callFunctor(functor, new Arguments(`${root}.${method}`, this.args(node), this.budget));
      return this.measured(result);
    }
    if (root !== undefined && isFunctorName(root) && this.scope.root(root) === undefined) {
      throw new Failure('EXPRESSION_FUNCTION', `there is no ${root}.${shorten(method, 60)}()`);
    }
    const value = this.unwrap(this.evaluate(target));
    const args = this.args(node);
    if (value === undefined || value === null) return value;
    if (isScopeObject(value)) {
      const answer = callScopeObject(value, new Arguments(method, args, this.budget));
      if (answer.isOwn) return this.called(this.unwrap(answer.value), node, args);
    }
    const plain = this.plain(value) ?? null;
    // `.get("k")` is a member like `["k"]`.
    if (method === 'get' && args.length === 1 && isMap(plain) && findEntry(plain, this.text(args[0])) === undefined)
      return this.called(undefined, node, args);
    return plain === null ? null : this.measured(callMethod(plain, new Arguments(method, args, this.budget)));
  }

  /** What a look-up by `get` or `getValue` gave; a missing one is reported like a member. */
  private called(value: Scoped, { target, method, source }: CallNode, args: readonly Operand[]): Scoped {
    if (value !== undefined || target.kind !== 'path') return value;
    const looked = this.text(args[0]);
    const path = [this.name(target.root), ...target.steps.map((step) => this.key(step))];
    this.missing(source, [...path, ...(method === 'getValue' ? looked.split('.') : [looked])]);
    return value;
  }

  private text(value: Operand = null): string {
    return toText(value, this.budget);
  }

  private args(node: CallNode): readonly Operand[] {
    return node.args.map((argument) => this.operand(argument));
  }

  private join(parts: Interpolation): string | SecretText {
    const values: Operand[] = [];
    let length = 0;
    for (const part of parts) {
      const value = typeof part === 'string' ? part : this.operand(part);
      const text = concatenate([value], this.budget);
      length += typeof text === 'string' ? text.length : measure(text, this.budget);
      if (length > RESULT_LENGTH_MAX)
        throw new Failure('EXPRESSION_LIMIT', `the text becomes longer than ${RESULT_LENGTH_MAX} characters`);
      values.push(text);
    }
    return concatenate(values, this.budget);
  }

  /** Resolves the author's own texts on the way; data stays what it is (V3). */
  private unwrap(value: Scoped): Scoped {
    if (value instanceof ExpressionText)
      return this.indirect(value.scope, () => this.template(parseTemplate(value.text)));
    if (value instanceof SecretReference) return new SecretText([value]);
    if (value instanceof LaterValue) throw new Pending(value.waitsFor);
    return value;
  }

  /** The value itself, where it is used as a whole. */
  private plain(scoped: Scoped): Operand | undefined {
    const value = this.unwrap(scoped);
    if (value === undefined || isPlain(value)) return value;
    if (value instanceof ExpressionTree) return this.indirect(value.scope, () => this.tree(value.value));
    return isScopeObject(value) ? value.toValue() : null;
  }

  private tree(value: Value, level = 0): Operand {
    this.budget.spend(1);
    if (level > EVALUATION_DEPTH_MAX) throw new Failure('EXPRESSION_LIMIT', 'the value is nested too deep');
    if (typeof value === 'string') return value.includes('<+') ? this.template(parseTemplate(value)) : value;
    if (isList(value)) return value.map((item) => this.tree(item, level + 1));
    if (!isMap(value)) return value;
    return Object.fromEntries(
      Object.entries(value as Readonly<Record<string, Value>>).map(([key, item]) => [key, this.tree(item, level + 1)]),
    );
  }

  private indirect<T>(scope: ExpressionScope | undefined, resolve: () => T): T {
    if (this.indirections >= INDIRECTION_DEPTH_MAX) {
      throw new Failure(
        'EXPRESSION_LIMIT',
        `variables refer to each other in a circle, or more than ${INDIRECTION_DEPTH_MAX} deep`,
      );
    }
    const outer = this.scope;
    this.scope = scope ?? outer;
    this.indirections++;
    const value = resolve();
    this.indirections--;
    this.scope = outer;
    return value;
  }

  private measured<T extends Operand>(value: T): T {
    if (value !== null && typeof value !== 'number' && typeof value !== 'boolean') measure(value, this.budget);
    return value;
  }
}
