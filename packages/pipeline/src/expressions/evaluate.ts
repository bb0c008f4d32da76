/**
 * The entry points of the expression language. Nothing here throws, whatever the text or the data: what is wrong is a value.
 * (A scope with `laterValue`s, which only a preview has, makes them throw `Pending`; see foresee.ts.)
 */
import { Failure, shorten, type ExpressionError, type TextSpan } from './errors.ts';
import { Evaluator } from './evaluator.ts';
import { findExpressions } from './lexer.ts';
import { LEAF_LENGTH_MAX, UNRESOLVED_MAX, VALUE_DEPTH_MAX } from './limits.ts';
import { isList, isMap, joinParts, measure, referenceText, SecretText, type Operand } from './operands.ts';
import type { NullPolicy } from './policy.ts';
import type { ExpressionScope } from './scope.ts';
import { parseCondition, parseTemplate } from './templates.ts';
import { Trace, type TraceEntry } from './trace.ts';
import type { Value } from './values.ts';

export type ValuePath = readonly (string | number)[];

export interface EvaluateOptions {
  /** Default `variables`. */
  readonly nulls?: NullPolicy;
  /** Collects sub-expressions with their values: all that count, or each `<+…>` alone. */
  readonly trace?: boolean | 'delimited';
  /** `resolveTree`: leaves and branches to leave as they are, such as conditions that are judged later. */
  readonly keep?: (path: ValuePath) => boolean;
}

/** One use of a secret in a resolved value. The text there (`<+secrets.getValue("id")>`) stands until the plaintext is put in. */
export interface SecretUse {
  /** The string leaf of the value. */
  readonly path: ValuePath;
  /** Where in that string: UTF-16 offsets. */
  readonly span: TextSpan;
  readonly kind: 'stored' | 'sealed';
  /** Stored: the scoped identifier (`id`, `org.id`, `account.id`). Sealed: the sealed text. */
  readonly identifier: string;
}

export interface Resolution<T> {
  /** What was made of it; with an error, the text as far as it could be read is kept unresolved. */
  readonly value: T;
  /** References that do not exist, as written, each once. */
  readonly unresolved: readonly string[];
  /** The only places where a secret may be put in: text elsewhere that looks like a reference is data (S9). */
  readonly secretRefs: readonly SecretUse[];
  readonly trace: readonly TraceEntry[];
  readonly error?: ExpressionError;
}

export interface ConditionResult {
  /** True for `true` and the text `true`; a blank condition holds. False with an error. */
  readonly holds: boolean;
  /** What the program gave; null is neither true nor an error. */
  readonly value: Value;
  readonly unresolved: readonly string[];
  readonly trace: readonly TraceEntry[];
  readonly error?: ExpressionError;
}

/** Resolves one YAML leaf: exactly one expression keeps its type, otherwise the parts are joined to text. */
export function resolveText(text: string, scope: ExpressionScope, options: EvaluateOptions = {}): Resolution<Value> {
  return resolveTree(text, scope, options);
}

/** Resolves every string leaf of a value; keys are kept, and so is what holds no expression. Stops at the first error but for unresolved names, which are all listed. */
export function resolveTree(value: Value, scope: ExpressionScope, options: EvaluateOptions = {}): Resolution<Value> {
  const resolver = new TreeResolver(scope, options);
  const resolved = resolver.resolve(value, []);
  const error = resolver.error();
  return {
    value: resolved,
    unresolved: resolver.unresolved,
    secretRefs: resolver.secretRefs,
    trace: resolver.trace?.entries ?? [],
    ...(error === undefined ? {} : { error }),
  };
}

/** Judges a condition: the whole text is one program in which each `<+…>` is an operand. */
export function evaluateCondition(
  text: string,
  scope: ExpressionScope,
  options: EvaluateOptions = {},
): ConditionResult {
  const trace = openTrace(options);
  const evaluator = new Evaluator(scope, options.nulls ?? 'variables', trace);
  const result = { unresolved: evaluator.unresolved, trace: trace?.entries ?? [] };
  if (text.trim() === '') return { holds: true, value: true, ...result };
  const failed = (error: ExpressionError, value: Value = null): ConditionResult => ({
    holds: false,
    value,
    ...result,
    error,
  });
  try {
    const operand = evaluator.condition(parseCondition(text), text);
    measure(operand, evaluator.budget);
    const value = withoutSecrets(operand);
    if (evaluator.refused.length > 0) return failed(unresolvedError(evaluator.refused, text, []), value);
    const holds = asTruth(value);
    if (typeof holds === 'boolean') return { holds, value, ...result };
    return failed(asError(holds, text, []), value);
  } catch (thrown) {
    return failed(asError(thrown, text, []));
  }
}

/** Whether what a condition came to says that it holds, or why it says nothing. */
export function asTruth(value: Value): boolean | Failure {
  if (value === null || typeof value === 'boolean') return value === true;
  if (value === 'true' || value === 'false') return value === 'true';
  const shown = shorten(typeof value === 'string' ? value : JSON.stringify(value), 60);
  return new Failure('EXPRESSION_VALUE', `the condition must give true or false, but gave ${shown}`);
}

