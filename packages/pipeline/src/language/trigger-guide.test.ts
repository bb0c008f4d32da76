/** What the guide of triggers shows can be saved, and fires. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseTrigger } from './trigger-document.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../../../docs/guides/triggers.md'), 'utf8');
const SHOWN = [...GUIDE.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, yaml = '']) => yaml);

it('has triggers of each kind', () => {
  expect(SHOWN.map((yaml) => parseTrigger(yaml).trigger?.source.kind)).toEqual(['customWebhook', 'gitWebhook', 'cron']);
});

it.each(SHOWN.map((yaml) => [parseTrigger(yaml).trigger?.name, yaml] as const))('%s is right', (_, yaml) => {
  expect(parseTrigger(yaml).diagnostics).toEqual([]);
});
