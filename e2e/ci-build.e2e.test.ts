/**
 * Real builds: projects are cloned from a git server that wants a password, tested and packed; a broken one says what is broken.
 * The password is a stored secret and shows nowhere.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { startGitServer, type GitServer, type TestRepository } from '@bridle/executors/testing/git-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactsOf, buildInputs, connect, keepGitPassword, keepSecret, logOf, testsOf } from './src/builds.ts';
import { REPOSITORY, startProduct, type Product } from './src/product.ts';
import { runSaved, save, type Run } from './src/runs.ts';
import { errorsLogged } from './src/server-log.ts';

let product: Product;
let git: GitServer;

beforeAll(async () => {
  git = await startGitServer();
  product = await startProduct();
  await keepGitPassword(product, git);
});

afterAll(async () => {
  const errors = await errorsLogged(product);
  await product.dispose();
  await git.close();
  expect(errors).toEqual([]);
});

/** The example's files as they lie in this repository. */
async function exampleFiles(name: string): Promise<Record<string, string>> {
  const root = join(REPOSITORY, 'examples', name);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[relative(root, path)] = await readFile(path, 'utf8');
  }
  return files;
}

describe('the example of a Node service', () => {
  let repository: TestRepository;
  const build = (connector = 'service_repo'): Promise<Run> =>
    runSaved(product, 'node_service', buildInputs('node_service', connector));

  beforeAll(async () => {
    const files = await exampleFiles('node-service');
    repository = await git.create('acme/node-service.git', files);
    await connect(product, 'service_repo', repository, git);
    await save(product, files['.harness/pipeline.yaml'] ?? '');
  });

  it('is cloned, tested and packed', async () => {
    const run = await build();
    expect([run.status, run.statusOf('test'), run.statusOf('pack')]).toEqual(['Success', 'Success', 'Success']);
    const commit = repository.git('rev-parse', 'main');
    expect(run.outputs('pack')).toEqual({ VERSION: `1.0.${String(run.summary.runSequence)}-${commit.slice(0, 7)}` });
    expect(await testsOf(product, run)).toMatchObject({
      total: 2,
      tests: [{ name: 'an empty cart costs nothing', status: 'passed' }, { status: 'passed' }],
    });
    const [artifact] = await artifactsOf(product, run);
    expect(artifact?.name).toBe('service.tgz');
    const content = await fetch(
      `${product.url}/bridle/api/executions/${run.id}/artifacts/${String(artifact?.id)}/content`,
      { headers: { 'x-api-key': product.adminToken } },
    );
    expect([...new Uint8Array(await content.arrayBuffer()).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
  });

  it('broken, it fails with the test and the line; mended, it passes, and the test counts as steady', async () => {
    const cart = await readFile(join(REPOSITORY, 'examples/node-service/src/cart.js'), 'utf8');
    await repository.commit('refs/heads/main', { 'src/cart.js': cart.replace('price * count', 'price + count') });
    const broken = await build();
    expect([broken.status, broken.statusOf('test')]).toEqual(['Failed', 'Failed']);
    expect(broken.node('test').failureInfo.message).toMatch(/exit code 1/);
    const failed = await testsOf(product, broken, { status: 'failed,error' });
    expect(failed.tests.map(({ name }) => name)).toEqual(['each item counts as often as it is there']);
    expect(await logOf(product, broken, 'test')).toContain('353 !== 600');
    expect(await artifactsOf(product, broken)).toEqual([]);

    await repository.commit('refs/heads/main', { 'src/cart.js': cart });
    const mended = await build();
    expect(mended.status).toBe('Success');
    expect((await testsOf(product, mended, { flaky: 'true' })).total).toBe(0);
  });

  it('with a wrong password it says so, and the password never shows (S4, S8)', async () => {
    const run = await build();
    const texts = await Promise.all(
      run.nodes.filter(({ logBaseKey }) => logBaseKey !== null).map((node) => logOf(product, run, node.identifier)),
    );
    expect(texts.join('')).not.toContain(git.password);
    expect(JSON.stringify(run.nodes)).not.toContain(git.password);
    await keepSecret(product, 'old_password', 'the one before');
    await connect(product, 'locked_repo', repository, git, 'old_password');
    const refused = await build('locked_repo');
    expect(refused.status).toBe('Failed');
    const clone = refused.nodes.find((node) => node.status === 'Failed' && node.logBaseKey !== null);
    expect(clone?.failureInfo.failureTypeList).toEqual(['AUTHENTICATION']);
    expect(refused.statusOf('test')).toBe('Skipped');
  });
});

describe('this repository', () => {
  it('builds a part of itself by its own pipeline', async () => {
    // What a clone needs for the tests of one small package; the whole build takes as long as this test suite.
    const names = [
      'package.json',
      'vitest.config.ts',
      'tsconfig.json',
      'tsconfig.base.json',
      'tools/vitest/count-reporter.ts',
    ];
    const files: Record<string, string> = {};
    for (const name of names) files[name] = await readFile(join(REPOSITORY, name), 'utf8');
    for (const entry of await readdir(join(REPOSITORY, 'packages/text/src'))) {
      files[`packages/text/src/${entry}`] = await readFile(join(REPOSITORY, 'packages/text/src', entry), 'utf8');
    }
    const repository = await git.create('bridle.git', files);
    await connect(product, 'bridle_repo', repository, git);
    await save(product, await readFile(join(REPOSITORY, '.harness/bridle.yaml'), 'utf8'));
    const run = await runSaved(
      product,
      'bridle',
      buildInputs('bridle', 'bridle_repo', {
        variables: [
          { name: 'install', type: 'String', value: `ln -s '${join(REPOSITORY, 'node_modules')}' node_modules` },
          { name: 'tests', type: 'String', value: 'packages/text' },
        ],
      }),
    );
    expect([run.status, run.statusOf('unit'), run.statusOf('verify')]).toEqual(['Success', 'Success', 'Skipped']);
    const { total, tests } = await testsOf(product, run);
    expect(total).toBeGreaterThan(20);
    expect(new Set(tests.map(({ status }) => status))).toEqual(new Set(['passed']));
    expect((await artifactsOf(product, run)).map(({ name }) => name)).toEqual(['reports/unit.xml']);
  });
});
