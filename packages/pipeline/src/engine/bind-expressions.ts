/**
 * A text that a delegate will evaluate, because it asks for the step's own result: every expression in it that does not is
 * replaced by its value here, as a literal. The delegate knows nothing else of the execution.
 */
import { resolveText } from '../expressions/evaluate.ts';
import { findExpressions, type ExpressionSpan } from '../expressions/lexer.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';

/** Names that only the delegate can give a value. */
const OWN_RESULT = /\b(?:httpResponseCode|httpResponseBody|httpMethod|httpUrl)\b/;

export type BoundText =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'error'; readonly message: string };

export function bindExpressions(text: string, scope: ExpressionScope): BoundText {
  let bound = '';
  let from = 0;
  for (const span of findExpressions(text)) {
    const piece = bindSpan(text, span, scope);
    if (piece.kind === 'error') return piece;
    bound += text.slice(from, span.start) + piece.value;
    from = span.end;
  }
  return { kind: 'value', value: bound + text.slice(from) };
}

/** An expression about the result keeps its form, and what is nested in it is bound in turn. */
function bindSpan(text: string, span: ExpressionSpan, scope: ExpressionScope): BoundText {
  const written = text.slice(span.start, span.end);
  if (OWN_RESULT.test(written)) {
    const inner = bindExpressions(span.text, scope);
    return inner.kind === 'error' ? inner : { kind: 'value', value: `<+${inner.value}>` };
  }
  const { value, error, secretRefs } = resolveText(written, scope);
  if (error !== undefined) return { kind: 'error', message: error.message };
  return secretRefs.length === 0
    ? { kind: 'value', value: `<+${literal(value)}>` }
    : { kind: 'error', message: `a secret cannot be used here, in ${written}` };
}

/** JSON is a literal of the expression language; `<` and `>` are escaped, so that a value never opens or closes an expression (S9). */
function literal(value: Value): string {
  return JSON.stringify(value)
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('>', String.raw`\u003e`);
}
