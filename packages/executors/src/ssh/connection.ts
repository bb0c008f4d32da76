/** One SSH connection: signing in, and running `sh` with a text it reads from its input. No text of a step is ever part of a command. */
import type { Client, ClientChannel, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import type { FailureType } from '@bridle/pipeline';
import { AddressRefused } from '@bridle/outgoing';
import { describeFailure } from '../http/call-failure.ts';
import { openGuardedSocket } from '../http/guarded-socket.ts';
import type { ExecutorSettings } from '../executor.ts';
import { KnownHosts } from './known-hosts.ts';
import type { SshAddress, SshLogin } from './login.ts';

/** A silent connection is lost after so many unanswered questions. */
const KEEPALIVE_MS = 15_000;
const KEEPALIVES_MAX = 4;
/** `exec` also where the user's login shell is not a POSIX one. */
const SHELL_COMMAND = 'exec sh';
/** Key types and the signatures they are used with, best first. */
const SIGNATURES: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** The connection did not come about or broke. The text is for the step's author. */
export class SshFailure extends Error {
  override readonly name = 'SshFailure';
  readonly type: FailureType;

  constructor(message: string, type: FailureType, options?: ErrorOptions) {
    super(message, options);
    this.type = type;
  }
}

export interface SshConnection {
  /** Said once: a host that was not known before. */
  readonly notice: string | undefined;
  /** Starts `sh`; what it is to do is written to the channel, which stays open for more. */
  startShell(): Promise<ClientChannel>;
  /** Runs a text in `sh` and answers with what it writes, up to a limit. */
  ask(text: string, bytesMax: number): Promise<Buffer>;
  close(): void;
}

/** @throws SshFailure, AddressRefused; whatever when `signal` is aborted */
export async function openSsh(
  address: SshAddress,
  login: SshLogin,
  settings: ExecutorSettings,
  signal: AbortSignal,
): Promise<SshConnection> {
  signal.throwIfAborted();
  // Only until we are in: a step that is stopped later still has things to say to its host.
  const connecting = new AbortController();
  const stop = (): void => connecting.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await connect(address, login, settings, connecting.signal);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function connect(
  address: SshAddress,
  login: SshLogin,
  settings: ExecutorSettings,
  signal: AbortSignal,
): Promise<SshConnection> {
  const { default: ssh2 } = await import('ssh2');
  const { host, port } = address;
  const { connectTimeoutMs } = settings.ssh;
  const known = new KnownHosts(settings.ssh);
  const wanted = (await known.typesOf(address)).flatMap((type) => SIGNATURES[type] ?? []);
  const sock = await openGuardedSocket(host, port, settings, connectTimeoutMs, signal).catch((error: unknown) => {
    if (error instanceof AddressRefused) throw error;
    const message = `The host ${host} port ${port} cannot be reached: ${describeFailure(error)}`;
    throw new SshFailure(message, 'CONNECTIVITY', { cause: error });
  });
  const client = new ssh2.Client();
  const door = new Door(known, address);
  const config: ConnectConfig = {
    sock,
    username: login.user,
    ...login.credential,
    tryKeyboard: login.credential.password !== undefined,
    hostVerifier: (key: Buffer, verify: (isGood: boolean) => void) => void door.judge(key).then(verify),
    readyTimeout: connectTimeoutMs,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVES_MAX,
    ...(wanted.length === 0 ? {} : { algorithms: { serverHostKey: [...wanted] } }),
  };
  try {
    await signIn(client, config, login);
  } catch (error) {
    client.destroy();
    sock.destroy();
    throw door.refusal === undefined
      ? describeSignIn(error, address, login)
      : new SshFailure(door.refusal, 'AUTHENTICATION', { cause: error });
  }
  return connectionOf(client, door.notice);
}

/** Keeps what was said of the host's key. */
class Door {
  readonly #known: KnownHosts;
  readonly #address: SshAddress;
  refusal: string | undefined;
  notice: string | undefined;

  constructor(known: KnownHosts, address: SshAddress) {
    this.#known = known;
    this.#address = address;
  }

  async judge(key: Buffer): Promise<boolean> {
    try {
      const verdict = await this.#known.judge(this.#address, key);
      if (verdict.kind === 'refused') this.refusal = verdict.message;
      if (verdict.kind === 'new')
        this.notice = `The host ${this.#address.host} was not known; from now on it is, by its key ${verdict.fingerprint}.`;
    } catch (error) {
      this.refusal = `The file of known hosts cannot be used: ${describeFailure(error)}`;
    }
    return this.refusal === undefined;
  }
}

function signIn(client: Client, config: ConnectConfig, login: SshLogin): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('ready', resolve);
    client.once('close', () => reject(new Error('the host has closed the connection')));
    client.on('error', reject); // also after: a connection that breaks is told by its channels
    // Hosts that ask for the password in a dialogue.
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => String(login.credential.password ?? ''))),
    );
    client.connect(config);
  });
}

function describeSignIn(error: unknown, { host, port }: SshAddress, { user }: SshLogin): SshFailure {
  const level = error instanceof Error && 'level' in error ? String(error.level) : '';
  if (level === 'client-authentication')
    return new SshFailure(`The host ${host} does not let ${user} in with this key or password.`, 'AUTHENTICATION', {
      cause: error,
    });
  return new SshFailure(`No connection to the host ${host} port ${port}: ${describeFailure(error)}`, 'CONNECTIVITY', {
    cause: error,
  });
}

function connectionOf(client: Client, notice: string | undefined): SshConnection {
  const startShell = (): Promise<ClientChannel> =>
    new Promise((resolve, reject) => {
      const lost = (): void => reject(new SshFailure('The connection to the host is lost.', 'CONNECTIVITY'));
      client.once('close', lost);
      try {
        client.exec(SHELL_COMMAND, (error, channel) => {
          client.removeListener('close', lost);
          if (error === undefined) resolve(channel);
          else
            reject(
              new SshFailure(`The host does not start a shell: ${error.message}`, 'CONNECTIVITY', { cause: error }),
            );
        });
      } catch (error) {
        reject(
          new SshFailure(`The connection to the host is lost: ${describeFailure(error)}`, 'CONNECTIVITY', {
            cause: error,
          }),
        );
      }
    });
  return {
    notice,
    startShell,
    async ask(text, bytesMax) {
      const channel = await startShell();
      channel.on('error', () => undefined); // its end tells it
      channel.stderr.resume();
      channel.end(text);
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of channel as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > bytesMax)
          throw new SshFailure('The host answers with more than was asked for.', 'APPLICATION_ERROR');
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
    close: () => void client.end(),
  };
}
