/** The SDK that people install: built, packed, put into an empty folder, and used from there as its README says. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './src/browser.ts';
import { REPOSITORY, startProduct, type Product } from './src/product.ts';

const run = promisify(execFile);
const SDK = join(REPOSITORY, 'packages/sdk');
const BIN = join(REPOSITORY, 'node_modules/.bin');
/** Each is a program of its own. */
const EXAMPLES = [...(await readFile(join(SDK, 'README.md'), 'utf8')).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
  ([, text = '']) => text,
);
const TYPES = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable', 'dom', 'dom.asynciterable'],
    module: 'nodenext',
    types: ['node'],
    typeRoots: [join(REPOSITORY, 'node_modules/@types')],
  },
  include: ['*.ts'],
};

/** What the page does with its key, and then without one. */
const IN_PAGE = `async (apiKey, accountId) => {
  const { Harness } = await import('/sdk-under-test.js');
  const scope = { org: 'default', project: 'myproject' };
  const execution = await new Harness({ apiKey, ...scope }).pipelines.execute('test');
  const { status } = await execution.wait();
  const lines = [];
  for await (const { text } of execution.logs({ follow: true })) lines.push(text);
  const { items } = await new Harness({ accountId, ...scope }).executions.list({ pipelines: ['test'] });
  return { status, lines, isListed: items.some(({ planExecutionId }) => planExecutionId === execution.planExecutionId) };
}`;

let product: Product;
let home: string;
let project: string;

beforeAll(async () => {
  [product, home] = await Promise.all([startProduct(), mkdtemp(join(tmpdir(), 'bridle sdk-'))]);
  await run('npm', ['run', 'build', '--silent', '--workspace', 'packages/sdk'], { cwd: REPOSITORY });
  const pack = ['pack', '--silent', '--pack-destination', home];
  await run('npm', [...pack, join(SDK, 'dist')], { cwd: REPOSITORY });
  // Its dependency, so that no network is needed.
  await run('npm', [...pack, join(REPOSITORY, 'node_modules/eventsource-parser')], { cwd: REPOSITORY });
  const archives = (await readdir(home)).filter((name) => name.endsWith('.tgz')).map((name) => join(home, name));
  project = join(home, 'my project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  await run('npm', ['install', ...archives, '--offline', '--no-audit', '--no-fund'], { cwd: project });
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(TYPES));
  await Promise.all(EXAMPLES.map((text, index) => writeFile(join(project, `example-${String(index)}.ts`), text)));
});

afterAll(async () => {
  await product.dispose();
  await rm(home, { recursive: true, force: true });
});

function node(...words: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const env = {
    PATH: process.env['PATH'],
    HARNESS_API_KEY: product.adminToken,
    HARNESS_BASE_URL: product.url,
    HARNESS_ORG: 'default',
    HARNESS_PROJECT: 'myproject',
  };
  return run(process.execPath, words, { cwd: project, env });
}

describe('the package', () => {
  it('has nothing that publint finds', async () => {
    const { messages } = await publint({ pkgDir: join(SDK, 'dist'), strict: true });
    expect(messages).toEqual([]);
  });

  it('brings one other package, and nothing of ours that is private', async () => {
    const folder = join(project, 'node_modules');
    expect((await readdir(folder)).filter((name) => !name.startsWith('.'))).toEqual(['@bridle', 'eventsource-parser']);
    const files = await readdir(join(folder, '@bridle/sdk'), { recursive: true });
    for (const file of files.filter((name) => /\.(js|d\.ts)$/.test(name))) {
      const text = await readFile(join(folder, '@bridle/sdk', file), 'utf8');
      // What starts a server is for Node alone; the rest is for browsers, too.
      const foreign = file.startsWith('testing/')
        ? /from ['"](?!\.|node:)|\.ts['"]/
        : /from ['"](?!\.|eventsource-parser['"])|\.ts['"]/;
      expect([file, foreign.exec(text)?.[0]]).toEqual([file, undefined]);
    }
  });

  it('has types that are complete, and examples that fit them', async () => {
    const { stdout } = await run(join(BIN, 'tsc'), ['-p', '.'], { cwd: project }).catch(
      (error: unknown) => error as never,
    );
    expect(stdout).toBe('');
  });

  it.each(EXAMPLES.map((_, index) => index))('does what example %i of its README does', async (index) => {
    const { stdout, stderr } = await node(`example-${String(index)}.ts`);
    expect(stdout).not.toBe('');
    expect(stderr.replace(/^.*ExperimentalWarning.*\n.*\n/m, '')).toBe('');
  });

  it('works in a page of the server, without a key when somebody is signed in', async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.route('**/sdk-under-test.js', (route) => route.fulfill({ path: join(SDK, 'dist/browser.js') }));
      await page.goto(product.loginUrl);
      await page.waitForURL((url) => !url.pathname.startsWith('/login'));
      // A text: what the tests are compiled to knows modules that a page does not have.
      const found = await page.evaluate<{ readonly lines: readonly string[] }>(
        `(${IN_PAGE})(${JSON.stringify(product.adminToken)}, ${JSON.stringify(product.accountId)})`,
      );
      expect(found).toMatchObject({ status: 'Success', isListed: true });
      expect(found.lines.join('\n')).toContain('Hello from test');
    } finally {
      await browser.close();
    }
  });
});
