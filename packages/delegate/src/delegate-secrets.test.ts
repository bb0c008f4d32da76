/** Secrets from a lease to a report: what a server, a disk and a log get to see (S4, S6, S9, T4). */
import { createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DelegateTask, SecretSource, TaskOutcome } from '@bridle/protocol';
import { Mask } from '@bridle/executors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hideError } from './secrets/hide-error.ts';
import { openScene, shellTask, type Scene } from './testing/scene.ts';

const SECRET = `it's "sesame" & $more\\`;
const KEY = '-----BEGIN KEY-----\nc2VjcmV0IGtleSBsaW5l\nb3RoZXIgbGluZQ==\n-----END KEY-----\n';
const FORMS = [
  SECRET,
  'sesame',
  'c2VjcmV0IGtleSBsaW5l',
  'b3RoZXIgbGluZQ==',
  Buffer.from(SECRET).toString('hex'),
  Buffer.from(SECRET).toString('base64').slice(0, -4),
  Buffer.from(`x${SECRET}`).toString('base64').slice(4, -4),
];

const server = generateKeyPairSync('x25519');
const sealKey = String(server.publicKey.export({ format: 'jwk' }).x);

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(async () => {
  const { problems } = scene.server;
  await scene.close();
  expect(problems).toEqual([]);
});

/** A task in whose script and environment `‹name›` stands for a secret. */
function secretTask(
  script: string,
  secrets: Record<string, SecretSource>,
  more: Partial<DelegateTask> = {},
): DelegateTask {
  const task = shellTask(script, { secrets, sealKey, ...more });
  const places = (text: string, path: readonly string[]) =>
    [...text.matchAll(/‹(\w+)›/g)].map((match) => ({
      path: [...path],
      start: match.index,
      end: match.index + match[0].length,
      reference: match[1] ?? '',
    }));
  const inEnvironment = Object.entries(task.environment).flatMap(([name, value]) =>
    places(value, ['environment', name]),
  );
  return {
    ...task,
    secretPlaces: [...places(script, ['spec', 'source', 'spec', 'script']), ...inEnvironment],
  };
}

const text = (value: string): SecretSource => ({ kind: 'text', text: value });

/** Everything the server was told, log bytes as they are. */
function told(): string {
  const logs = [...scene.server.logs.values()].map((log) => log.bytes.toString('latin1'));
  return JSON.stringify(scene.server.calls.map((call) => call.body)) + logs.join('\n');
}

function expectHidden(seen: string): void {
  for (const form of FORMS) {
    expect(seen).not.toContain(form);
    expect(seen).not.toContain(JSON.stringify(form).slice(1, -1));
  }
}

function opened(sealed: unknown): string {
  const bytes = Buffer.from(String(sealed).replace('sealed:v1:', ''), 'base64url');
  const publicKey = createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: bytes.toString('base64url', 0, 32) },
    format: 'jwk',
  });
  const context = Buffer.from('bridle sealed output v1');
  const shared = diffieHellman({ privateKey: server.privateKey, publicKey });
  const key = Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), context, 32));
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(32, 44)).setAAD(context);
  decipher.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(44, -16)), decipher.final()]).toString();
}

function outputsOf(outcome: TaskOutcome): Readonly<Record<string, unknown>> {
  if (outcome.kind === 'cancelled') throw new Error('it was cancelled');
  return outcome.outputs['outputVariables'] as Readonly<Record<string, unknown>>;
}