class TreeResolver {
  readonly unresolved: string[] = [];
  readonly secretRefs: SecretUse[] = [];
  readonly trace: Trace | undefined;
  private readonly refused: { readonly names: string[]; readonly text: string; readonly path: ValuePath }[] = [];
  private failure: ExpressionError | undefined;
  private readonly scope: ExpressionScope;
  private readonly options: EvaluateOptions;

  constructor(scope: ExpressionScope, options: EvaluateOptions) {
    this.scope = scope;
    this.options = options;
    this.trace = openTrace(options);
  }

  error(): ExpressionError | undefined {
    const [first] = this.refused;
    if (this.failure !== undefined || first === undefined) return this.failure;
    const names = [...new Set(this.refused.flatMap((leaf) => leaf.names))];
    return unresolvedError(names, first.text, first.path);
  }

  resolve(value: Value, path: ValuePath): Value {
    if (this.failure !== undefined || this.options.keep?.(path) === true) return value;
    if (typeof value === 'string') return value.includes('<+') ? this.leaf(value, path) : value;
    if (value === null || typeof value !== 'object') return value;
    if (path.length >= VALUE_DEPTH_MAX) {
      this.failure = asError(
        new Failure('EXPRESSION_LIMIT', `the value is nested more than ${VALUE_DEPTH_MAX} deep`),
        '',
        path,
      );
      return value;
    }
    if (isList(value)) return (value as readonly Value[]).map((item, index) => this.resolve(item, [...path, index]));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item, [...path, key])]));
  }

  private leaf(text: string, path: ValuePath): Value {
    const evaluator = new Evaluator(this.scope, this.options.nulls ?? 'variables', this.trace);
    try {
      const template = parseTemplate(text);
      const operand = evaluator.template(template);
      if (template.only !== undefined) measure(operand, evaluator.budget);
      return this.finish(operand, path);
    } catch (thrown) {
      this.failure = asError(thrown, text, path);
      return text;
    } finally {
      for (const name of evaluator.unresolved) {
        if (this.unresolved.length < UNRESOLVED_MAX && !this.unresolved.includes(name)) this.unresolved.push(name);
      }
      if (evaluator.refused.length > 0) this.refused.push({ names: evaluator.refused, text, path });
    }
  }

  /** Turns uses of secrets into their text and notes where they stand. */
  private finish(operand: Operand, path: ValuePath): Value {
    if (operand instanceof SecretText) return this.placeSecrets(operand, path);
    if (isList(operand)) return operand.map((item, index) => this.finish(item, [...path, index]));
    if (isMap(operand))
      return Object.fromEntries(Object.entries(operand).map(([key, item]) => [key, this.finish(item, [...path, key])]));
    return operand;
  }

  private placeSecrets(secret: SecretText, path: ValuePath): string {
    let text = '';
    for (const part of secret.parts) {
      const start = text.length;
      text += typeof part === 'string' ? part : referenceText(part);
      if (typeof part !== 'string')
        this.secretRefs.push({
          path,
          span: { start, end: text.length },
          kind: part.kind,
          identifier: part.identifier,
        });
    }
    return text;
  }
}

function openTrace({ trace = false }: EvaluateOptions): Trace | undefined {
  return trace === false ? undefined : new Trace(trace === 'delimited');
}

export function withoutSecrets(operand: Operand): Value {
  if (operand instanceof SecretText) return joinParts(operand.parts);
  if (isList(operand)) return operand.map(withoutSecrets);
  if (isMap(operand))
    return Object.fromEntries(Object.entries(operand).map(([key, item]) => [key, withoutSecrets(item)]));
  return operand;
}

export function unresolvedError(names: readonly string[], text: string, path: ValuePath): ExpressionError {
  const [first = ''] = names;
  const at = Math.max(0, text.indexOf(first));
  return {
    code: 'EXPRESSION_UNRESOLVED',
    message: `unresolved expression${names.length === 1 ? '' : 's'}: ${names.map((name) => shorten(name)).join(', ')}`,
    ...locate(text, at),
    path,
  };
}

/** The error value of what was thrown; anything but a `Failure` is a bug and goes on. */
export function asError(thrown: unknown, text: string, path: ValuePath): ExpressionError {
  if (!(thrown instanceof Failure)) throw thrown;
  return { code: thrown.code, message: thrown.message, ...locate(text, thrown.offset), path };
}

/** The outermost expression around an offset, else the whole text. */
function locate(text: string, offset: number | undefined): { readonly text: string; readonly span: TextSpan } {
  const spans = text.length > LEAF_LENGTH_MAX ? [] : findExpressions(text);
  const around = offset === undefined ? spans[0] : spans.find((span) => span.start <= offset && offset <= span.end);
  const span = around === undefined ? { start: 0, end: text.length } : { start: around.start, end: around.end };
  return { text: shorten(text.slice(span.start, span.end)), span };
}
