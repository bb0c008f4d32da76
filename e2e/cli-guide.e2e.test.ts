/** The tutorial as its reader lives it: every command of it, in order, with what it shows. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findUnprinted, readGuide } from './src/guide.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GUIDE = await readFile(join(ROOT, 'docs/guides/run-locally.md'), 'utf8');

let home: string;
let folder: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'bridle guide-'));
  folder = join(home, 'shop');
  await cp(join(ROOT, 'examples/release'), folder, { recursive: true });
  await cp(join(ROOT, 'examples/events/custom.json'), join(folder, 'event.json'));
});

afterAll(() => rm(home, { recursive: true, force: true }));

it.each(readGuide(GUIDE))('line $line: $command', async (guide) => {
  const { exitCode, printed } = await type(guide.command);
  expect({ exitCode, unprinted: findUnprinted(guide, printed), printed }).toEqual({
    exitCode: guide.exitCode,
    unprinted: undefined,
    printed: expect.any(String),
  });
});

/** Both streams as a terminal would mix them. */
function type(command: string): Promise<{ readonly exitCode: number; readonly printed: string }> {
  const environment = {
    PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    BRIDLE_CACHE: join(home, 'cache'),
  };
  return new Promise((resolve) => {
    execFile('bash', ['-c', `${command} 2>&1`], { cwd: folder, env: environment }, (error, stdout) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), printed: stdout });
    });
  });
}
