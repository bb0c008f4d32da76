/** Records of real runs by the real program: what is in them, what is not, and what a replay makes of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runBridle, type Finished } from '../testing/run-bridle.ts';
import { testFolder } from '../testing/test-folder.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/bridle.mjs', import.meta.url));
const CANARY = 'canary-7a31c5';

const PIPELINE = `pipeline:
  identifier: ship
  name: ship
  stages:
    - stage:
        identifier: build
        name: build
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  identifier: make
                  name: make
                  type: ShellScript
                  spec:
                    shell: Bash
                    onDelegate: true
                    environmentVariables:
                      - {name: TOKEN, type: Secret, value: '<+secrets.getValue("token")>'}
                    source:
                      type: Inline
                      spec:
                        script: |
                          echo "token $TOKEN"
                          printf %s "$TOKEN" | base64
                          export sealed="of-$TOKEN" open="seen $TOKEN" count=3
                    outputVariables:
                      - {name: sealed, type: Secret, value: sealed}
                      - {name: open, type: String, value: open}
                      - {name: count, type: String, value: count}
              - step:
                  identifier: say
                  name: say
                  type: ShellScript
                  when: {stageStatus: Success, condition: '<+execution.steps.make.output.outputVariables.count> > 2'}
                  spec:
                    shell: Bash
                    onDelegate: true
                    source:
                      type: Inline
                      spec:
                        script: |
                          echo "<+execution.steps.make.output.outputVariables.sealed>" "<+trigger.payload.tag>"
                          exit 3
                  failureStrategies:
                    - onFailure:
                        errors: [AllErrors]
                        action: {type: Retry, spec: {retryCount: 1, retryIntervals: [1s], onRetryFailure: {action: {type: Ignore}}}}
`;

const EVENT = JSON.stringify({ tag: '2.4' });

const files = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test('a record of a real run: whole, without secrets, and replayed', async () => {
  const folder = testFolder({ '.git/HEAD': '', '.harness/ship.yaml': PIPELINE, 'event.json': EVENT });
  const bridle = (...words: readonly string[]): Promise<Finished> =>
    runBridle(words, { folder, environment: { token: CANARY, BRIDLE_CACHE: join(folder, 'cache') } });
  const run = await bridle('run', '--event', 'event.json', '--secret', 'token', '--record', 'runs/1');
  expect(run).toMatchObject({ exitCode: 0 });

  const written = files(join(folder, 'runs/1'));
  expect(written.map((path) => path.slice(join(folder, 'runs/1/').length)).toSorted()).toEqual([
    'logs/build/make.log',
    'logs/build/say-2.log',
    'logs/build/say.log',
    'record.ndjson',
  ]);
  for (const path of written) {
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain(CANARY);
    expect(text).not.toContain(Buffer.from(CANARY).toString('base64'));
    expect(text).not.toContain('sealed:local');
  }
  expect(readFileSync(join(folder, 'runs/1/logs/build/make.log'), 'utf8')).toMatch(/^token \*+$/m);
  expect(readFileSync(join(folder, 'runs/1/logs/build/say-2.log'), 'utf8')).toMatch(/^\*+ 2\.4$/m);

  expect(await bridle('replay', 'runs/1')).toMatchObject({
    exitCode: 0,
    out: '✓ The same path under .harness/ship.yaml: IgnoreFailed (8 events, 5 nodes)\n',
  });
  expect(await bridle('replay', 'runs/1', '--recorded')).toMatchObject({ exitCode: 0 });
  const again = await bridle('run', '--secret', 'token', '--record', 'runs/1');
  expect(again).toMatchObject({ exitCode: 2 });
  expect(again.err).toContain('runs/1 is not empty.');
}, 60_000);

test('a run of one step is replayed as one', async () => {
  const folder = testFolder({ '.git/HEAD': '', '.harness/ship.yaml': PIPELINE });
  const environment = { token: CANARY, BRIDLE_CACHE: join(folder, 'cache') };
  const run = await runBridle(['run', '--step', 'make', '--secret', 'token', '--record', 'out'], {
    folder,
    environment,
  });
  expect(run).toMatchObject({ exitCode: 0 });
  expect(await runBridle(['replay', 'out'], { folder })).toMatchObject({ exitCode: 0 });
}, 60_000);

test('W4 a run whose record cannot go on ends as it would have, and says so', async () => {
  const folder = testFolder({
    '.git/HEAD': '',
    '.harness/ship.yaml': PIPELINE.replace('exit 3', 'head -c 200000 /dev/zero | tr "\\\\0" x | fold'),
  });
  // The run's own files stay small: with 64 KiB a file may have, only the log of that step is too long.
  const limited = `trap '' XFSZ; ulimit -f 64; exec "$0" "$@"`;
  const words = ['-c', limited, process.execPath, PROGRAM, 'run', '--secret', 'token', '--record', 'out'];
  const child = spawn('bash', words, {
    cwd: folder,
    env: { PATH: process.env['PATH'], token: CANARY, BRIDLE_CACHE: join(folder, 'cache') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const err: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const [exitCode] = (await once(child, 'close')) as [number];
  expect(Buffer.concat(err).toString()).toContain(
    `warning: The record in ${join(folder, 'out')} ends before the run does: it cannot be written to (EFBIG).`,
  );
  expect(exitCode).toBe(0);
  expect(await runBridle(['replay', 'out'], { folder })).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('The record breaks off: it was compared as far as it goes.') as string,
  });
}, 60_000);
