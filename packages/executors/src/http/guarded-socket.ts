/** A connection to a server of another protocol than HTTP (mail, SSH), guarded like requests: never to link-local, metadata or Bridle itself. */
import { connect, isIP, type Socket } from 'node:net';
import { AddressRefused, findAddressProblem, guardedLookup } from '@bridle/outgoing';
import { outgoingRules, type OutgoingSettings } from './outgoing.ts';

/** The server did not answer in time. */
export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout';
  readonly code = 'ETIMEDOUT';
}

/**
 * Connects; whoever asked destroys the socket, which an abort does too. The setting about private ranges is for HTTP only: mail servers
 * and deployment targets mostly lie in them.
 * @throws AddressRefused
 */
export async function openGuardedSocket(
  host: string,
  port: number,
  settings: OutgoingSettings,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  const rules = { ...(await outgoingRules(settings)), isPrivateNetworkAllowed: true };
  const problem = isIP(host) === 0 ? undefined : findAddressProblem(host, port, host, rules);
  if (problem !== undefined) throw new AddressRefused(problem);
  signal.throwIfAborted();
  const socket = connect({ host, port, lookup: guardedLookup(rules, host, port) });
  const stop = (): void => void socket.destroy(new Error('stopped'));
  signal.addEventListener('abort', stop, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', stop));
  const timer = setTimeout(
    () => socket.destroy(new ConnectTimeout(`${host} port ${port} did not answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
  } finally {
    clearTimeout(timer);
  }
  socket.setNoDelay(true);
  return socket;
}
