import { expect, it } from 'vitest';
import { relabelPipeline } from './relabel-pipeline.ts';

const yaml = 'pipeline:\n  # of the shop\n  name: Old\n  identifier: p\n  description: said\n  tags:\n    a: b\n';

it('changes what is given and keeps the rest', () => {
  expect(relabelPipeline(yaml, { name: 'New' })).toBe(yaml.replace('Old', 'New'));
  expect(relabelPipeline(yaml, { description: 'other' })).toBe(yaml.replace('said', 'other'));
  expect(relabelPipeline(yaml, { tags: { c: '1' } })).toBe(yaml.replace('a: b', 'c: "1"'));
  expect(relabelPipeline(yaml, {})).toBe(yaml);
});

it('takes a description away, and leaves what is no pipeline', () => {
  expect(relabelPipeline(yaml, { description: '' })).toBe(yaml.replace('  description: said\n', ''));
  expect(relabelPipeline('other: 1\n', { name: 'New' })).toBe('other: 1\n');
});
