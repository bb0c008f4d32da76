import { afterEach, beforeEach, expect, test } from 'vitest';
import { INSTANCES_BYTES_MAX } from './fetch-instance-script.ts';
import { isAlive, openStage, type Stage } from './testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const fetching = (script: string) => ({ script, instancesListPath: 'hosts', attributes: {} });

test('gives back what the script wrote to $INSTANCE_OUTPUT_PATH, byte for byte', async () => {
  const script = `cat > "$INSTANCE_OUTPUT_PATH" <<'END'\n{ "hosts": [{ "name": "é 1" }] }\nEND\necho found`;
  const { result, log } = stage.start('FetchInstanceScript', fetching(script));
  expect(await result).toEqual({
    kind: 'succeeded',
    exitCode: 0,
    outputs: { instances: '{ "hosts": [{ "name": "é 1" }] }\n' },
  });
  expect(log.body).toBe('found\n');
});

test('sees the environment of the step', async () => {
  const script = `printf '[{"name":"%s"}]' "$REGION" > "$INSTANCE_OUTPUT_PATH"`;
  const { result } = stage.start('FetchInstanceScript', fetching(script), { environment: { REGION: 'north' } });
  expect(await result).toMatchObject({ kind: 'succeeded', outputs: { instances: '[{"name":"north"}]' } });
});

test('the file is one of the step alone, and is not there before', async () => {
  const script = `test -e "$INSTANCE_OUTPUT_PATH" && exit 9; echo "\\"$INSTANCE_OUTPUT_PATH\\"" > "$INSTANCE_OUTPUT_PATH"`;
  const first = stage.start('FetchInstanceScript', fetching(script), { workspaceKey: 'stage1' });
  const second = stage.start('FetchInstanceScript', fetching(script), { workspaceKey: 'stage1' });
  const results = await Promise.all([first.result, second.result]);
  expect(results).toMatchObject([{ kind: 'succeeded' }, { kind: 'succeeded' }]);
  expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(2);
});

test('a script that fails is a failed step, whatever it wrote', async () => {
  const { result } = stage.start('FetchInstanceScript', fetching('echo "[]" > "$INSTANCE_OUTPUT_PATH"; exit 3'));
  expect(await result).toMatchObject({
    kind: 'failed',
    exitCode: 3,
    failure: { message: 'The script ended with exit code 3.' },
  });
});

test.each([
  ['wrote nothing', 'true', 'The script wrote no file to $INSTANCE_OUTPUT_PATH.'],
  ['wrote an empty file', 'echo > "$INSTANCE_OUTPUT_PATH"', 'is empty'],
  ['left a folder there', 'mkdir "$INSTANCE_OUTPUT_PATH"', 'is not a file'],
  ['left a link there', 'ln -s /etc/passwd "$INSTANCE_OUTPUT_PATH"', 'is not a file'],
  ['left a pipe there', 'mkfifo "$INSTANCE_OUTPUT_PATH"', 'is not a file'],
  [
    'wrote too much',
    `head -c ${INSTANCES_BYTES_MAX + 1} /dev/zero | tr '\\0' ' ' > "$INSTANCE_OUTPUT_PATH"`,
    `has ${INSTANCES_BYTES_MAX + 1} bytes; at most ${INSTANCES_BYTES_MAX} are read`,
  ],
])('a script that %s fails the step in words', async (_name, script, message) => {
  const { result, log } = stage.start('FetchInstanceScript', fetching(script));
  expect(await result).toMatchObject({
    kind: 'failed',
    outputs: {},
    failure: { message: expect.stringContaining(message), types: ['APPLICATION_ERROR'] },
  });
  expect(log.text).toContain(message);
});

test('exactly the limit is read', async () => {
  const script = `head -c ${INSTANCES_BYTES_MAX} /dev/zero | tr '\\0' '1' > "$INSTANCE_OUTPUT_PATH"`;
  const { result } = stage.start('FetchInstanceScript', fetching(script));
  expect(await result).toMatchObject({
    kind: 'succeeded',
    outputs: { instances: '1'.repeat(INSTANCES_BYTES_MAX) },
  });
});

test.each([
  ['none', {}],
  ['an empty one', { script: ' \n' }],
])('without a script (%s) nothing runs', async (_name, spec) => {
  const { result, log } = stage.start('FetchInstanceScript', spec);
  expect(await result).toMatchObject({
    kind: 'failed',
    failure: { message: expect.stringContaining('no script that fetches instances') },
  });
  expect(log.text).toBe('');
});

test('cancelling ends the script', async () => {
  const { result, log, cancel } = stage.start(
    'FetchInstanceScript',
    fetching('echo "pid $$"; while :; do sleep 1; done'),
  );
  const [, pid] = await log.until(/pid (\d+)/);
  cancel();
  expect(await result).toEqual({ kind: 'cancelled' });
  expect(isAlive(Number(pid))).toBe(false);
});
