/** The guide of the API as its reader lives it: every command of it, in order, with what it shows. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findUnprinted, readGuide } from './src/guide.ts';
import { REPOSITORY, startProduct, type Product } from './src/product.ts';

const GUIDE = await readFile(join(REPOSITORY, 'docs/guides/api.md'), 'utf8');

let product: Product;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridle api-guide-'));
  for (const [, name = '', text = ''] of GUIDE.matchAll(/^```yaml title=(\S+)\n([\s\S]*?)^```$/gm)) {
    await writeFile(join(folder, name), text);
  }
  product = await startProduct();
});

afterAll(async () => {
  await product.dispose();
  await rm(folder, { recursive: true, force: true });
});

it.each(readGuide(GUIDE))('line $line: $command', async (guide) => {
  const printed = await type(guide.command);
  expect({ unprinted: findUnprinted(guide, printed), printed }).toEqual({
    unprinted: undefined,
    printed: expect.any(String),
  });
});

function type(command: string): Promise<string> {
  const env = { PATH: process.env['PATH'], BRIDLE: product.url, TOKEN: product.adminToken };
  return new Promise((resolve, reject) => {
    execFile('bash', ['-c', `set -o pipefail; ${command} 2>&1`], { cwd: folder, env }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command}\n${stdout}`, { cause: error }));
    });
  });
}
