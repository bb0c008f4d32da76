/**
 * Expressions before their time: some values are there, others only a later moment can give (`laterValue` of the scope).
 *
 * - F1 Where nothing is asked for that is not there, the answer is the one of `evaluate.ts`.
 * - F2 A value that is given holds whatever the missing ones turn out to be: `false && x` is false, and so is `x && false`.
 * - F3 An error that is given comes whatever the missing ones turn out to be.
 * - F4 Otherwise the answer is what is waited for: what evaluation asked for first, and what the other parts wait for.
 */
import type { ExpressionNode } from './ast.ts';
import { toBoolean } from './coerce.ts';
import { Failure, Pending, shorten, type ExpressionError } from './errors.ts';
import {
  asError,
  asTruth,
  evaluateCondition,
  resolveText,
  unresolvedError,
  withoutSecrets,
  type EvaluateOptions,
} from './evaluate.ts';
import { Evaluator } from './evaluator.ts';
import { mayRefuse, partsOf, replaceParts } from './foresee-parts.ts';
import { TRACE_ENTRIES_MAX, TRACE_EXPRESSION_LENGTH_MAX } from './limits.ts';
import { isList, isMap, joinParts, SecretText, type Operand } from './operands.ts';
import type { ExpressionScope } from './scope.ts';
import { parseCondition, parseTemplate } from './templates.ts';
import { sourceOf, Trace } from './trace.ts';
import type { Value } from './values.ts';

/** A sub-expression: its value, or what it waits for. */
export type ForeseenPart =
  | { readonly expression: string; readonly value: string }
  | { readonly expression: string; readonly waitsFor: readonly string[] };

export type Foreseen = {
  /** Inner ones first, as far as they were looked at. */
  readonly trace: readonly ForeseenPart[];
  /** Names that do not exist, as written. */
  readonly unresolved: readonly string[];
} & (
  | {
      readonly kind: 'value';
      readonly value: Value;
      /** A secret is used in it: `value` has its reference, nothing has its plaintext. */
      readonly usesSecret: boolean;
    }
  | { readonly kind: 'later'; readonly waitsFor: readonly string[] }
  | { readonly kind: 'error'; readonly error: ExpressionError }
);

export type ForeseenCondition =
  | (Extract<Foreseen, { readonly kind: 'value' }> & { readonly holds: boolean })
  | Exclude<Foreseen, { readonly kind: 'value' }>;

type Options = Pick<EvaluateOptions, 'nulls'>;

/** One YAML leaf, as `resolveText` would resolve it. */
export function foreseeText(text: string, scope: ExpressionScope, options: Options = {}): Foreseen {
  try {
    const { value, error, trace, unresolved, secretRefs } = resolveText(text, scope, { ...options, trace: true });
    if (error !== undefined) return { kind: 'error', error, trace, unresolved };
    return { kind: 'value', value, usesSecret: secretRefs.length > 0, trace, unresolved };
  } catch (thrown) {
    if (!(thrown instanceof Pending)) throw thrown;
    const { only, parts } = parseTemplate(text);
    // A text is its parts joined, as quoted text inside of an expression is.
    return new Foreseer(text, scope, options).answer(only ?? { kind: 'text', parts, source: text }, false);
  }
}

/** A condition, as `evaluateCondition` would judge it. */
export function foreseeCondition(text: string, scope: ExpressionScope, options: Options = {}): ForeseenCondition {
  try {
    const { holds, value, error, trace, unresolved } = evaluateCondition(text, scope, { ...options, trace: true });
    if (error !== undefined) return { kind: 'error', error, trace, unresolved };
    return { kind: 'value', value, holds, usesSecret: false, trace, unresolved };
  } catch (thrown) {
    if (!(thrown instanceof Pending)) throw thrown;
    const answer = new Foreseer(text, scope, options).answer(parseCondition(text), options.nulls !== 'strict');
    if (answer.kind !== 'value') return answer;
    const holds = asTruth(answer.value);
    const { trace, unresolved } = answer;
    return typeof holds === 'boolean'
      ? { ...answer, holds }
      : { kind: 'error', error: asError(holds, text, []), trace, unresolved };
  }
}

