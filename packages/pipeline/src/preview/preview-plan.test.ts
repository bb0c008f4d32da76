import { expect, test } from 'vitest';
import type { ExecutionCause } from '../engine/execution.ts';
import { compilePipeline, type PipelineRequest } from '../plan/compile-plan.ts';
import { previewPlan, type PreviewRequest } from './preview-plan.ts';
import { printPreview } from './print-preview.ts';
import { RICH_DOCUMENTS, RICH_YAML } from './rich-pipeline.ts';

const SCOPE = { accountId: 'local', orgIdentifier: 'default', projectIdentifier: 'shop' };

function event(payload: object): ExecutionCause {
  return {
    triggerType: 'WEBHOOK_CUSTOM',
    triggeredBy: { uuid: 'systemUser', identifier: 'hook' },
    trigger: { identifier: 'hook', name: 'hook', eventId: 'e', payload: JSON.stringify(payload), headers: {} },
  };
}

function request(given: Partial<PipelineRequest> & { readonly yaml: string }, cause?: ExecutionCause): PreviewRequest {
  const documents = given.documents ?? RICH_DOCUMENTS;
  const compiled = compilePipeline({ inputYaml: '', documents, ...given });
  if (compiled.kind !== 'compiled') throw new Error(JSON.stringify(compiled));
  return { compiled, source: { yaml: given.yaml, documents }, scope: SCOPE, ...(cause === undefined ? {} : { cause }) };
}

test('a rich pipeline, with an event', async () => {
  const preview = previewPlan(request({ yaml: RICH_YAML }, event({ tag: 'v1.2' })));
  await expect(printPreview(preview)).toMatchFileSnapshot('testdata/rich-with-event.txt');
});

test('the same without one', async () => {
  const preview = previewPlan(request({ yaml: RICH_YAML }));
  await expect(printPreview(preview)).toMatchFileSnapshot('testdata/rich-without-event.txt');
});

test('a preview is data', () => {
  const preview = previewPlan(request({ yaml: RICH_YAML }));
  expect(JSON.parse(JSON.stringify(preview))).toEqual(preview);
});
