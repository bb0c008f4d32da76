/** A git server over SSH for tests: real keys, a real `git upload-pack`, and nothing else that it would run. */
import { spawn } from 'node:child_process';
import ssh2 from 'ssh2';

export interface GitSshServer {
  readonly port: number;
  /** That it lets in, OpenSSH's format. */
  readonly privateKey: string;
  /** Another one, with a passphrase. */
  readonly lockedKey: string;
  readonly passphrase: string;
  /** A line for a file of known hosts. */
  readonly knownHost: string;
  /** Users that came with a key it does not know. */
  readonly strangers: readonly string[];
  close(): Promise<void>;
}

export async function startGitSshServer(): Promise<GitSshServer> {
  const host = ssh2.utils.generateKeyPairSync('ed25519');
  const user = ssh2.utils.generateKeyPairSync('ed25519');
  const passphrase = "open 'sesame'";
  const locked = ssh2.utils.generateKeyPairSync('ed25519', { passphrase, cipher: 'aes256-ctr', rounds: 16 });
  const allowed = [user.public, locked.public].map((text) => {
    const key = ssh2.utils.parseKey(text);
    if (key instanceof Error) throw key;
    return key;
  });
  const strangers: string[] = [];
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    client.on('error', () => undefined); // it left
    client.on('authentication', (attempt) => {
      if (attempt.method !== 'publickey') return attempt.reject(['publickey']);
      const key = allowed.find((known) => attempt.key.data.equals(known.getPublicSSH()));
      if (key === undefined) strangers.push(attempt.username);
      if (key === undefined) return attempt.reject(['publickey']);
      // Without a signature it is only a question whether the key would do.
      if (attempt.signature === undefined) return attempt.accept();
      const { blob, signature, hashAlgo } = attempt;
      const isSigned = blob !== undefined && key.verify(blob, signature, hashAlgo) === true;
      return isSigned ? attempt.accept() : attempt.reject();
    });
    client.on('session', (accept) => {
      const session = accept();
      let protocol = '';
      session.on('env', (acceptEnv, _reject, info) => {
        if (info.key === 'GIT_PROTOCOL') protocol = info.val;
        acceptEnv?.();
      });
      session.on('exec', (acceptExec, reject, info) => {
        const path = /^git-upload-pack '([^']+)'$/.exec(info.command)?.[1];
        if (path === undefined) return reject();
        const channel = acceptExec();
        const git = spawn('git', ['-c', 'safe.directory=*', 'upload-pack', path], {
          env: { PATH: process.env['PATH'] ?? '', GIT_PROTOCOL: protocol },
        });
        channel.pipe(git.stdin);
        git.stdin.on('error', () => undefined);
        git.stdout.pipe(channel, { end: false });
        git.stderr.pipe(channel.stderr, { end: false });
        git.on('close', (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the SSH server has no port');
  const { port } = address;
  return {
    port,
    privateKey: user.private,
    lockedKey: locked.private,
    passphrase,
    knownHost: `[127.0.0.1]:${port} ${host.public}`,
    strangers,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
