/**
 * SSH hosts: each is connected to, and signed in to where the connector says as whom (`sshKeyRef`).
 *
 * A test proves that the login works, not that the host is the right one: a password is sent only where the delegate trusts hosts it
 * does not know yet.
 */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import type { ConnectConfig } from 'ssh2';
import type { StepConnector, StepContext } from '../executor.ts';
import { checkTarget } from '../http/address-guard.ts';
import { describeFailure, findRefusal } from '../http/call-failure.ts';
import { outgoingRules } from '../http/outgoing.ts';
import { secretText } from '../storage/connector-secrets.ts';
import { asObject, listOf, SpecError, textOf, type SpecObject } from '../step-spec.ts';
import { addressOf } from './http-call.ts';
import { TestCancelled, TestFailed } from './test-failed.ts';

const SSH_PORT = 22;
const HOSTS_MAX = 100;
/** A server says this much at once, or is none. */
const GREETING_BYTES_MAX = 8_192;

type Login = Pick<ConnectConfig, 'username' | 'password' | 'privateKey' | 'passphrase'>;

interface Host {
  readonly host: string;
  readonly port: number;
}

export async function testHosts(connector: StepConnector, context: StepContext): Promise<void> {
  const { identifier, spec } = connector;
  const given = spec['sshKey'] === undefined ? undefined : asObject(spec['sshKey'], 'sshKey');
  const login = given === undefined ? undefined : await readLogin(connector, given, context);
  const usual = given === undefined ? SSH_PORT : readPort(given, SSH_PORT);
  const hosts = listOf(spec['hosts'], 'hosts').map((each) => readHost(each, usual));
  if (hosts.length === 0) throw new SpecError(`The connector ${identifier} has no hosts.`);
  if (hosts.length > HOSTS_MAX)
    throw new SpecError(`The connector ${identifier} has more than ${String(HOSTS_MAX)} hosts.`);
  const rules = await outgoingRules(context.host.settings);
  const problems: string[] = [];
  for (const each of hosts) {
    try {
      await checkTarget(addressOf(each.host, each.port), rules, each.host);
      await (login === undefined ? greet(each, context) : signIn(each, login, context));
    } catch (error) {
      if (context.signal.aborted) throw new TestCancelled();
      problems.push(
        `${each.host}:${String(each.port)}: ${(findRefusal(error) ?? { message: describeFailure(error) }).message}`,
      );
    }
  }
  if (problems.length > 0) throw new TestFailed(problems.join('; '), 'CONNECTIVITY');
}

async function readLogin(connector: StepConnector, given: SpecObject, { host }: StepContext): Promise<Login> {
  const username = textOf(given['userName'], 'userName') ?? '';
  const password = secretText(connector, given['passwordRef']);
  if (password !== undefined) {
    if (host.settings.ssh.hostKeys === 'strict') {
      throw new SpecError('This delegate signs in to hosts it knows only, and a test does not tell which those are.');
    }
    return { username, password };
  }
  const path = textOf(given['keyPath'], 'keyPath');
  const privateKey = path === undefined ? secretText(connector, given['keyRef']) : await readFile(path, 'utf8');
  const passphrase = secretText(connector, given['passphraseRef']);
  if (privateKey === undefined) throw new SpecError(`The login of the connector ${connector.identifier} has no key.`);
  return { username, privateKey, ...(passphrase === undefined ? {} : { passphrase }) };
}

function readHost(each: SpecObject, usual: number): Host {
  const host = textOf(each['hostname'], 'hostname') ?? '';
  if (!/^[A-Za-z0-9._:-]+$/.test(host)) throw new SpecError('hosts: a hostname is not the name of a host.');
  return { host, port: readPort(each, usual) };
}

function readPort(each: SpecObject, usual: number): number {
  const port = Number(textOf(each['port'], 'port') ?? usual);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new SpecError('hosts: a port is no number of a port.');
  return port;
}

/** Nobody says as whom to sign in: is there an SSH server at all? */
function greet({ host, port }: Host, { signal, host: { settings } }: StepContext): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host, port, signal });
    let greeting = '';
    socket.setTimeout(settings.ssh.connectTimeoutMs, () => socket.destroy(new Error('it does not answer')));
    socket.on('data', (bytes: Buffer) => {
      greeting += bytes.toString('latin1');
      if (/^SSH-2\.0-/m.test(greeting)) {
        resolve();
        socket.destroy();
      } else if (greeting.length > GREETING_BYTES_MAX) socket.destroy(new Error('there is no SSH server'));
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('there is no SSH server')));
  });
}

async function signIn({ host, port }: Host, login: Login, { signal, host: { settings } }: StepContext): Promise<void> {
  const { default: ssh2 } = await import('ssh2');
  const client = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => reject(new TestCancelled());
    signal.addEventListener('abort', stop, { once: true });
    client.once('ready', resolve);
    client.once('error', (error) => reject(explain(error)));
    client.once('close', () => reject(new Error('the connection was closed')));
    try {
      client.connect({ ...login, host, port, readyTimeout: settings.ssh.connectTimeoutMs });
    } catch (error) {
      // A key that cannot be read, or its passphrase is wrong.
      reject(new Error(`the key cannot be used: ${describeFailure(error)}`));
    }
  }).finally(() => {
    client.end();
    client.destroy();
  });
}

function explain(error: Error & { readonly level?: string }): Error {
  return error.level === 'client-authentication' ? new Error('the host does not accept the user or the key') : error;
}
