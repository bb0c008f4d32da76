import { describe, expect, test } from 'vitest';
import { evaluateCondition, resolveText } from './evaluate.ts';
import { TRACE_ENTRIES_MAX, TRACE_EXPRESSION_LENGTH_MAX, TRACE_VALUE_LENGTH_MAX } from './limits.ts';
import { payloadScope, testScope } from './test-scope.ts';
import type { TraceEntry } from './trace.ts';

const traceOf = (condition: string): string[] =>
  evaluateCondition(condition, testScope, { trace: true }).trace.map(show);
const show = ({ expression, value }: TraceEntry): string => `${expression} → ${value}`;

describe('the trace of a condition', () => {
  test('leaves out what was not evaluated', () => {
    expect(traceOf('<+pipeline.sequenceId> > 50 && <+pipeline.name> == "Demo"')).toEqual([
      '<+pipeline.sequenceId> → 12',
      '<+pipeline.sequenceId> > 50 → false',
      '<+pipeline.sequenceId> > 50 && <+pipeline.name> == "Demo" → false',
    ]);
    expect(traceOf('<+pipeline.name> == "Demo" ? true : <+trigger.zip>')).not.toContain('<+trigger.zip> → null');
  });

  test('names the links of a chain and the whole, not each part of the chain', () => {
    expect(traceOf('(<+pipeline.name> == "Demo") && <+matrix.os> == "linux" && !<+trigger.payload.draft>')).toEqual([
      '<+pipeline.name> → Demo',
      '<+pipeline.name> == "Demo" → true',
      '<+matrix.os> → linux',
      '<+matrix.os> == "linux" → true',
      '<+trigger.payload.draft> → false',
      '!<+trigger.payload.draft> → true',
      '(<+pipeline.name> == "Demo") && <+matrix.os> == "linux" && !<+trigger.payload.draft> → true',
    ]);
  });

  test('names calls, and texts that are built', () => {
    expect(traceOf('<+trigger.payload.ref>.contains("main") && "a-<+matrix.os>" =~ ["a-linux"]')).toEqual([
      '<+trigger.payload.ref> → refs/heads/main',
      '<+trigger.payload.ref>.contains("main") → true',
      '<+matrix.os> → linux',
      '"a-<+matrix.os>" → a-linux',
      '"a-<+matrix.os>" =~ ["a-linux"] → true',
      '<+trigger.payload.ref>.contains("main") && "a-<+matrix.os>" =~ ["a-linux"] → true',
    ]);
  });

  test('ends with the whole program, also when it is a mere word or stands in parentheses', () => {
    expect(traceOf(' false ')).toEqual(['false → false']);
    expect(traceOf('<+pipeline.variables.flag>')).toEqual(['<+pipeline.variables.flag> → true']);
    expect(traceOf('  ')).toEqual([]);
  });

  test('goes as far as an error', () => {
    const { trace, error } = evaluateCondition('<+pipeline.name> < 3', testScope, { trace: true });
    expect(error?.code).toBe('EXPRESSION_VALUE');
    expect(trace.map(show)).toEqual(['<+pipeline.name> → Demo']);
  });

  test('shows secrets by their reference', () => {
    const reference = '<+secrets.getValue("account.token")>';
    expect(traceOf('<+pipeline.variables.token> == "guess" || "Bearer <+pipeline.variables.token>" == "x"')).toEqual([
      `<+pipeline.variables.token> → ${reference}`,
      '<+pipeline.variables.token> == "guess" → false',
      `"Bearer <+pipeline.variables.token>" → Bearer ${reference}`,
      '"Bearer <+pipeline.variables.token>" == "x" → false',
      '<+pipeline.variables.token> == "guess" || "Bearer <+pipeline.variables.token>" == "x" → false',
    ]);
  });

  test('names each distinct entry once', () => {
    expect(traceOf('<+matrix.os> == "linux" && <+matrix.os> == "linux"')).toEqual([
      '<+matrix.os> → linux',
      '<+matrix.os> == "linux" → true',
      '<+matrix.os> == "linux" && <+matrix.os> == "linux" → true',
    ]);
  });

  test('has the delimited expressions alone when asked for them', () => {
    const condition = '<+pipeline.sequenceId> > 5 && <+<+matrix.os> == "linux">';
    expect(evaluateCondition(condition, testScope, { trace: 'delimited' }).trace.map(show)).toEqual([
      '<+pipeline.sequenceId> → 12',
      '<+matrix.os> → linux',
      '<+<+matrix.os> == "linux"> → true',
    ]);
  });
});

test('the trace is bounded in entries and in their length, and keeps the whole', () => {
  const condition = Array.from({ length: 150 }, (_, index) => `<+trigger.payload.text> != "${index}"`).join(' && ');
  const { trace, holds } = evaluateCondition(condition, payloadScope('x'.repeat(100_000)).scope, { trace: true });
  expect(holds).toBe(true);
  expect(trace).toHaveLength(TRACE_ENTRIES_MAX);
  expect(trace.at(-1)).toEqual({
    expression: `${condition.slice(0, TRACE_EXPRESSION_LENGTH_MAX - 1)}…`,
    value: 'true',
  });
  expect(trace[0]?.value).toBe(`${'x'.repeat(TRACE_VALUE_LENGTH_MAX - 1)}…`);
});

test('being traced changes nothing: only what is used is looked at', () => {
  const leaves = ['<+<+spec>.image>', '<+<+pipeline>.name>', '<+<+pipeline.variables>.containsKey("env")>', '<+spec>'];
  for (const leaf of leaves) {
    const { trace, ...traced } = resolveText(leaf, testScope, { trace: true });
    const { trace: _, ...plain } = resolveText(leaf, testScope);
    expect(traced).toEqual(plain);
    expect(trace.length).toBeGreaterThan(0);
  }
  expect(resolveText('<+<+spec>.image>', testScope, { trace: true }).trace.map(show)).toEqual([
    '<+matrix.os> → linux',
    '<+<+spec>.image> → node:linux',
  ]);
});
