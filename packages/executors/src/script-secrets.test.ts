/** Secret outputs of scripts, and secrets that scripts are given (S8). */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bash, openStage, type Stage } from './testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const secretOutputs = (...names: string[]) => ({
  outputVariables: names.map((name) => ({ name, type: 'Secret', value: name })),
});

describe('an output variable of type Secret', () => {
  test('is named as secret, beside the others', async () => {
    const script = 'export token=tok-12345 plain=visible';
    const outputs = [
      { name: 'TOKEN', type: 'Secret', value: 'token' },
      { name: 'plain', type: 'String', value: 'plain' },
    ];
    for (const [type, spec] of [
      ['ShellScript', bash(script, { outputVariables: outputs })],
      ['Run', { shell: 'Bash', command: script, outputVariables: outputs }],
    ] as const) {
      expect(await stage.start(type, spec).result).toEqual({
        kind: 'succeeded',
        exitCode: 0,
        outputs: { outputVariables: { TOKEN: 'tok-12345', plain: 'visible' } },
        secretOutputs: ['TOKEN'],
      });
    }
  });

  test.each(['token=', 'true'])('must not be empty: %s', async (script) => {
    const { result, log } = stage.start('ShellScript', bash(script, secretOutputs('token')));
    expect(await result).toEqual({
      kind: 'failed',
      exitCode: 0,
      outputs: {},
      failure: {
        message: 'The secret output variable token is empty: the script has to set token.',
        types: ['APPLICATION_ERROR'],
      },
    });
    expect(log.text).toContain('The secret output variable token is empty');
  });

  test.each(['exit 0', 'exit 3'])('is not asked for when the script ends with %s', async (script) => {
    const result = await stage.start('ShellScript', bash(script, secretOutputs('token'))).result;
    expect(result).toMatchObject({ outputs: { outputVariables: {} } });
    expect(result).not.toHaveProperty('secretOutputs');
  });
});

describe('$HARNESS_OUTPUT_SECRET_FILE', () => {
  test('takes secret outputs, also when the script fails', async () => {
    const script = `echo "PLAIN=1" >> "$DRONE_OUTPUT"
echo "BOTH=plain" >> "$DRONE_OUTPUT"
printf 'KEY="line one\\nline two"\\nBOTH=secret\\n' >> "$HARNESS_OUTPUT_SECRET_FILE"
exit 4`;
    expect(await stage.start('Run', { shell: 'Bash', command: script }).result).toMatchObject({
      kind: 'failed',
      exitCode: 4,
      outputs: { outputVariables: { PLAIN: '1', KEY: 'line one\nline two', BOTH: 'secret' } },
      secretOutputs: ['KEY', 'BOTH'],
    });
  });

  test('is there and private from the start', async () => {
    const { result, log } = stage.start('Run', { command: 'stat -c %a "$HARNESS_OUTPUT_SECRET_FILE" "$0"' });
    await result;
    expect(log.body.match(/^600$/gm)).toHaveLength(2);
  });
});

test('a secret of a step is in no argument of any process, and in no other step (S8)', async () => {
  const secret = 'sesame-5b1f';
  const given = {
    script: `: ${secret}\nmkfifo go; echo ready; read line < go; echo "$TOKEN"`,
    environment: { TOKEN: secret },
  };
  const holder = stage.start('ShellScript', bash(given.script), {
    environment: given.environment,
    workspaceKey: 'one',
  });
  await holder.log.until(/^ready$/m);
  for (const shell of ['Bash', 'Sh', 'Python']) {
    const script = shell === 'Python' ? 'import os; print(os.environ)' : 'env; cat /proc/$PPID/cmdline';
    const other = stage.start('Run', { shell, command: script }, { workspaceKey: 'two' });
    await other.result;
    expect(other.log.text).not.toContain(secret);
  }
  const holders: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    expect(readProc(pid, 'cmdline')).not.toContain(secret);
    if (readProc(pid, 'environ').includes(secret)) holders.push(readProc(pid, 'environ'));
  }
  expect(holders.length).toBeGreaterThan(0);
  for (const environ of holders) expect(environ).toContain(`HARNESS_STEP_MARK=`);
  for (const environ of holders) expect(environ).toContain(holder.taskId);
  const scripts = join(stage.folder, 'work', 'tasks');
  for (const file of filesBelow(scripts)) expect(statSync(file).mode & 0o077).toBe(0);
  const opener = stage.start('Run', { shell: 'Bash', command: 'echo > go' }, { workspaceKey: 'one' });
  await opener.result;
  expect(await holder.result).toMatchObject({ kind: 'succeeded' });
});

/** A process may be gone by now, or be somebody else's. */
function readProc(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return '';
  }
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
