import { expect, test } from 'vitest';
import { pathOf } from './export.ts';
import { kindOf } from './kinds.ts';

test('a document has a file of its own, which no name leads out of the folder', () => {
  const trigger = kindOf('trigger');
  expect(pathOf(trigger, { kind: 'trigger', identifier: 'nightly', parent: 'release' })).toBe(
    'triggers/release/nightly.yaml',
  );
  expect(pathOf(kindOf('template'), { kind: 'template', identifier: 'build', version: '1.0 beta' })).toBe(
    'templates/build/1.0_beta.yaml',
  );
  expect(pathOf(trigger, { kind: 'trigger', identifier: '../../x', parent: '..' })).toBe('triggers/_/__.._x.yaml');
});
