import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBridle } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

const LOOSE = '# mine\npipeline:\n    identifier:   a   # short\n    stages:\n    - stage: {}\n';
const TIDY = '# mine\npipeline:\n  identifier: a # short\n  stages:\n    - stage: {}\n';

describe('bridle fmt', () => {
  it('writes what it formats and names it', async () => {
    const folder = testFolder({ '.harness/a.yaml': LOOSE, '.harness/b.yaml': TIDY });
    expect(await runBridle(['fmt'], { folder })).toEqual({
      exitCode: 0,
      out: '.harness/a.yaml\n',
      err: '✓ 2 documents: 1 formatted\n',
    });
    expect(readFileSync(join(folder, '.harness/a.yaml'), 'utf8')).toBe(TIDY);
    expect(await runBridle(['fmt', '--check'], { folder })).toMatchObject({ exitCode: 0, out: '' });
  });

  it('only looks with --check', async () => {
    const folder = testFolder({ 'a.yaml': LOOSE });
    expect(await runBridle(['fmt', '--check', 'a.yaml'], { folder })).toMatchObject({ exitCode: 1, out: 'a.yaml\n' });
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe(LOOSE);
  });

  it('is a filter for editors', async () => {
    expect(await runBridle(['fmt', '-', '--quiet'], { input: LOOSE })).toEqual({ exitCode: 0, out: TIDY, err: '' });
  });

  it('leaves a broken document alone and shows where it is broken', async () => {
    const folder = testFolder({ 'a.yaml': 'pipeline:\n  a: 1\n b: 2\n' });
    const { exitCode, err } = await runBridle(['fmt', 'a.yaml'], { folder });
    expect(exitCode).toBe(1);
    expect(err).toContain('a.yaml:3:1');
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('pipeline:\n  a: 1\n b: 2\n');
  });
});
