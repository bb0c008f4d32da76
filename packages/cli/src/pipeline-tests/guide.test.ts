/** The guide's example is what the guide says it is, and its pieces are ones that a test may have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTest } from '@bridle/pipeline';
import { expect, test } from 'vitest';
import { runBridle } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../../../docs/guides/pipeline-tests.md'), 'utf8');

/** Blocks after a line that begins with the name of a file. */
const files = Object.fromEntries(
  [...GUIDE.matchAll(/^`(\S+\.yaml)`.*:\n\n```yaml\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => [name, text]),
);
const shown = /^```text\n\$ bridle (.*)\n([^]*?)^```$/m.exec(GUIDE);
const pieces = [...GUIDE.matchAll(/^```yaml\n((?:mocks|answers):\n[^]*?)^```$/gm)].map(([, text = '']) => text);

test('the example runs as it is shown', async () => {
  expect(Object.keys(files)).toEqual(['.harness/deploy.yaml', '.harness/deploy.test.yaml']);
  const [, words = '', out = ''] = shown ?? [];
  const finished = await runBridle(words.split(' '), { folder: testFolder(files) });
  expect(finished.out.trimEnd()).toBe(out.trimEnd());
  expect(finished.exitCode).toBe(0);
});

test('the pieces are parts of a test', () => {
  expect(pieces).toHaveLength(2);
  for (const piece of pieces) {
    const text = `test:\n  cases:\n    - name: a\n      expect: { status: Success }\n${piece.replaceAll(/^(?=.)/gm, '      ')}`;
    expect(parseTest(text).diagnostics).toEqual([]);
  }
});
