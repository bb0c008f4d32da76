/** The founding story in its four forms, as the reader of the guide lives it: every command of it, in order, with what it shows. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findUnprinted, readGuide } from './src/guide.ts';
import { REPOSITORY, startProduct, type Product } from './src/product.ts';

const GUIDE = await readFile(join(REPOSITORY, 'docs/guides/trigger-and-fetch.md'), 'utf8');

let product: Product;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle fetch-guide-'));
  // As `npm install @bridle/sdk` would put it there.
  await mkdir(join(folder, 'node_modules/@bridle'), { recursive: true });
  await symlink(join(REPOSITORY, 'packages/sdk'), join(folder, 'node_modules/@bridle/sdk'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  for (const [, name = '', text = ''] of GUIDE.matchAll(/^```ts title=(\S+)\n([\s\S]*?)^```$/gm)) {
    await writeFile(join(folder, name), text);
  }
  product = await startProduct();
});

afterAll(async () => {
  await product.dispose();
  await rm(folder, { recursive: true, force: true });
});

it('has a form for curl, for one call, for the command line and for TypeScript', () => {
  expect(readGuide(GUIDE).map(({ command }) => command.split(' ')[0])).toEqual(
    expect.arrayContaining(['curl', 'bridle', 'node']),
  );
  expect(GUIDE).toContain('prefer: wait=60, return=representation');
});

it.each(readGuide(GUIDE))('line $line: $command', async (guide) => {
  const { exitCode, printed } = await type(guide.command);
  expect({ exitCode, unprinted: findUnprinted(guide, printed), printed }).toEqual({
    exitCode: guide.exitCode,
    unprinted: undefined,
    printed: expect.any(String),
  });
});

function type(command: string): Promise<{ readonly exitCode: number; readonly printed: string }> {
  const environment = {
    PATH: `${join(REPOSITORY, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    HOME: product.home,
    BRIDLE: product.url,
    ACCOUNT: product.accountId,
    BRIDLE_HOME: product.home,
    BRIDLE_PORT: new URL(product.url).port,
    HARNESS_API_KEY: product.adminToken,
    HARNESS_BASE_URL: product.url,
    HARNESS_ORG: 'default',
    HARNESS_PROJECT: 'myproject',
  };
  return new Promise((resolve) => {
    execFile('bash', ['-c', `${command} 2>&1`], { cwd: folder, env: environment }, (error, stdout) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), printed: stdout });
    });
  });
}
