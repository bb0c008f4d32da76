import { randomUUID } from 'node:crypto';
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StepRequest, StepResult } from '../executor.ts';
import { KeptServiceLog, openStage, type Stage, type StartOptions, type StepStart } from '../testing/stage.ts';
import {
  describeWithDocker,
  EMPTY_IMAGE,
  IMAGE,
  PLUGIN_IMAGE,
  testEngine,
  USER_IMAGE,
} from '../testing/test-docker.ts';
import { DockerHost } from './docker-host.ts';
import type { Engine } from './engine.ts';
import { reclaimFolder } from './reclaim.ts';

const KEY = 'stage-1';
const inStage = (step: Partial<StepRequest> = {}): StartOptions => ({
  workspaceKey: KEY,
  step: { stage: { workspaceKey: KEY, identifier: 'build', sharedPaths: [] }, ...step },
});

describeWithDocker('steps in containers', () => {
  let engine: Engine;
  let stage: Stage;
  beforeEach(async () => {
    engine = await testEngine();
    stage = await openStage({ docker: true });
  });
  afterEach(() => stage.close());

  const run = (spec: object, options: StartOptions = {}): StepStart =>
    stage.start('Run', { image: IMAGE, ...spec }, options);
  const lines = (start: StepStart): readonly string[] => start.log.text.split('\n');
  const refusal = async ({ result }: StepStart): Promise<string> => {
    const end: StepResult = await result;
    return end.kind === 'failed' ? end.failure.message : end.kind;
  };

  describe('Run', () => {
    test('without a command runs what the image is made for, in the workspace', async () => {
      const start = run({ envVariables: { A: '1' } }, inStage());
      expect(await start.result).toEqual({ kind: 'succeeded', exitCode: 0, outputs: { outputVariables: {} } });
      expect(start.log.body).toBe('command of the image in /harness\n');
    });

    test('keeps what the image sets, and adds to it', async () => {
      const start = run({
        image: USER_IMAGE,
        command: 'set +x; echo "$OF_IMAGE $MINE $(id -u)"',
        envVariables: { MINE: 'm' },
      });
      await start.result;
      expect(lines(start)).toContain('yes m 1000');
    });

    test('git trusts the workspace where it belongs to another user, and nothing is said about it where not', async () => {
      const start = (user: string): StepStart =>
        run({ command: 'set +x; env | grep -c ^GIT_CONFIG_ || true; echo over', runAsUser: user }, inStage());
      const [same, other] = [start(String(process.getuid?.() ?? 0)), start('4711')];
      await Promise.all([same.result, other.result]);
      expect(lines(same)).toContain('0');
      expect(lines(other)).toContain('3');
    });

    test('runAsUser wins over the user of the image, and may write to the workspace', async () => {
      const start = run({ command: 'set +x; touch mine; echo "uid $(id -u)"', runAsUser: '4711' }, inStage());
      expect(await start.result).toMatchObject({ kind: 'succeeded' });
      expect(lines(start)).toContain('uid 4711');
    });

    test('no process inside gains privileges; the limits are those of the engine', async () => {
      const start = run({
        command: 'set +x; grep -E "^(NoNewPrivs|CapEff)" /proc/self/status',
        resources: { limits: { cpu: '500m', memory: '64Mi' } },
      });
      await start.result;
      expect(start.log.text).toMatch(/NoNewPrivs:\s+1/);
    });

    test('an image without programs is refused by the shell it lacks', async () => {
      expect(await refusal(run({ image: EMPTY_IMAGE, command: 'true' }))).toMatch(
        /shell Sh was not found in the image docker.io\/bridle-test\/empty:1/,
      );
      expect(await refusal(run({ image: EMPTY_IMAGE }))).toMatch(/no entrypoint and no command/);
    });

    test.each([
      ['a name that is none', { image: 'Not An Image' }, /"Not An Image" is not the name of an image/],
      ['a policy that is none', { imagePullPolicy: 'Sometimes' }, /imagePullPolicy: "Sometimes"/],
      ['a limit that is none', { resources: { limits: { memory: 'much' } } }, /"much" is no amount of memory/],
      ['a connector that did not come along', { connectorRef: 'gone' }, /connector gone was not handed/],
    ])('%s is refused in words', async (_name, spec, message) => {
      const start = run({ command: 'true', ...spec });
      expect(await refusal(start)).toMatch(message);
      expect(start.log.text).toMatch(message);
    });
  });

  describe('images', () => {
    test('one that is not there and cannot be pulled: an image failure that names it', async () => {
      // A registry that answers nothing useful, on a port that nobody else can have.
      const server = createServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      try {
        const start = run({ image: `127.0.0.1:${port}/team/app:1`, command: 'true' });
        expect(await start.result).toMatchObject({
          kind: 'failed',
          failure: {
            message: expect.stringContaining(`The image 127.0.0.1:${port}/team/app:1 could not be pulled`),
            types: ['PLUGIN_IMAGE_FAILURE'],
          },
        });
      } finally {
        server.close();
      }
    });

    test('Never pulls nothing', async () => {
      const start = run({ image: 'bridle-test/not-there:1', command: 'true', imagePullPolicy: 'Never' });
      expect(await start.result).toMatchObject({ failure: { types: ['PLUGIN_IMAGE_FAILURE'] } });
      expect(await run({ command: 'true', imagePullPolicy: 'Never' }).result).toMatchObject({ kind: 'succeeded' });
    });

    test('latest that was made on this host is used as it is', async () => {
      await engine.client.getImage(IMAGE).tag({ repo: 'bridle-test/busybox', tag: 'latest' });
      const start = run({ image: 'bridle-test/busybox', command: 'true' });
      expect(await start.result).toMatchObject({ kind: 'succeeded' });
      expect(start.log.text).not.toContain('Pulling');
    });

    test('the allow-list is compared with the full name, letter for letter (S13)', async () => {
      const containers = (...imagesAllowed: string[]): StartOptions => ({
        step: { containers: { isPrivilegedAllowed: false, imagesAllowed } },
      });
      const command = 'true';
      expect(await refusal(run({ command }, containers()))).toMatch(/docker.io\/bridle-test\/busybox:1 is not among/);
      for (const almost of ['bridle-test/busybox:1', 'docker.io/bridle-test/busybox', 'docker.io/bridle-test/*']) {
        expect(await refusal(run({ command }, containers(almost)))).toMatch(/not among/);
      }
      expect(await refusal(run({ command }, containers(`docker.io/${IMAGE}`)))).toBe('succeeded');
      const other = run({ command, image: `docker.io/${IMAGE}0` }, containers(`docker.io/${IMAGE}`));
      expect(await refusal(other)).toMatch(/not among/);
    });

    test('privileged needs the account to allow it', async () => {
      const spec = { command: 'true', privileged: true };
      expect(await refusal(run(spec))).toMatch(/does not allow privileged/);
      expect(await refusal(run(spec, { step: { containers: { isPrivilegedAllowed: false } } }))).toMatch(
        /does not allow/,
      );
      // Some engines may not give all privileges themselves; then they are the ones to say so.
      expect(await refusal(run(spec, { step: { containers: { isPrivilegedAllowed: true } } }))).toMatch(
        /^succeeded$|could not be started: .*unable to apply caps/,
      );
    });
  });

  describe('Plugin', () => {
    const plugin = (spec: object): StepStart => stage.start('Plugin', { image: PLUGIN_IMAGE, ...spec }, inStage());

    test('takes settings as variables and leaves outputs, also when it fails; its tag is warned of (S16)', async () => {
      const start = plugin({
        settings: {
          repo_name: 'x',
          repoName: 'camel',
          'with-dash': true,
          list: ['a', 2, false],
          map: { a: [1] },
          maps: [{ a: 1 }, { b: 2 }],
          empty: '',
          exit: 3,
        },
      });
      expect(await start.result).toMatchObject({
        kind: 'failed',
        exitCode: 3,
        outputs: { outputVariables: { GREETING: 'hello from the plugin' } },
      });
      expect(start.log.text).toMatch(/Warning: what docker.io\/bridle-test\/plugin:1 stands for can change/);
      expect(lines(start).filter((line) => /^(PLUGIN_|called)/.test(line))).toEqual([
        'called with [one two words] in /harness',
        'PLUGIN_EMPTY=',
        'PLUGIN_EXIT=3',
        'PLUGIN_LIST=a,2,false',
        'PLUGIN_MAP={"a":[1]}',
        'PLUGIN_MAPS=[{"a":1},{"b":2}]',
        'PLUGIN_REPONAME=camel',
        'PLUGIN_REPO_NAME=x',
        'PLUGIN_WITH_DASH=true',
      ]);
    });

    test('with an entrypoint of its own', async () => {
      const start = plugin({ entrypoint: ['echo', 'two words', '$HOME'] });
      expect(await start.result).toMatchObject({ kind: 'succeeded' });
      expect(lines(start)).toContain('two words $HOME');
    });
  });

  test('Container works outside of a stage, with no network of a stage', async () => {
    const spec = { image: IMAGE, command: 'pwd; export X=1', outputVariables: [{ name: 'X' }] };
    const start = stage.start('Container', spec);
    expect(await start.result).toMatchObject({ kind: 'succeeded', outputs: { outputVariables: { X: '1' } } });
    expect(lines(start)).toContain('/harness');
    const both = stage.start('Container', { ...spec, entrypoint: ['sh'] });
    expect(await refusal(both)).toMatch(/exclude each other/);
  });

  describe('Background', () => {
    const serve = (spec: object, step: Partial<StepRequest> = {}): StepStart =>
      stage.start('Background', { image: IMAGE, ...spec }, inStage({ identifier: 'web', ...step }));
    /** Until the service answers with the text. */
    const ask = (url: string): string => `set +x; until wget -q -O - ${url} 2>/dev/null; do sleep 0.05; done`;

    test('is reached by its name and, in a group, by that of the group; it ends with the stage', async () => {
      const fqn = 'pipeline.stages.s.spec.execution.steps.outer.steps.grp.steps.web';
      const service = serve({ command: 'cd /tmp; echo hello > index.html; exec httpd -f -p 8080' }, { fqn });
      expect(await service.result).toEqual({ kind: 'succeeded', outputs: {} });
      expect(service.log.text).toMatch(/The service web .*has started/);
      for (const name of ['web', 'grp_web', 'outer_grp_web']) {
        const client = run({ command: ask(`http://${name}:8080/`) }, inStage());
        expect(await client.result).toMatchObject({ kind: 'succeeded' });
        expect(lines(client)).toContain('hello');
      }
      const filters = { label: [`bridle.workspace=${KEY}`] };
      await stage.workspaces.settled();
      expect(await engine.client.listContainers({ all: true, filters })).toHaveLength(1);
      await stage.workspaces.release(KEY);
      expect(await engine.client.listContainers({ all: true, filters })).toEqual([]);
      expect(await engine.client.listNetworks({ filters })).toEqual([]);
    });

    test('two stages do not see each other', async () => {
      await serve({ command: 'cd /tmp; exec httpd -f -p 8080' }).result;
      const other: StartOptions = {
        workspaceKey: 'stage-2',
        step: { stage: { workspaceKey: 'stage-2', identifier: 'other', sharedPaths: [] } },
      };
      const client = run({ command: 'nslookup web || echo unknown' }, other);
      await client.result;
      expect(lines(client)).toContain('unknown');
    });

    test('runs its image as it is made, or by an entrypoint in place of both; ports are those of this host', async () => {
      const port = await freePort();
      const spec = {
        entrypoint: ['sh', '-c', 'echo from entrypoint > /tmp/index.html; exec httpd -f -p 80 -h /tmp'],
        command: 'never run',
        portBindings: { [port]: '80' },
      };
      expect(await serve(spec).result).toMatchObject({ kind: 'succeeded' });
      expect(await untilAnswer(`http://127.0.0.1:${port}/`)).toBe('from entrypoint\n');
      const again = serve(spec, { identifier: 'second' });
      expect(await refusal(again)).toMatch(/port .* in use|in use/i);
    });

    test.each([
      ['a container', IMAGE],
      ['a process', undefined],
    ])('%s that died is named by the next step that fails, with what it wrote at last', async (_name, image) => {
      const command = 'i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; done; echo "no such table" >&2; exit 5';
      expect(await serve({ image, command: `set +x; ${command}` }).result).toMatchObject({ kind: 'succeeded' });
      const fails = (): StepStart => run({ command: 'set +x; echo trying; sleep 0.3; false' }, inStage());
      let failing = fails();
      while (!(await failing.result.then(() => failing.log.text)).includes('no longer runs')) failing = fails();
      expect(failing.log.text).toContain('The service web of this stage no longer runs: it ended with exit code 5.\n');
      expect(failing.log.text).toContain('web | line 100\nweb | no such table\n');
      expect(failing.log.text).not.toContain('web | line 20\n');
    });

    test.each([
      ['a container', IMAGE],
      ['a process', undefined],
    ])('what %s writes is shown as it comes, until its stage is over', async (_name, image) => {
      const serviceLog = new KeptServiceLog();
      const command = 'set +x; echo begun; until test -e go; do sleep 0.05; done; echo went on >&2; exec sleep 1000';
      await stage.start('Background', { image, command }, { ...inStage({ identifier: 'web' }), serviceLog }).result;
      await serviceLog.until(/begun/);
      expect(serviceLog.isOver).toBe(false);
      expect(await run({ command: 'touch go' }, inStage()).result).toMatchObject({ kind: 'succeeded' });
      await serviceLog.until(/went on/);
      await stage.workspaces.release(KEY);
      await serviceLog.over;
      expect(serviceLog.text.replaceAll(/^\+.*\n/gm, '')).toBe('begun\nwent on\n');
    });

    test.each([
      ['a container', IMAGE],
      ['a process', undefined],
    ])('the log of %s that ends before its stage says how', async (_name, image) => {
      const serviceLog = new KeptServiceLog();
      const command = 'set +x; printf bye; exit 3';
      await stage.start('Background', { image, command }, { ...inStage({ identifier: 'web' }), serviceLog }).result;
      await serviceLog.over;
      expect(serviceLog.text.replaceAll(/^\+.*\n/gm, '')).toBe('bye\nThe service web ended with exit code 3.\n');
    });

    test('without an image it is a process of this host, with the same life', async () => {
      const start = stage.start(
        'Background',
        { command: 'echo $$ > pid; exec sleep 1000' },
        inStage({ identifier: 'daemon' }),
      );
      expect(await start.result).toEqual({ kind: 'succeeded', outputs: {} });
      const reader = stage.start(
        'Run',
        { command: 'until test -s pid; do sleep 0.02; done; kill -0 $(cat pid)' },
        inStage(),
      );
      expect(await reader.result).toMatchObject({ kind: 'succeeded' });
      const pid = (await readFile(join(stage.folder, 'work', 'workspaces', KEY, 'pid'), 'utf8')).trim();
      await stage.workspaces.release(KEY);
      expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
    });

    test('outside of a stage it is refused', async () => {
      expect(await refusal(stage.start('Background', { image: IMAGE }))).toMatch(/CI stage only/);
    });
  });

  test('sharedPaths are shared by the containers of a stage, and go with it', async () => {
    const options: StartOptions = {
      workspaceKey: KEY,
      step: { stage: { workspaceKey: KEY, identifier: 'build', sharedPaths: ['/cache/deep', '/var/x/'] } },
    };
    expect(await run({ command: 'echo kept > /cache/deep/file' }, options).result).toMatchObject({ kind: 'succeeded' });
    const second = run({ command: 'cat /cache/deep/file; ls -d /var/x' }, options);
    expect(await second.result).toMatchObject({ kind: 'succeeded' });
    expect(lines(second)).toContain('kept');
    const filters = { label: [`bridle.workspace=${KEY}`] };
    expect((await engine.client.listVolumes({ filters: JSON.stringify(filters) })).Volumes).toHaveLength(2);
    await stage.workspaces.settled();
    await stage.workspaces.release(KEY);
    expect((await engine.client.listVolumes({ filters: JSON.stringify(filters) })).Volumes ?? []).toEqual([]);
  });

  test.each([['/harness/x'], ['relative'], ['/a/../etc'], ['/*'], ['/'], ['/bridle']])(
    'the shared path %s is refused',
    async (path) => {
      const step = { stage: { workspaceKey: KEY, identifier: 'build', sharedPaths: [path] } };
      expect(await refusal(run({ command: 'true' }, { workspaceKey: KEY, step }))).toMatch(/sharedPaths/);
    },
  );

  test('a process and a container of one stage share its folder', async () => {
    const first = stage.start('Run', { command: 'echo from host > a' }, inStage());
    expect(await first.result).toMatchObject({ kind: 'succeeded' });
    const second = run({ image: USER_IMAGE, command: 'cat a; echo from container > b' }, inStage());
    expect(await second.result).toMatchObject({ kind: 'succeeded' });
    const third = stage.start('Run', { command: 'cat b' }, inStage());
    await third.result;
    expect(lines(third)).toContain('from container');
  });

  test('what a dead process left is found by its marks, and nothing else is touched (K1, K3)', async () => {
    const { client } = engine;
    const make = async (mark: string, installation: string): Promise<string> =>
      (
        await client.createContainer({
          Image: IMAGE,
          Entrypoint: ['sleep', '1000'],
          Labels: { 'bridle.mark': mark, 'bridle.installation': installation },
        })
      ).id;
    const suffix = randomUUID();
    const [earlier, own, foreign] = [
      await make(`earlier${suffix}`, `here${suffix}`),
      await make(`now${suffix}`, `here${suffix}`),
      await make(`earlier${suffix}`, `there${suffix}`),
    ];
    await client.getContainer(earlier).start();
    const host = new DockerHost({ mark: `now${suffix}`, installation: `here${suffix}` });
    await host.clearEarlier();
    const left = async (): Promise<readonly string[]> =>
      (await client.listContainers({ all: true }))
        .map(({ Id }) => Id)
        .filter((id) => [earlier, own, foreign].includes(id));
    expect([...(await left())].sort()).toEqual([own, foreign].sort());
    await host.clear();
    expect(await left()).toEqual([foreign]);
    const watchdog = new DockerHost({ mark: `earlier${suffix}` });
    await watchdog.engine();
    await watchdog.clear();
    expect(await left()).toEqual([]);
  });

  test('what a container wrote can be had back by the user of the delegate', async () => {
    const { result } = run({ command: 'mkdir -p deep; touch deep/file; ln -s /etc link; chmod 700 deep' }, inStage());
    expect(await result).toMatchObject({ kind: 'succeeded' });
    const folder = join(stage.folder, 'work', 'workspaces', KEY);
    const images = await Promise.all([EMPTY_IMAGE, IMAGE].map((name) => engine.client.getImage(name).inspect()));
    const host = new DockerHost({ mark: randomUUID() });
    const how = { engine, host, signal: new AbortController().signal, killGraceMs: 0 };
    expect(await reclaimFolder(folder, { uid: 4711, gid: 4712 }, images.slice(0, 1), how)).toBe(false);
    expect(await reclaimFolder(folder, { uid: 4711, gid: 4712 }, images, how)).toBe(true);
    for (const name of ['.', 'deep', 'deep/file', 'link']) {
      expect(await lstat(join(folder, name))).toMatchObject({ uid: 4711, gid: 4712 });
    }
    expect((await stat('/etc')).uid).toBe(0);
    await host.settled();
  });

  test('nothing of a step remains in the engine or in its folders', async () => {
    const start = run({ command: 'touch /bridle/more; ln -s /etc/passwd /bridle/link' });
    await start.result;
    await stage.workspaces.settled();
    await stage.close();
    expect(
      await engine.client.listContainers({ all: true, filters: { label: [`bridle.task=${start.taskId}`] } }),
    ).toEqual([]);
    expect(await readdir(stage.folder).catch(() => 'gone')).toBe('gone');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilAnswer(url: string): Promise<string> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return answer.text();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
