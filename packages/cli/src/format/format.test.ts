import { readFileSync, writeFileSync } from 'node:fs';
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

  it('touches nothing that is no UTF-8, and takes a byte order mark for none', async () => {
    const latin = Buffer.from('pipeline:\n    identifier: x\n    name: caf\u00e9\n', 'latin1');
    const folder = testFolder({ 'mark.yaml': `\uFEFF${LOOSE}` });
    writeFileSync(join(folder, 'latin.yaml'), latin);
    expect(await runBridle(['fmt', 'latin.yaml'], { folder })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('latin.yaml is not UTF-8.'),
    });
    expect(readFileSync(join(folder, 'latin.yaml'))).toEqual(latin);
    expect((await runBridle(['fmt'], { folder: testFolder({ '.harness/mark.yaml': `\uFEFF${LOOSE}` }) })).out).toBe(
      '.harness/mark.yaml\n',
    );
  });

  it('leaves a file of nothing as it is', async () => {
    for (const input of ['', '# only a comment\n'])
      expect(await runBridle(['fmt', '-', '--quiet'], { input })).toMatchObject({ exitCode: 0, out: input });
  });

  it('says in a sentence what the system keeps from it', async () => {
    const folder = testFolder({ '.harness': 'a file' });
    const { exitCode, err } = await runBridle(['init'], { folder });
    expect([exitCode, err.split('\n').length <= 3, err.includes(' at ')]).toEqual([2, true, false]);
  });

  it('leaves a broken document alone and shows where it is broken', async () => {
    const folder = testFolder({ 'a.yaml': 'pipeline:\n  a: 1\n b: 2\n' });
    const { exitCode, err } = await runBridle(['fmt', 'a.yaml'], { folder });
    expect(exitCode).toBe(1);
    expect(err).toContain('a.yaml:3:1');
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('pipeline:\n  a: 1\n b: 2\n');
  });
});
