import { expect, it } from 'vitest';
import { evaluateCondition, resolveText } from '../expressions/evaluate.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import { bindExpressions } from './bind-expressions.ts';

const scopeOf = (roots: Readonly<Record<string, Value>>): ExpressionScope => ({ root: (name) => roots[name] });
const SERVER = scopeOf({ pipeline: { variables: { code: 200, text: 'a "quoted" <+secret> \n>', list: [1, 'x'] } } });
const DELEGATE = scopeOf({
  httpResponseCode: 200,
  httpResponseBody: '{"a":{"b":"x"}}',
  httpUrl: 'u',
  httpMethod: 'GET',
});

const bind = (text: string): string => {
  const bound = bindExpressions(text, SERVER);
  if (bound.kind === 'error') throw new Error(bound.message);
  return bound.value;
};

it('gives the delegate the values of the execution and leaves it the result', () => {
  const bound = bind('<+httpResponseCode> == <+pipeline.variables.code>');
  expect(bound).toBe('<+httpResponseCode> == <+200>');
  expect(evaluateCondition(bound, DELEGATE).holds).toBe(true);
});

it('keeps every character of a value, and never reads one as an expression (S9)', () => {
  const bound = bind('<+pipeline.variables.text>');
  expect(resolveText(bound, DELEGATE).value).toBe('a "quoted" <+secret> \n>');
  expect(resolveText(bind('code <+httpResponseCode>: <+pipeline.variables.text>'), DELEGATE).value).toBe(
    'code 200: a "quoted" <+secret> \n>',
  );
});

it('binds what is nested in an expression about the result', () => {
  const bound = bind('<+json.select(<+pipeline.variables.list>[1] == "x" ? "a.b" : "c", httpResponseBody)>');
  expect(resolveText(bound, DELEGATE).value).toBe('x');
});

it('reports what cannot be resolved', () => {
  expect(bindExpressions('<+pipeline.variables.none> == 1', SERVER).kind).toBe('error');
});
