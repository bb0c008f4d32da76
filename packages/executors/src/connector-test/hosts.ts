/** SSH hosts: each is connected to, and signed in to where the connector says as whom (`sshKeyRef`), as steps on hosts do it. */
import type { StepConnector, StepContext } from '../executor.ts';
import { describeFailure, findRefusal } from '../http/call-failure.ts';
import { openGuardedSocket } from '../http/guarded-socket.ts';
import { openSsh } from '../ssh/connection.ts';
import { findSshLogin, type SshAddress } from '../ssh/login.ts';
import { listOf, SpecError, textOf, type SpecObject } from '../step-spec.ts';
import { TestCancelled, TestFailed } from './test-failed.ts';

const SSH_PORT = 22;
const PORT_MAX = 65_535;
const HOSTS_MAX = 100;
/** A server says this much at once, or is none. */
const GREETING_BYTES_MAX = 8_192;

export async function testHosts(connector: StepConnector, context: StepContext): Promise<void> {
  const { identifier, spec } = connector;
  const login = spec['sshKey'] === undefined ? undefined : await findSshLogin(identifier, { [identifier]: connector });
  const hosts = listOf(spec['hosts'], 'hosts').map((each) => readHost(each, login?.port ?? SSH_PORT));
  if (hosts.length === 0) throw new SpecError(`The connector ${identifier} has no hosts.`);
  if (hosts.length > HOSTS_MAX)
    throw new SpecError(`The connector ${identifier} has more than ${String(HOSTS_MAX)} hosts.`);
  const problems: string[] = [];
  for (const address of hosts) {
    try {
      if (login === undefined) await greet(address, context);
      else (await openSsh(address, login, context.host.settings, context.signal)).close();
    } catch (error) {
      if (context.signal.aborted) throw new TestCancelled();
      problems.push(findRefusal(error)?.message ?? describeFailure(error));
    }
  }
  if (problems.length > 0) throw new TestFailed(problems.join(' '), 'CONNECTIVITY');
}

function readHost(each: SpecObject, usual: number): SshAddress {
  const host = textOf(each['hostname'], 'hostname') ?? '';
  if (!/^[A-Za-z0-9._:-]+$/.test(host)) throw new SpecError('hosts: a hostname is not the name of a host.');
  const port = Number(textOf(each['port'], 'port') ?? usual);
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) throw new SpecError('hosts: a port is no port.');
  return { host, port };
}

/** Nobody says as whom to sign in: is there an SSH server at all? */
async function greet({ host, port }: SshAddress, { signal, host: { settings } }: StepContext): Promise<void> {
  const { connectTimeoutMs } = settings.ssh;
  const where = `The host ${host} port ${String(port)}`;
  const socket = await openGuardedSocket(host, port, settings, connectTimeoutMs, signal).catch((error: unknown) => {
    if (findRefusal(error) !== undefined || signal.aborted) throw error;
    throw new Error(`${where} cannot be reached: ${describeFailure(error)}`);
  });
  try {
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error(`${where} does not greet.`)));
    let greeting = '';
    for await (const bytes of socket as AsyncIterable<Buffer>) {
      greeting += bytes.toString('latin1');
      if (/^SSH-2\.0-/m.test(greeting)) return;
      if (greeting.length > GREETING_BYTES_MAX) break;
    }
    throw new Error(`${where} is no SSH server.`);
  } finally {
    socket.destroy();
  }
}