type Answer =
  | { readonly kind: 'known'; readonly value: Operand }
  | {
      readonly kind: 'later';
      readonly waitsFor: readonly string[];
      /** It may still turn out to be an error: nothing can be said then that leaves it out. */
      readonly mayFail: boolean;
    }
  | { readonly kind: 'failed'; readonly failure: Failure | readonly string[] };

type Later = Extract<Answer, { readonly kind: 'later' }>;

class Foreseer {
  readonly #text: string;
  readonly #scope: ExpressionScope;
  readonly #options: Options;
  readonly #trace: ForeseenPart[] = [];
  readonly #traced = new Set<string>();
  readonly #unresolved = new Set<string>();

  constructor(text: string, scope: ExpressionScope, options: Options) {
    this.#text = text;
    this.#scope = scope;
    this.#options = options;
  }

  answer(node: ExpressionNode, isGuarded: boolean): Foreseen {
    const answer = this.#foresee(node, isGuarded);
    const common = { trace: this.#trace, unresolved: [...this.#unresolved] };
    switch (answer.kind) {
      case 'known':
        return { kind: 'value', value: shown(answer.value), usesSecret: holdsSecret(answer.value), ...common };
      case 'later':
        return { kind: 'later', waitsFor: answer.waitsFor, ...common };
      case 'failed': {
        const { failure } = answer;
        const error =
          failure instanceof Failure ? asError(failure, this.#text, []) : unresolvedError(failure, this.#text, []);
        return { kind: 'error', error, ...common };
      }
    }
  }

  /** The whole at once when it can be had; else from its parts. */
  #foresee(node: ExpressionNode, isGuarded: boolean): Answer {
    const whole = this.#attempt(node, isGuarded);
    if (whole.kind !== 'later') return whole;
    const answer = this.#fromParts(node, isGuarded, whole);
    const expression = sourceOf(node);
    if (expression !== undefined && answer.kind === 'later') {
      const { waitsFor } = answer;
      this.#note({ expression: shorten(expression, TRACE_EXPRESSION_LENGTH_MAX), waitsFor });
    }
    return answer;
  }

  /** Each attempt has an evaluator of its own: one that was interrupted is of no use any more. */
  #attempt(node: ExpressionNode, isGuarded: boolean): Answer {
    const trace = new Trace(false);
    const evaluator = new Evaluator(this.#scope, this.#options.nulls ?? 'variables', trace);
    try {
      const value = evaluator.part(node, isGuarded);
      trace.entries.forEach((entry) => this.#note(entry));
      return evaluator.refused.length > 0 ? { kind: 'failed', failure: evaluator.refused } : { kind: 'known', value };
    } catch (thrown) {
      // What another text waits for may come to anything there.
      if (thrown instanceof Pending)
        return { kind: 'later', waitsFor: [thrown.waitsFor], mayFail: evaluator.isInOtherText || mayRefuse(node) };
      if (thrown instanceof Failure) return { kind: 'failed', failure: thrown };
      throw thrown;
    } finally {
      for (const name of evaluator.unresolved) this.#unresolved.add(name);
    }
  }

  #fromParts(node: ExpressionNode, isGuarded: boolean, whole: Later): Answer {
    switch (node.kind) {
      case 'nested':
        // Noted with its delimiters, not once more without them.
        return this.#fromParts(node.program, isGuarded, whole);
      case 'logical':
        return this.#logical(node, whole);
      case 'ternary':
        return this.#ternary(node, isGuarded, whole);
      case 'fallback':
        return this.#fallback(node, isGuarded, whole);
      default:
        return this.#strict(node, isGuarded, whole);
    }
  }

  #logical({ operator, left, right }: Extract<ExpressionNode, { readonly kind: 'logical' }>, whole: Later): Answer {
    const decides = operator === '||';
    const first = this.#foresee(left, true);
    if (first.kind === 'failed') return first;
    if (first.kind === 'known' && toBoolean(first.value) === decides) return { kind: 'known', value: decides };
    const second = this.#foresee(right, true);
    if (first.kind === 'known') {
      return second.kind === 'known' ? { kind: 'known', value: toBoolean(second.value) } : second;
    }
    const isDecided = second.kind === 'known' && toBoolean(second.value) === decides && !first.mayFail;
    return isDecided ? { kind: 'known', value: decides } : later(whole, false, first, second);
  }

