/**
 * A build in containers: cloned by the delegate, tested in an image beside a service of another one; broken, read, mended. Needs a
 * Docker engine; the images are made here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGitServer, type GitServer, type TestRepository } from '@bridle/executors/testing/git-server';
import { describeWithDocker, IMAGE, testEngine } from '@bridle/executors/testing/test-docker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { artifactsOf, buildInputs, connect, keepGitPassword, keepSecret, logOf, testsOf } from './src/builds.ts';
import { startProduct, type Product } from './src/product.ts';
import { pipeline, runSaved, save, step, type Run } from './src/runs.ts';
import { errorsLogged } from './src/server-log.ts';

const SITE = '<h1>It works</h1>\n';
/** Asks the service, and writes a report about it. */
const CHECK = `
found=$(wget -qO- http://web:8080/index.html)
case "$found" in
  *works*) result='' ;;
  *) result="<failure message=\\"the page says: $(echo "$found" | tr -d '<>')\\"/>" ;;
esac
echo "<testsuite name='site'><testcase name='says that it works'>$result</testcase></testsuite>" > report.xml
[ -z "$result" ]
`;

const PIPELINE = pipeline(
  'site',
  [
    {
      stage: {
        identifier: 'build',
        name: 'build',
        type: 'CI',
        spec: {
          cloneCodebase: true,
          sharedPaths: ['/shared'],
          execution: {
            steps: [
              step('web', 'Background', {
                image: IMAGE,
                entrypoint: ['httpd', '-f', '-p', '8080', '-h', '/harness/site'],
              }),
              step('ready', 'Run', {
                image: IMAGE,
                shell: 'Sh',
                command:
                  'until wget -qO- http://web:8080/index.html > /dev/null; do sleep 0.2; done; echo $((6 * 7)) > /shared/answer',
              }),
              step('check', 'Run', {
                image: IMAGE,
                shell: 'Sh',
                command: 'sh check.sh',
                reports: { type: 'JUnit', spec: { paths: ['report.xml'] } },
              }),
              step('publish', 'Run', {
                image: IMAGE,
                shell: 'Sh',
                envVariables: { TOKEN: '<+secrets.getValue("publish_token")>' },
                command: [
                  'echo "with $TOKEN, which is $(echo $TOKEN | wc -c) characters"',
                  'tar -czf site.tgz site 2>/dev/null || cp site/index.html site.tgz',
                  'echo site.tgz >> "$BRIDLE_ARTIFACTS"',
                  'export ANSWER=$(cat /shared/answer) KEY="key-$TOKEN"',
                ].join('\n'),
                outputVariables: [{ name: 'ANSWER' }, { name: 'KEY', type: 'Secret' }],
              }),
              step('use', 'Run', {
                image: IMAGE,
                shell: 'Sh',
                command: '[ "<+steps.publish.output.outputVariables.KEY>" = "key-$TOKEN" ] && echo "it is $KEY"',
                envVariables: { TOKEN: '<+secrets.getValue("publish_token")>' },
              }),
            ],
          },
        },
      },
    },
  ],
  { properties: { ci: { codebase: { connectorRef: '<+input>', build: '<+input>' } } } },
);

const TOKEN = 'sesame-öffne-dich-4711';

describeWithDocker('a build in containers', () => {
  let product: Product;
  let git: GitServer;
  let repository: TestRepository;
  const build = (): Promise<Run> => runSaved(product, 'site', buildInputs('site', 'site_repo'));

  beforeAll(async () => {
    await testEngine();
    git = await startGitServer();
    repository = await git.create('site.git', { 'site/index.html': SITE, 'check.sh': CHECK });
    product = await startProduct();
    await keepGitPassword(product, git);
    await keepSecret(product, 'publish_token', TOKEN);
    await connect(product, 'site_repo', repository, git);
    await save(product, PIPELINE);
  });

  afterAll(async () => {
    const errors = await errorsLogged(product);
    const installation = (await readFile(join(product.home, 'delegate', 'installation'), 'utf8')).trim();
    await product.stop();
    const { client } = await testEngine();
    const filters = JSON.stringify({ label: [`bridle.installation=${installation}`] });
    const [containers, networks, volumes] = await Promise.all([
      client.listContainers({ all: true, filters }),
      client.listNetworks({ filters }),
      client.listVolumes({ filters }),
    ]);
    expect([containers, networks, volumes.Volumes ?? []]).toEqual([[], [], []]);
    await product.dispose();
    await git.close();
    expect(errors).toEqual([]);
  });

  it('passes: containers share the workspace, the service answers by its name', async () => {
    const run = await build();
    expect(run.nodes.map(({ failureInfo }) => failureInfo.message).filter((message) => message !== '')).toEqual([]);
    expect(run.status).toBe('Success');
    expect(await testsOf(product, run)).toMatchObject({ total: 1, tests: [{ status: 'passed' }] });
    expect((await artifactsOf(product, run)).map(({ name }) => name)).toEqual(['site.tgz']);
    expect(run.outputs('publish')['ANSWER']).toBe('42');
  });

  it('shows neither the secret nor what was made of it', async () => {
    const run = await build();
    const logs = await Promise.all(['publish', 'use'].map((name) => logOf(product, run, name)));
    expect(logs.join('')).toContain('with ***');
    expect(logs.join('')).toContain('it is ***');
    expect(logs.join('') + JSON.stringify(run.nodes)).not.toContain(TOKEN);
    expect(run.outputs('publish')['KEY']).toMatch(/^\*+$/);
  });

  it('broken, it says what is wrong, and mended it passes', async () => {
    await repository.commit('refs/heads/main', { 'site/index.html': '<h1>Under construction</h1>\n' });
    const broken = await build();
    expect([broken.status, broken.statusOf('check'), broken.statusOf('publish')]).toEqual([
      'Failed',
      'Failed',
      'Skipped',
    ]);
    const [failed] = (await testsOf(product, broken, { status: 'failed' })).tests;
    expect(failed).toMatchObject({ name: 'says that it works', message: 'the page says: h1Under construction/h1' });
    await repository.commit('refs/heads/main', { 'site/index.html': SITE });
    expect((await build()).status).toBe('Success');
  });
});
