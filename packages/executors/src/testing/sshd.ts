/** OpenSSH's own server for tests: a child of the test, with a private configuration, that lets this user in by one key. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';

export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** OpenSSH's format, without a passphrase. */
  readonly userKey: string;
  /** Another one, with a passphrase. */
  readonly lockedKey: string;
  readonly passphrase: string;
  /** `type base64` of the host. */
  readonly hostKey: string;
  /** What is `TMPDIR` to those who sign in. */
  readonly temp: string;
  close(): Promise<void>;
}

const PLACES = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/libexec/sshd', '/opt/homebrew/sbin/sshd'];

/** Where this host has one. */
export function findSshd(): string | undefined {
  return PLACES.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export async function startSshd(program: string): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'bridle-sshd-'));
  const host = ssh2.utils.generateKeyPairSync('ed25519');
  const client = ssh2.utils.generateKeyPairSync('ed25519');
  const passphrase = 'open sesame';
  const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 1 });
  const files = {
    host: join(folder, 'host_key'),
    keys: join(folder, 'authorized_keys'),
    config: join(folder, 'config'),
  };
  writeFileSync(files.host, host.private, { mode: 0o600 });
  writeFileSync(files.keys, `${client.public}\n${locked.public}\n`, { mode: 0o600 });
  const temp = join(folder, 'temp');
  mkdirSync(temp);
  const port = await freePort();
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${files.host}`,
    `AuthorizedKeysFile ${files.keys}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    `SetEnv TMPDIR=${temp}`,
  ];
  writeFileSync(files.config, `${lines.join('\n')}\n`);
  // What distributions make at boot.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const check = spawnSync(program, ['-t', '-f', files.config], { encoding: 'utf8' });
  if (check.status !== 0) throw new Error(`sshd does not start: ${check.stderr}`);
  const child = spawn(program, ['-D', '-e', '-f', files.config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Server listening')) resolve();
    });
    child.once('exit', () => reject(new Error(`sshd has ended: ${said}`)));
  });
  return {
    port,
    user: userInfo().username,
    userKey: client.private,
    lockedKey: locked.private,
    passphrase,
    hostKey: host.public.split(' ').slice(0, 2).join(' '),
    temp,
    close: async () => {
      child.kill();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