describe('secrets of a task', () => {
  test('reach the script, and nobody else', async () => {
    await scene.start();
    const task = secretTask(
      `set -v
in_script=$(cat <<'END'
‹text›
END
)
[ "$in_script" = "$IN_ENV" ] && echo same
printf '%s\\n' "$IN_ENV" "$FILE" | tee copy
printf %s "$IN_ENV" | while IFS= read -rN1 byte; do printf %s "$byte"; done
printf %s "$IN_ENV" | base64
printf %s "x$IN_ENV" | base64
printf %s "$IN_ENV" | od -An -v -tx1 | tr -d ' \\n'
printf '%q\\n' "$IN_ENV"
derived="Bearer $(printf %s "$IN_ENV" | base64)"
set -x; : "$IN_ENV"
DECLARED=$(printf %s "$IN_ENV" | rev); plain=visible; { set +x; } 2>/dev/null
echo "$DECLARED" >/dev/null; exec 2>&1; ls /"$IN_ENV"; true`,
      { text: text(SECRET), key: { kind: 'file', base64: Buffer.from(KEY).toString('base64') } },
      { environment: { IN_ENV: '‹text›', FILE: 'a ‹key› z' } },
    );
    const spec = task.spec as Readonly<Record<string, unknown>>;
    const outputVariables = ['derived', 'plain'].map((name) => ({ name, type: 'String', value: name }));
    scene.server.give({
      ...task,
      spec: { ...spec, outputVariables: [...outputVariables, { name: 'DECLARED', type: 'Secret', value: 'DECLARED' }] },
    });
    const { outcome } = await scene.server.completion(task.taskId);
    const log = scene.server.text(task.logKey);
    expect(outcome).toMatchObject({ kind: 'succeeded', secretOutputs: ['derived', 'DECLARED'] });
    expect(log).toContain('\nsame\n');
    expect(log).toContain('"$FILE" | tee copy\n********\na ********\n z\n');
    expect(log).toMatch(/cannot access '?\/?"?'?"?\*{8}/);
    expect(outputsOf(outcome)['plain']).toBe('visible');
    expect(opened(outputsOf(outcome)['derived'])).toBe(`Bearer ${Buffer.from(SECRET).toString('base64')}`);
    expect(opened(outputsOf(outcome)['DECLARED'])).toBe(SECRET.split('').toReversed().join(''));
    expectHidden(told());
    expectHidden(scene.logged.join(''));
  });

  test('are put at their places only: what looks like one elsewhere is data (S9)', async () => {
    await scene.start();
    const looksLikeOne = '‹text› <+secrets.getValue("text")> ${ngSecretManager.obtain("text", 1)}';
    const task = secretTask('echo "$PAYLOAD $IN_ENV" | wc -c; echo "$PAYLOAD"', { text: text(SECRET) });
    scene.server.give({ ...task, environment: { PAYLOAD: looksLikeOne, IN_ENV: '' } });
    await scene.server.completion(task.taskId);
    expect(scene.server.text(task.logKey)).toContain(looksLikeOne);
  });

  test('lie nowhere on the disk of the delegate when the server is away and it ends (T4)', async () => {
    const delegate = await scene.start();
    scene.server.intercept = (path) => (path.endsWith('/logs') || path.endsWith('/complete') ? 'cut' : undefined);
    const lines = 60_000;
    const task = secretTask(
      `for i in $(seq ${lines}); do printf '%s %s: ‹text2› %s\\n' "$i" "$IN_ENV" "$FILE"; done; leaked=$IN_ENV`,
      { text: text(SECRET), text2: text('hunter22'), key: text(KEY) },
      { environment: { IN_ENV: '‹text›', FILE: '‹key›' } },
    );
    const spec = task.spec as Readonly<Record<string, unknown>>;
    const outputVariables = [{ name: 'leaked', type: 'String', value: 'leaked' }];
    scene.server.give({ ...task, spec: { ...spec, outputVariables } });
    await scene.server.until(() => scene.server.callsTo('/logs').length > 2);
    const spool = join(scene.home, 'spool');
    await expect.poll(() => filesBelow(spool).length, { timeout: 15_000 }).toBeGreaterThan(0);
    for (const file of filesBelow(spool)) expectHidden(readFileSync(file, 'latin1'));
    // The step's own folder has its script, and goes with it.
    await expect
      .poll(() => filesBelow(join(scene.home, 'work')).filter((file) => file.includes('script')), { timeout: 15_000 })
      .toEqual([]);
    delegate.stop();
    await delegate.ended;
    const left = filesBelow(scene.home);
    expect(left.some((file) => file.includes(`reports/${task.taskId}`))).toBe(true);
    for (const file of left) expectHidden(readFileSync(file, 'latin1'));
    const kept = JSON.parse(readFileSync(join(scene.home, 'reports', `${task.taskId}.json`), 'utf8')) as {
      outcome: TaskOutcome;
    };
    expect(opened(outputsOf(kept.outcome)['leaked'])).toBe(SECRET);
    expectHidden(scene.logged.join(''));
  }, 60_000);

  test('of the delegate itself: its environment and its folder', async () => {
    const secretsFolder = join(scene.home, 'mounted');
    await mkdir(secretsFolder);
    await writeFile(join(secretsFolder, 'password'), 'from-a-file\n');
    process.env['BRIDLE_SECRET_TEST'] = 'from-a-variable';
    try {
      await scene.start({ secretsFolder });
      const task = secretTask(
        'echo "$A,$B" | tr a-z A-Z; echo "$A"',
        {
          a: { kind: 'delegateEnvironment', name: 'BRIDLE_SECRET_TEST' },
          b: { kind: 'delegateFile', path: 'password' },
        },
        { environment: { A: '‹a›', B: '‹b›' } },
      );
      scene.server.give(task);
      await scene.server.completion(task.taskId);
      expect(scene.server.text(task.logKey)).toContain('\nFROM-A-VARIABLE,FROM-A-FILE\n********\n');
    } finally {
      delete process.env['BRIDLE_SECRET_TEST'];
    }
  });
});

describe('a step fails before it starts', () => {
  const secret = (source: SecretSource) => ({ gone: source });
  test.each([
    [
      'a secret that is not there',
      { kind: 'missing', message: 'The secret gone is not there.' },
      'The secret gone is not there.',
      'AUTHENTICATION',
    ],
    [
      'a secret that whoever started it may not use',
      { kind: 'missing', message: 'Missing permission core_secret_access', isDenied: true },
      'Missing permission core_secret_access',
      'AUTHORIZATION_ERROR',
    ],
    [
      'a variable that is not released',
      { kind: 'delegateEnvironment', name: 'PATH' },
      'The variable PATH of the delegate is not released',
      'AUTHORIZATION_ERROR',
    ],
    ['a file without a folder', { kind: 'delegateFile', path: 'x' }, '--secrets-dir', 'AUTHORIZATION_ERROR'],
    [
      'a secret that is too large',
      { kind: 'text', text: 'x'.repeat(300_000) },
      'has more than 262144 bytes',
      'AUTHENTICATION',
    ],
  ] as const)('for %s', async (_, source, message, type) => {
    await scene.start();
    const task = secretTask(`touch '${scene.home}/ran'; ‹gone›`, secret(source));
    scene.server.give(task);
    const { outcome } = await scene.server.completion(task.taskId);
    expect(outcome).toMatchObject({
      kind: 'failed',
      outputs: {},
      failure: { message: expect.stringContaining(message), types: [type] },
    });
    expect(scene.server.text(task.logKey)).toContain(message);
    expect(readdirSync(scene.home)).not.toContain('ran');
  });

  test('for places that do not fit its texts', async () => {
    await scene.start();
    const task = secretTask('echo ‹text›', { text: text('hunter22') });
    scene.server.give({ ...task, secretPlaces: [{ path: ['spec', 'source'], start: 0, end: 3, reference: 'text' }] });
    const { outcome } = await scene.server.completion(task.taskId);
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: {
        message: 'The server sent a task that cannot be performed: spec.source is not a text. The step was not run.',
      },
    });
  });

  test('but not for a secret that it does not use', async () => {
    await scene.start();
    const task = secretTask('echo fine', secret({ kind: 'missing', message: 'not there' }));
    scene.server.give(task);
    expect((await scene.server.completion(task.taskId)).outcome.kind).toBe('succeeded');
  });
});

test('errors in the log of the delegate are masked', () => {
  const mask = new Mask();
  mask.add('hunter22');
  const error = Object.assign(new Error('no hunter22', { cause: new Error('hunter22?') }), { code: 'E_hunter22' });
  expect(JSON.stringify(hideError(error, mask))).not.toContain('hunter22');
  expect(JSON.stringify(hideError('hunter22', mask))).toBe('"********"');
});

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
