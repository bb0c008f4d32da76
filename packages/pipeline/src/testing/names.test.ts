import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNamed, type Segment } from './names.ts';

const place = (...path: readonly (string | Segment)[]): { segments: readonly Segment[]; fqns: readonly string[] } => ({
  segments: path.map((part) => (typeof part === 'string' ? [part] : part)),
  fqns: ['pipeline.stages.deploy.spec.execution.steps.checks.steps.smoke'],
});

test.each([
  ['deploy.checks.smoke', true],
  ['deploy.smoke', true],
  ['smoke', true],
  ['checks.smoke', true],
  ['deploy.*', true],
  ['*.smoke', true],
  ['*', true],
  ['sm*e', true],
  ['deploy.sm*k*', true],
  ['pipeline.stages.deploy.spec.execution.steps.checks.steps.smoke', true],
  ['deploy', false],
  ['deploy.checks', false],
  ['checks.deploy.smoke', false],
  ['prod.smoke', false],
  ['smok', false],
  ['moke', false],
  ['s*k', false],
  ['pipeline.stages.deploy.spec.execution.steps.smoke', false],
  ['', false],
])('%s names deploy.checks.smoke: %s', (name, expected) => {
  expect(isNamed(name, place('deploy', 'checks', 'smoke'))).toBe(expected);
});

test('a turn of a loop goes by its own name and by that of all turns', () => {
  const turn = place(['build', 'build_1'], ['test', 'test_0']);
  for (const name of ['build.test', 'build_1.test', 'build.test_0', 'test_*']) expect(isNamed(name, turn)).toBe(true);
  for (const name of ['build_0.test', 'build.test_1', 'test_1']) expect(isNamed(name, turn)).toBe(false);
});

const identifier = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);

test('whatever is left out before the last identifier, the name fits', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(identifier, fc.boolean()), { maxLength: 5 }), identifier, (outer, own) => {
      const path = [...outer.map(([name]) => name), own];
      const name = [...outer.filter(([, isKept]) => isKept).map(([kept]) => kept), own].join('.');
      expect(isNamed(name, place(...path))).toBe(true);
    }),
  );
});

test('no pattern takes long', () => {
  const name = `${'*a'.repeat(500)}b`;
  expect(isNamed(name, place('a'.repeat(5_000)))).toBe(false);
});
