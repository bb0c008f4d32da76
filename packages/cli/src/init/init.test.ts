import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBridle } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

describe('bridle init', () => {
  it('writes a pipeline that is valid, formatted, passes its own tests and runs', async () => {
    const folder = testFolder({ 'readme.txt': 'a project' });
    const written = await runBridle(['init', '--name', '7 shops!'], { folder });
    expect(written).toEqual({
      exitCode: 0,
      out: '.harness/_7_shops.yaml\n.harness/_7_shops.test.yaml\n.harness/events/push.json\n',
      err: '✓ Now try: bridle plan, bridle run, bridle test\n',
    });
    expect(await runBridle(['validate', '--strict'], { folder })).toMatchObject({ exitCode: 0, out: '' });
    expect(await runBridle(['fmt', '--check'], { folder })).toMatchObject({ exitCode: 0, out: '' });
    expect(await runBridle(['test'], { folder })).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('3 passed'),
    });
    const run = await runBridle(['run', '-i', 'greeting=Hi'], {
      folder,
      environment: { BRIDLE_CACHE: join(folder, 'cache') },
    });
    expect(run.exitCode).toBe(0);
    expect(run.out + run.err).toContain('Hi from');
  });

  it('overwrites nothing', async () => {
    const folder = testFolder({ '.harness/shop.test.yaml': 'mine\n' });
    expect(await runBridle(['init', '--name', 'shop'], { folder })).toMatchObject({
      exitCode: 2,
      out: '',
      err: 'bridle: .harness/shop.test.yaml is there already.\nNothing was written.\n',
    });
    expect(readFileSync(join(folder, '.harness/shop.test.yaml'), 'utf8')).toBe('mine\n');
  });
});
