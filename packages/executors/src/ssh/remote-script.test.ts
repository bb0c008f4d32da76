/** `ShellScript` on another host, against OpenSSH's own server. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type ExecutorSettings, type StepConnector } from '../executor.ts';
import { findSshd, startSshd, type Sshd } from '../testing/sshd.ts';
import { isAlive, openStage, type Stage, type StepStart } from '../testing/stage.ts';

const program = findSshd();
const isShown = program !== undefined || process.env['CI'] === 'true';
if (!isShown) process.stderr.write('not shown, there is no sshd on this host: ShellScript on a remote host\n');

function key(
  privateKey: string,
  more: Readonly<Record<string, unknown>>,
  secrets: Readonly<Record<string, string>> = {},
): StepConnector {
  const plain = Object.entries({ 'account.key': privateKey, ...secrets });
  return {
    identifier: 'deploy_key',
    type: 'SSHKey',
    spec: { keyRef: 'account.key', ...more },
    secrets: new Map(plain.map(([name, text]) => [name, Buffer.from(text)])),
  };
}

describe.runIf(isShown)('ShellScript on another host', { timeout: 60_000 }, () => {
  let sshd: Sshd;
  let stage: Stage;
  let home: string;
  beforeAll(async () => {
    if (program === undefined) throw new Error('there is no sshd on this host');
    sshd = await startSshd(program);
  });
  afterAll(() => sshd.close());
  beforeEach(async () => {
    stage = await openStage();
    home = await mkdtemp(join(tmpdir(), 'home-of-delegate-'));
  });
  afterEach(async () => {
    await stage.close();
    await rm(home, { recursive: true });
  });

  function run(
    script: string,
    more: Readonly<Record<string, unknown>> = {},
    options: {
      readonly target?: Readonly<Record<string, unknown>>;
      readonly connector?: StepConnector;
      readonly environment?: Readonly<Record<string, string>>;
      readonly settings?: Partial<ExecutorSettings>;
    } = {},
  ): StepStart {
    const spec = {
      shell: 'Bash',
      source: { type: 'Inline', spec: { script } },
      onDelegate: false,
      executionTarget: { host: `127.0.0.1:${sshd.port}`, connectorRef: 'deploy_key', ...options.target },
      ...more,
    };
    return stage.start('ShellScript', spec, {
      workspaceKey: 'one',
      environment: options.environment ?? {},
      step: { connectors: { deploy_key: options.connector ?? key(sshd.userKey, { userName: sshd.user }) } },
      settings: {
        ssh: { ...DEFAULT_SETTINGS.ssh, knownHostsFile: join(home, 'known_hosts') },
        ...options.settings,
      },
    });
  }

  test('runs there, with its variables, and its outputs come back', async () => {
    const { result, log } = run(
      `echo "on $SSH_CONNECTION"; echo err >&2
       echo "$GREETING"; pwd; echo "A=1" >>"$HARNESS_OUTPUT_FILE"
       multi='one
two  '"'"' "three" $x'
       TOKEN=abc`,
      {
        environmentVariables: [
          { name: 'GREETING', type: 'String', value: `it's "quoted" $HOME \`id\` \\ é\nsecond line` },
        ],
        outputVariables: [
          { name: 'text', type: 'String', value: 'multi' },
          { name: 'token', type: 'Secret', value: 'TOKEN' },
          { name: 'none', type: 'String', value: 'UNSET_VARIABLE' },
        ],
      },
      { environment: { OTHER: 'o' } },
    );
    expect(await result).toEqual({
      kind: 'succeeded',
      exitCode: 0,
      outputs: { outputVariables: { A: '1', text: `one\ntwo  ' "three" $x`, token: 'abc' } },
      secretOutputs: ['token'],
    });
    expect(log.text).toMatch(
      /^Executing step step1 on 127\.0\.0\.1 port \d+ as \w+\nThe host 127\.0\.0\.1 was not known; .*SHA256:/,
    );
    expect(log.text).toContain('on 127.0.0.1 ');
    expect(log.text).toContain(`err\nit's "quoted" $HOME \`id\` \\ é\nsecond line\n`);
    expect(log.text).toMatch(/\/bridle\.\w{10}\/work\n/);
    expect(log.text).toMatch(/Execution ended with exit code 0\n$/);
    expect(readdirSync(sshd.temp)).toEqual([]);
  });

  test('a second step knows the host', async () => {
    await run('true').result;
    const { result, log } = run('true');
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(log.text).not.toContain('not known');
    expect(await readFile(join(home, 'known_hosts'))).toBe(`[127.0.0.1]:${sshd.port} ${sshd.hostKey}\n`);
  });

  test.each([
    ['exit 7', 7, 'The script ended with exit code 7.'],
    ['kill -KILL $$', 137, 'exit code 137'],
    ['false', 1, 'exit code 1'],
    ['no-such-program', 127, 'exit code 127'],
  ])('%s fails with its code', async (script, exitCode, words) => {
    expect(await run(script).result).toMatchObject({
      kind: 'failed',
      exitCode,
      failure: { types: ['APPLICATION_ERROR'], message: expect.stringContaining(words) },
    });
  });

  test('an early exit 0 succeeds without outputs', async () => {
    const outputVariables = [{ name: 'x', type: 'String', value: 'X' }];
    expect(await run('X=1; exit 0', { outputVariables }).result).toMatchObject({
      kind: 'succeeded',
      outputs: { outputVariables: {} },
    });
  });

  test('Python and Sh run too; what is not there is said', async () => {
    const outputVariables = [{ name: 'sum', type: 'String', value: 'total' }];
    expect(await run('total = 1 + 1\nprint("py")', { shell: 'Python', outputVariables }).result).toMatchObject({
      outputs: { outputVariables: { sum: '2' } },
    });
    expect(await run('total=3', { shell: 'Sh', outputVariables }).result).toMatchObject({
      outputs: { outputVariables: { sum: '3' } },
    });
    const missing = run('1', { shell: 'Pwsh' });
    const result = await missing.result;
    if (result.kind === 'failed') expect(result.failure.message).toContain('was not found on the host');
  });

  test('in the working directory of the target, or not at all', async () => {
    const { result, log } = run('pwd; echo x >made', {}, { target: { workingDirectory: home } });
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(log.text).toContain(`\n${home}\n`);
    expect(await readdir(home)).toContain('made');
    const lost = run('pwd', {}, { target: { workingDirectory: '/no/such place' } });
    expect(await lost.result).toMatchObject({ kind: 'failed', exitCode: 126 });
    expect(lost.log.text).toContain('The working directory /no/such place does not exist');
  });

  test('all of a large output arrives in order', async () => {
    const { result, log } = run(
      'i=0; while [ $i -lt 40000 ]; do echo "line $i"; [ $((i % 1000)) -eq 0 ] && echo "error $i" >&2; i=$((i+1)); done',
    );
    expect(await result).toMatchObject({ kind: 'succeeded' });
    const expected = Array.from(
      { length: 40_000 },
      (_, index) => `line ${index}\n${index % 1_000 === 0 ? `error ${index}\n` : ''}`,
    ).join('');
    expect(log.text.includes(expected)).toBe(true);
  });

  test('binary output is not changed', async () => {
    const { result, log } = run(`printf '\\000\\377\\033[31m\\r\\n'; head -c 100000 /dev/zero`);
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(
      log.bytes.includes(Buffer.concat([Buffer.from([0, 255]), Buffer.from('\u{1b}[31m\r\n'), Buffer.alloc(100_000)])),
    ).toBe(true);
  });

  test('nothing of the step shows in a process list (S8)', async () => {
    const secret = 'N0tInArgv';
    const { result } = run(
      `# ${secret}
for entry in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <"$entry" 2>/dev/null; done >"$HARNESS_OUTPUT_FILE.list"
grep -c ${secret.slice(0, 4)}'InArgv' "$HARNESS_OUTPUT_FILE.list" | grep -qx 0`,
      { environmentVariables: [{ name: 'TOKEN', type: 'Secret', value: secret }] },
    );
    expect(await result).toMatchObject({ kind: 'succeeded' });
  });

  test('the files of the step are for its user only', async () => {
    const { result, log } = run(
      'd=$(dirname "$HARNESS_OUTPUT_FILE"); echo x >"$d/work/own"; stat -c "%a" "$d" "$d"/*; stat -c "%a" "$d/work/own"',
    );
    expect(await result).toMatchObject({ kind: 'succeeded' });
    const modes = (/(?:^\d{3}\n)+/m.exec(log.text)?.[0] ?? '').trim().split('\n');
    // What the script makes itself is as the host's user has it.
    expect(modes.pop()).toBe('644');
    expect([...new Set(modes)].toSorted()).toEqual(['600', '700']);
  });

  test('nothing of the delegate’s own environment goes over', async () => {
    process.env['LC_BRIDLE_TEST'] = 'leaked';
    const { result, log } = run('env');
    expect(await result).toMatchObject({ kind: 'succeeded' });
    delete process.env['LC_BRIDLE_TEST'];
    expect(log.text).not.toContain('leaked');
  });

  test('names that no shell can set are left out and said', async () => {
    const { result, log } = run('echo "[$A]"', {}, { environment: { 'a.b': '1', UID: '5', A: 'a' } });
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(log.text).toContain('The variable a.b is left out');
    expect(log.text).toContain('The variable UID is left out');
    expect(log.text).toContain('[a]\n');
  });

  test('a stopped step gets SIGTERM and may end itself', async () => {
    const { result, log, cancel } = run(`trap 'echo bye; exit 0' TERM; echo "pid $$"; while :; do sleep 0.05; done`);
    const [, pid] = await log.until(/pid (\d+)/);
    cancel();
    expect(await result).toEqual({ kind: 'cancelled' });
    expect(log.text).toContain('bye\n');
    expect(isAlive(Number(pid))).toBe(false);
    expect(readdirSync(sshd.temp)).toEqual([]);
  });

  test('what does not listen is killed, with its children and those that left the group', async () => {
    const { result, log, cancel } = run(
      `trap '' TERM; sleep 1000 & echo "child $!"; setsid sh -c 'echo "stray $$"; exec sleep 1000' & echo "pid $$"; while :; do sleep 1; done`,
      {},
      { settings: { killGraceMs: 300, ssh: { ...DEFAULT_SETTINGS.ssh, knownHostsFile: join(home, 'known_hosts') } } },
    );
    const found = await Promise.all(
      [/^pid (\d+)\n/m, /^child (\d+)\n/m, /^stray (\d+)\n/m].map((line) => log.until(line)),
    );
    const pids = found.map(([, pid]) => Number(pid));
    cancel();
    expect(await result).toEqual({ kind: 'cancelled' });
    expect(pids.map(isAlive)).toEqual([false, false, false]);
  });

  test('a secret output that was never set fails the step, as it does here', async () => {
    const secret = { outputVariables: [{ name: 'T', type: 'Secret', value: 'token' }] };
    const failure = { message: expect.stringContaining('is empty') };
    expect(await run('true', secret).result).toMatchObject({ kind: 'failed', failure });
    expect(await run('exit 0', secret).result).toMatchObject({ kind: 'succeeded' });
    const outputs = { outputVariables: { T: 'abcdefgh' } };
    expect(await run('token=abcdefgh', secret).result).toMatchObject({ outputs });
  });

  test('what a script leaves running does not hold the step, and is ended with it', async () => {
    const { result, log } = run('sleep 1000 & echo "child $!"');
    expect(await result).toMatchObject({ kind: 'succeeded' });
    expect(isAlive(Number(/child (\d+)/.exec(log.text)?.[1]))).toBe(false);
  });

  test('a host that loses us ends the step by itself', async () => {
    const own = await startSshd(program ?? '');
    const { result, log } = run(
      `echo "pid $$"; while :; do sleep 0.05; done`,
      {},
      {
        target: { host: `127.0.0.1:${own.port}` },
        connector: key(own.userKey, { userName: own.user }),
        settings: { killGraceMs: 100, ssh: { ...DEFAULT_SETTINGS.ssh, knownHostsFile: join(home, 'known_hosts') } },
      },
    );
    const [, pid] = await log.until(/pid (\d+)/);
    // The server's process for this very connection: it takes the connection with it.
    const session = sessionOf(Number(pid));
    process.kill(session, 'SIGKILL');
    expect(await result).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'], message: expect.stringContaining('lost') },
    });
    await expect.poll(() => isAlive(Number(pid)), { timeout: 10_000 }).toBe(false);
    await own.close();
  });

  test('a key the host does not know is an authentication failure', async () => {
    const stranger = ssh2.utils.generateKeyPairSync('ed25519');
    const { result, log } = run('true', {}, { connector: key(stranger.private, { userName: sshd.user }) });
    expect(await result).toMatchObject({
      kind: 'failed',
      failure: { types: ['AUTHENTICATION'], message: expect.stringContaining('does not let') },
    });
    expect(log.text).not.toContain('PRIVATE KEY');
  });

  test('keys with a passphrase, and in a file of the delegate', async () => {
    const path = join(home, 'id');
    await writeFile(path, sshd.lockedKey, { mode: 0o600 });
    const secrets = { 'account.pass': sshd.passphrase, 'account.wrong': 'nonsense' };
    const withPass = (passphraseRef: string): StepConnector =>
      key(sshd.lockedKey, { userName: sshd.user, passphraseRef }, secrets);
    expect(await run('true', {}, { connector: withPass('account.pass') }).result).toMatchObject({ kind: 'succeeded' });
    expect(await run('true', {}, { connector: withPass('account.wrong') }).result).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining('cannot be used') },
    });
    const inFile = {
      identifier: 'k',
      type: 'SSHKey',
      spec: { userName: sshd.user, keyPath: path, passphraseRef: 'account.pass' },
      secrets: new Map([['account.pass', Buffer.from(sshd.passphrase)]]),
    };
    expect(await run('true', {}, { connector: inFile }).result).toMatchObject({ kind: 'succeeded' });
    const hosts = { ...inFile, type: 'PhysicalDataCenter', spec: { hosts: [], sshKey: inFile.spec } };
    expect(await run('true', {}, { connector: hosts }).result).toMatchObject({ kind: 'succeeded' });
  });

  test('a host with another key than the known one is refused before anything is sent', async () => {
    const other = ssh2.utils.generateKeyPairSync('ed25519');
    const known = `[127.0.0.1]:${sshd.port} ${other.public.split(' ').slice(0, 2).join(' ')}\n`;
    await writeFile(join(home, 'known_hosts'), known);
    expect(await run('true').result).toMatchObject({
      kind: 'failed',
      failure: {
        types: ['AUTHENTICATION'],
        message: expect.stringContaining('another key than the one it is known by'),
      },
    });
    expect(await readFile(join(home, 'known_hosts'))).toBe(known);
  });

  test('strict: an unknown host is refused', async () => {
    const ssh = { ...DEFAULT_SETTINGS.ssh, knownHostsFile: join(home, 'none'), hostKeys: 'strict' as const };
    expect(await run('true', {}, { settings: { ssh } }).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['AUTHENTICATION'], message: expect.stringContaining('known hosts only') },
    });
    expect(existsSync(join(home, 'none'))).toBe(false);
  });

  test('nobody there, and addresses a step may not reach', async () => {
    expect(await run('true', {}, { target: { host: '127.0.0.1:1' } }).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['CONNECTIVITY'] },
    });
    expect(await run('true', {}, { target: { host: '169.254.169.254' } }).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['AUTHORIZATION_ERROR'] },
    });
  });

  test.each([
    ['no host', { host: '' }, 'needs executionTarget.host'],
    ['no key', { connectorRef: '' }, 'needs a connectorRef'],
    ['another key', { connectorRef: 'other' }, 'was not given'],
    ['a host that is none', { host: 'a b' }, 'is not a host'],
  ])('%s is refused in words', async (_name, target, words) => {
    expect(await run('true', {}, { target }).result).toMatchObject({
      kind: 'failed',
      failure: { types: ['APPLICATION_ERROR'], message: expect.stringContaining(words) },
    });
  });
});

async function readFile(path: string): Promise<string> {
  return readFileSync(path, 'utf8');
}

/** The process of sshd that serves the session a process belongs to: its nearest ancestor of that name. */
function sessionOf(pid: number): number {
  for (let current = pid; current > 1;) {
    const stat = readFileSync(`/proc/${current}/stat`, 'latin1');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    if (name.startsWith('sshd')) return current;
    current = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
  throw new Error(`${pid} is of no session of sshd`);
}

/** A password, which the test's own sshd could only check against this host's users. */
describe('passwords', () => {
  test.each(['password', 'keyboard-interactive'] as const)('are sent by %s', async (method) => {
    const host = ssh2.utils.generateKeyPairSync('ed25519');
    const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (attempt) => {
        if (attempt.method === 'password' && method === 'password') {
          return attempt.password === 's3cret' ? attempt.accept() : attempt.reject();
        }
        if (attempt.method === 'keyboard-interactive' && method === 'keyboard-interactive') {
          return attempt.prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
            answers[0] === 's3cret' ? attempt.accept() : attempt.reject(),
          );
        }
        return attempt.reject([method]);
      });
      client.on('session', (accept) => {
        accept().on('exec', (acceptExec, _reject, { command }) => {
          const channel = acceptExec();
          const shell = spawn('/bin/sh', ['-c', command], { detached: true });
          channel.pipe(shell.stdin);
          shell.stdin.on('error', () => undefined);
          shell.stdout.pipe(channel, { end: false });
          shell.on('close', (code) => {
            channel.exit(code ?? 1);
            channel.end();
          });
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const stage = await openStage();
    const home = await mkdtemp(join(tmpdir(), 'home-of-delegate-'));
    const login = (password: string): StepConnector => ({
      identifier: 'login',
      type: 'SSHKey',
      spec: { userName: 'me', port, passwordRef: 'p' },
      secrets: new Map([['p', Buffer.from(password)]]),
    });
    const run = (password: string): StepStart =>
      stage.start(
        'ShellScript',
        {
          shell: 'Sh',
          source: { type: 'Inline', spec: { script: 'echo in' } },
          onDelegate: false,
          executionTarget: { host: '127.0.0.1', connectorRef: 'login' },
        },
        {
          workspaceKey: 'one',
          step: { connectors: { login: login(password) } },
          settings: { ssh: { ...DEFAULT_SETTINGS.ssh, knownHostsFile: join(home, 'k') } },
        },
      );
    const good = run('s3cret');
    expect(await good.result).toMatchObject({ kind: 'succeeded' });
    expect(good.log.text).toContain('\nin\n');
    const bad = run('wr0ng');
    expect(await bad.result).toMatchObject({ kind: 'failed', failure: { types: ['AUTHENTICATION'] } });
    expect(bad.log.text).not.toContain('wr0ng');
    await stage.close();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
    await rm(home, { recursive: true });
  });
});
