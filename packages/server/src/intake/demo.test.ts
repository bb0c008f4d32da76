import { compilePlan, parsePipeline, parseTrigger } from '@bridle/pipeline';
import { expect, it } from 'vitest';
import { MYHOOK_TRIGGER_YAML, SHOWCASE_PIPELINE_YAML, TEST_PIPELINE_YAML } from './demo.ts';

it.each([
  ['test', TEST_PIPELINE_YAML],
  ['showcase', SHOWCASE_PIPELINE_YAML],
])('the demo pipeline %s has nothing to complain about and runs without inputs', (_, yaml) => {
  expect(parsePipeline(yaml).diagnostics).toEqual([]);
  expect(compilePlan({ yaml, inputYaml: '', seed: 's' })).toMatchObject({ kind: 'compiled', warnings: [] });
});

it('the demo trigger has nothing to complain about', () => {
  expect(parseTrigger(MYHOOK_TRIGGER_YAML).diagnostics).toEqual([]);
});
