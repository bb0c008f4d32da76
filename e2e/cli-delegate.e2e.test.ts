/** `bridle delegate start` and `delegate list` beside the delegate of the product. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, type CliResult } from './src/cli.ts';
import { serverEnvironment } from './src/cli-server.ts';
import { startProduct, type Product } from './src/product.ts';

let product: Product;
let folder: string;

beforeAll(async () => {
  product = await startProduct();
  folder = mkdtempSync(join(tmpdir(), 'bridle cli delegate '));
});

afterAll(async () => {
  await product?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

interface Listed {
  readonly name: string;
  readonly connected: boolean;
  readonly owner: string;
  readonly tags: readonly string[];
}

async function list(): Promise<readonly Listed[]> {
  const { out, exitCode, err } = await runCli(['delegate', 'list', '--json'], {
    folder,
    environment: serverEnvironment(product),
  });
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return JSON.parse(out) as readonly Listed[];
}

describe('delegate', () => {
  it('starts here, is listed, and ends with its work handed back', async () => {
    const seen = Promise.withResolvers<readonly Listed[]>();
    let isAsked = false;
    const words = ['--url', product.url, '--token-file', join(product.home, 'delegate-token'), '--name', 'mine'];
    const ended: Promise<CliResult> = runCli(
      ['delegate', 'start', ...words, '--tags', 'big,own', '--home', 'delegate home'],
      {
        folder,
        onOutput: (out, signal) => {
          if (isAsked || !out.includes('ready for work')) return;
          isAsked = true;
          seen.resolve(list().finally(() => signal('SIGTERM')));
        },
      },
    );
    const [listed, { exitCode, out }] = await Promise.all([
      Promise.race([seen.promise, ended.then(({ out: text, err }) => Promise.reject(new Error(text + err)))]),
      ended,
    ]);
    expect(listed).toHaveLength(2);
    expect(listed.find(({ name }) => name === 'mine')).toMatchObject({
      connected: true,
      owner: 'account',
      tags: expect.arrayContaining(['big', 'own']) as unknown,
    });
    expect(exitCode).toBe(0);
    expect(out).toContain('"msg":"ended"');
    expect((await list()).filter(({ connected }) => connected).map(({ name }) => name)).not.toContain('mine');
  });

  it('does not start with what is wrong or missing', async () => {
    expect(await runCli(['delegate', 'start'], { folder })).toMatchObject({ exitCode: 2 });
    const words = ['delegate', 'start', '--url', product.url, '--home', 'other', '--token', 'no-token'];
    const refused = await runCli(words, { folder });
    expect(refused.exitCode).toBe(1);
    expect(refused.out).toContain('REGISTRATION_REFUSED');
    expect(refused.out).not.toContain('no-token');
    expect(await runCli([...words, '--token-file', 'x'], { folder })).toMatchObject({
      exitCode: 2,
      err: 'bridle: Take --token or --token-file, not both.\n',
    });
  });
});
