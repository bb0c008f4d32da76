import { describe, expect, test } from 'vitest';
import { documentSchema } from './document-schema.ts';
import { lookUp, type SchemaPath } from './look-up.ts';

const schema = documentSchema('pipeline');
const STEP: SchemaPath = ['pipeline', 'stages', 0, 'stage', 'spec', 'execution', 'steps', 0, 'step'];

function withStep(step: { readonly [key: string]: string }): {
  readonly pipeline: { readonly stages: readonly [{ readonly stage: object }] };
} {
  const spec = { execution: { steps: [{ step }] } };
  return { pipeline: { stages: [{ stage: { type: 'Custom', spec } }] } };
}

function keysAt(step: { readonly [key: string]: string }, path: SchemaPath): readonly string[] {
  return lookUp(schema, JSON.parse(JSON.stringify(withStep(step))), path)?.keys.map(({ key }) => key) ?? [];
}

describe('what a schema says of a place', () => {
  test('the root has one key', () => {
    expect(lookUp(schema, null, [])?.keys).toMatchObject([{ key: 'pipeline', isRequired: true }]);
  });

  test('the spec of a step has the fields of its type', () => {
    expect(keysAt({ type: 'ShellScript' }, [...STEP, 'spec'])).toContain('source');
    expect(keysAt({ type: 'Wait' }, [...STEP, 'spec'])).toEqual(['duration']);
    expect(keysAt({}, [...STEP, 'spec'])).toEqual([]);
  });

  test('words and flags', () => {
    const document = JSON.parse(JSON.stringify(withStep({ type: 'ShellScript' })));
    expect(lookUp(schema, document, [...STEP, 'spec', 'shell'])).toMatchObject({
      default: 'Bash',
      words: expect.arrayContaining(['Bash', 'PowerShell']),
    });
    expect(lookUp(schema, document, [...STEP, 'spec', 'onDelegate'])?.words).toEqual(['true', 'false']);
    expect(lookUp(schema, document, [...STEP, 'type'])?.words).toContain('K8sRollingDeploy');
  });

  test('a field that a list may stand for still has its own fields', () => {
    expect(keysAt({ type: 'Test' }, [...STEP, 'spec', 'reports'])).toEqual(['type', 'spec']);
    expect(keysAt({ type: 'Test' }, [...STEP, 'spec', 'reports', 'spec'])).toEqual(['paths']);
  });

  test('words that YAML reads as flags are offered once', () => {
    const document = JSON.parse(JSON.stringify(withStep({ type: 'GitClone' })));
    const strategy = lookUp(schema, document, [...STEP, 'spec', 'submoduleStrategy']);
    expect(strategy?.words).toEqual(['true', 'false', 'recursive']);
  });

  test('an unknown place is unknown', () => {
    expect(lookUp(schema, null, ['pipeline', 'stagse', 0])).toBeUndefined();
  });
});
