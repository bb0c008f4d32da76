/** The guide to the command line as its reader lives it: every command of it, in order, with what it shows. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findUnprinted, readGuide } from './src/guide.ts';
import { REPOSITORY, startProduct, type Product } from './src/product.ts';

const GUIDE = await readFile(join(REPOSITORY, 'docs/guides/command-line.md'), 'utf8');

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(() => product?.dispose());

it.each(readGuide(GUIDE))('line $line: $command', async (guide) => {
  const { exitCode, printed } = await type(guide.command);
  expect({ exitCode, unprinted: findUnprinted(guide, printed), printed }).toEqual({
    exitCode: guide.exitCode,
    unprinted: undefined,
    printed: expect.any(String),
  });
});

/** Nothing but the home of the product says where it is, as the guide promises. */
function type(command: string): Promise<{ readonly exitCode: number; readonly printed: string }> {
  const environment = {
    PATH: `${join(REPOSITORY, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    HOME: product.home,
    BRIDLE_HOME: product.home,
    BRIDLE_PORT: new URL(product.url).port,
  };
  return new Promise((resolve) => {
    execFile('bash', ['-c', `${command} 2>&1`], { cwd: product.home, env: environment }, (error, stdout) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code), printed: stdout });
    });
  });
}
