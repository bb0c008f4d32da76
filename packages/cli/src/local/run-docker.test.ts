/** Steps with an image in a local run. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describeWithDocker, IMAGE, PLUGIN_IMAGE, testEngine, USER_IMAGE } from '@bridle/executors/testing/test-docker';
import { beforeEach, expect, test, vi } from 'vitest';
import { testFolder } from '../testing/test-folder.ts';
import { runLocally, testRepository } from './test-run.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/bridle.mjs', import.meta.url));

const ci = (...steps: readonly string[]): string => `pipeline:
  identifier: p
  name: P
  properties: { ci: { codebase: { connectorRef: <+input>, build: <+input> } } }
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          cloneCodebase: true
          platform: { os: Linux, arch: Amd64 }
          runtime: { type: Docker, spec: {} }
          execution:
            steps:
${steps.map((step) => `              - step: ${step}`).join('\n')}
`;

const run = (identifier: string, command: string, image = IMAGE): string =>
  `{ identifier: ${identifier}, name: ${identifier}, type: Run, spec: { shell: Sh, image: "${image}", command: ${JSON.stringify(command)} } }`;

describeWithDocker('steps with an image', () => {
  // The engine is where the tests' environment says.
  const environment = process.env['DOCKER_HOST'] === undefined ? {} : { DOCKER_HOST: process.env['DOCKER_HOST'] };

  beforeEach(async () => {
    await testEngine();
  });

  const containersLeft = async (): Promise<number> => {
    const { client } = await testEngine();
    const all = await client.listContainers({ all: true, filters: { label: ['bridle.step=left_over'] } });
    return all.length;
  };

  test('work in a copy of the tree, with secrets hidden, and leave no container', async () => {
    const folder = testRepository({
      '.harness/p.yaml': ci(
        run('look', 'pwd; cat src/a.txt; echo <+secrets.getValue("token")>; echo made > src/made.txt; rm src/a.txt'),
        run('left_over', 'cat src/made.txt; ls src'),
      ),
      'src/a.txt': 'of the user\n',
    });
    const { exitCode, logs, out } = await runLocally('', {
      folder,
      environment: { ...environment, token: 'hunter22' },
      words: ['--secret', 'token', '--executor', 'docker'],
    });
    expect(exitCode).toBe(0);
    expect(logs).toEqual(
      expect.arrayContaining(['s.look: /harness', 's.look: of the user', 's.look: ********', 's.left_over: made.txt']),
    );
    expect(out).not.toContain('hunter22');
    expect(readFileSync(join(folder, 'src/a.txt'), 'utf8')).toBe('of the user\n');
    expect(existsSync(join(folder, 'src/made.txt'))).toBe(false);
    expect(await containersLeft()).toBe(0);
  });

  test('in place, the permissions of the folder stay, whoever the user of the image is', async () => {
    const folder = testRepository({ '.harness/p.yaml': ci(run('who', 'id -u', USER_IMAGE)) });
    chmodSync(folder, 0o755);
    const { exitCode, logs } = await runLocally('', { folder, environment, words: ['--in-place'] });
    expect(logs).toContain('s.who: 1000');
    expect(exitCode).toBe(0);
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('755');
  });

  test('a service in a container is found by its name, and what it writes goes on in its log', async () => {
    const service = `{ identifier: web, name: web, type: Background, spec: { shell: Sh, image: "${IMAGE}", command: "echo page > index.html; echo up hunter22; httpd -f -p 8000" } }`;
    const ask = 'until wget -q -O - http://web:8000/index.html; do sleep 0.1; done';
    const { exitCode, logs } = await runLocally(ci(service, run('ask', ask)), {
      environment,
      words: ['--secret', 'x=hunter22'],
    });
    expect(logs).toContain('s.ask: page');
    expect(logs).toContain('s.web: up ********');
    expect(exitCode).toBe(0);
  });

  test('plugins run, and their outputs are there', async () => {
    const plugin = `{ identifier: greet, name: greet, type: Plugin, spec: { image: "${PLUGIN_IMAGE}", settings: { who: world } } }`;
    const { exitCode, logs } = await runLocally(
      ci(plugin, run('use', 'echo "<+steps.greet.output.outputVariables.GREETING>"')),
      { environment },
    );
    expect(logs).toContain('s.use: hello from the plugin');
    expect(exitCode).toBe(0);
  });

  test('SIGKILL leaves no container, network or volume: the watchdog cleans up', async () => {
    const folder = testFolder({ '.harness/p.yaml': ci(run('slow', 'trap "" TERM; echo ready; sleep 300')) });
    const cache = testFolder({});
    const child = spawn(process.execPath, [PROGRAM, 'run', '--json'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], BRIDLE_CACHE: cache, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('"text":"ready"')) break;
    }
    const [mark = ''] = readdirSync(join(cache, 'runs'));
    const { client } = await testEngine();
    const filters = { label: [`bridle.mark=${mark}`] };
    expect(await client.listContainers({ all: true, filters })).toHaveLength(1);
    child.kill('SIGKILL');
    await vi.waitFor(
      async () => {
        expect(await client.listContainers({ all: true, filters })).toEqual([]);
        expect(await client.listNetworks({ filters })).toEqual([]);
        expect(readdirSync(join(cache, 'runs'))).toEqual([]);
      },
      { timeout: 60_000, interval: 100 },
    );
  }, 120_000);

  test('an abort removes the container', async () => {
    const { exitCode } = await runLocally(ci(run('slow', 'trap "" TERM; echo ready; sleep 300')), {
      environment,
      onEvent: (event, controller) => {
        if (event.type === 'log' && event.text === 'ready') controller.abort();
      },
    });
    expect(exitCode).toBe(130);
    const { client } = await testEngine();
    const running = await client.listContainers({ filters: { label: ['bridle.mark'] } });
    expect(running.filter(({ Labels }) => Labels['bridle.step'] === 'slow')).toEqual([]);
  }, 120_000);
});
