import { describe, expect, test } from 'vitest';
import { evaluateCondition, resolveText } from './evaluate.ts';
import { isMissingAnError } from './policy.ts';
import { testScope } from './test-scope.ts';

const VARIABLES = [
  'variable.zip',
  'variable.org.zip',
  'pipeline.variables.zip',
  'stage.variables.zip',
  'stepGroup.variables.zip',
  'stages.Build.variables.zip',
  'pipeline.stages.Build.variables.zip',
  'pipeline.stages.Nowhere.variables.zip',
];
const OTHERS = [
  'trigger.zip',
  'codebase.branch',
  'pipeline.zip',
  'pipeline.stages.Build.zip',
  'stages.Build.spec.variables.zip',
  'steps.later.output.outputVariables.x',
  'service.variables.zip',
  'zip',
];

describe('the policy says which missing names are errors', () => {
  test.each(VARIABLES)('a variable: %s', (name) => {
    expect(resolveText(`<+${name}>`, testScope).error?.code).toBe('EXPRESSION_UNRESOLVED');
    expect(resolveText(`<+${name}>`, testScope, { nulls: 'variables' }).error?.code).toBe('EXPRESSION_UNRESOLVED');
    expect(resolveText(`<+${name}>`, testScope, { nulls: 'strict' }).error?.code).toBe('EXPRESSION_UNRESOLVED');
    expect(resolveText(`<+${name}>`, testScope, { nulls: 'lenient' })).toMatchObject({
      value: null,
      unresolved: [name],
    });
  });

  test.each(OTHERS)('anything else: %s', (name) => {
    expect(resolveText(`<+${name}>`, testScope)).toMatchObject({ value: null, unresolved: [name] });
    expect(resolveText(`<+${name}>`, testScope).error).toBeUndefined();
    expect(resolveText(`<+${name}>`, testScope, { nulls: 'strict' }).error?.code).toBe('EXPRESSION_UNRESOLVED');
    expect(resolveText(`<+${name}>`, testScope, { nulls: 'lenient' }).error).toBeUndefined();
  });

  test.each(['pipeline.variables', 'stage.variables', 'stages.Build.variables', 'pipeline.stages.variables.x'])(
    'all variables together are none of them: %s',
    (name) => {
      expect(isMissingAnError('variables', name.split('.'))).toBe(false);
    },
  );

  test('names that are computed count like written ones', () => {
    const leaf = '<+pipeline["variables"]["<+matrix.os>"]>';
    expect(resolveText(leaf, testScope).error?.code).toBe('EXPRESSION_UNRESOLVED');
    expect(resolveText(leaf, testScope, { nulls: 'lenient' }).value).toBeNull();
  });

  test('a look-up by get or getValue counts like a member', () => {
    expect(resolveText('<+pipeline.variables.get("zip")>', testScope)).toMatchObject({
      unresolved: ['pipeline.variables.get("zip")'],
      error: { code: 'EXPRESSION_UNRESOLVED' },
    });
    expect(resolveText('<+pipeline.variables.get("zip") ?? "d">', testScope).value).toBe('d');
    for (const leaf of [
      '<+matrix.get("zip")>',
      '<+trigger.payload.get("<+matrix.os>")>',
      '<+exportedVariables.getValue("pipeline.ALIAS.zip")>',
    ]) {
      const { value, error } = resolveText(leaf, testScope);
      expect({ value, error }).toEqual({ value: null, error: undefined });
      expect(resolveText(leaf, testScope, { nulls: 'strict' }).error?.code).toBe('EXPRESSION_UNRESOLVED');
      expect(resolveText(leaf, testScope, { nulls: 'lenient' }).error).toBeUndefined();
    }
    expect(resolveText('<+trigger.payload.get("nothing")>', testScope, { nulls: 'strict' }).error).toBeUndefined();
  });

  test('a condition may ask for what is missing, unless all of it is and the policy is strict', () => {
    const condition = '<+stages.Build.variables.zip>';
    expect(evaluateCondition(condition, testScope)).toMatchObject({ holds: false, value: null });
    expect(evaluateCondition(condition, testScope, { nulls: 'strict' }).error?.code).toBe('EXPRESSION_UNRESOLVED');
    expect(evaluateCondition(`${condition} == null`, testScope, { nulls: 'strict' }).holds).toBe(true);
  });
});