  #ternary(
    { condition, then, otherwise }: Extract<ExpressionNode, { readonly kind: 'ternary' }>,
    isGuarded: boolean,
    whole: Later,
  ): Answer {
    const judged = this.#foresee(condition, true);
    if (judged.kind === 'failed') return judged;
    if (judged.kind === 'known') return this.#foresee(toBoolean(judged.value) ? then : otherwise, isGuarded);
    const [one, other] = [this.#foresee(then, isGuarded), this.#foresee(otherwise, isGuarded)];
    const isSame = one.kind === 'known' && other.kind === 'known' && isSamePlain(one.value, other.value);
    return isSame && !judged.mayFail ? one : later(whole, false, judged, one, other);
  }

  #fallback(
    { operator, left, right }: Extract<ExpressionNode, { readonly kind: 'fallback' }>,
    isGuarded: boolean,
    whole: Later,
  ): Answer {
    const first = this.#foresee(left, true);
    if (first.kind === 'failed') return first;
    if (first.kind === 'known') {
      const isTaken = operator === '??' ? first.value !== null : toBoolean(first.value);
      return isTaken ? first : this.#foresee(right, isGuarded);
    }
    return later(whole, false, first, this.#foresee(right, isGuarded));
  }

  /** All parts are needed: one that fails lets the whole fail; when all are known after all, so is the whole. */
  #strict(node: ExpressionNode, isGuarded: boolean, whole: Later): Answer {
    const parts = partsOf(node);
    const answers = parts.map((part) => this.#foresee(part.node, isGuarded || part.isGuarded));
    const failed = answers.find(({ kind }) => kind === 'failed');
    if (failed !== undefined) return failed;
    if (answers.length === 0) return later(whole, whole.mayFail || mayRefuse(node));
    const literals = answers.flatMap((answer) =>
      answer.kind === 'known' && !holdsSecret(answer.value) ? [literal(answer.value)] : [],
    );
    return literals.length < parts.length
      ? later(whole, mayRefuse(node), ...answers)
      : this.#attempt(replaceParts(node, literals), isGuarded);
  }

  #note(entry: ForeseenPart): void {
    const key = JSON.stringify(entry);
    if (this.#trace.length >= TRACE_ENTRIES_MAX || this.#traced.has(key)) return;
    this.#traced.add(key);
    this.#trace.push(entry);
  }
}

function later(whole: Later, mayFail: boolean, ...answers: readonly Answer[]): Answer {
  const waitsFor = new Set(whole.waitsFor);
  let isUnsure = mayFail;
  for (const answer of answers) {
    if (answer.kind === 'later') answer.waitsFor.forEach((one) => waitsFor.add(one));
    if (answer.kind !== 'known') isUnsure ||= answer.kind === 'failed' || answer.mayFail;
  }
  return { kind: 'later', waitsFor: [...waitsFor], mayFail: isUnsure };
}

function literal(value: Operand): ExpressionNode {
  return { kind: 'literal', value: value as Value, isFloat: false };
}

function isSamePlain(one: Operand, other: Operand): boolean {
  return !holdsSecret(one) && !holdsSecret(other) && JSON.stringify(one) === JSON.stringify(other);
}

function holdsSecret(value: Operand): boolean {
  if (value instanceof SecretText) return true;
  if (isList(value)) return value.some(holdsSecret);
  return isMap(value) && Object.values(value).some(holdsSecret);
}

function shown(value: Operand): Value {
  return value instanceof SecretText ? joinParts(value.parts) : withoutSecrets(value);
}
