/**
 * Whether an answer to this delegate may hold plaintext of secrets (K1): it comes by TLS (ours, or that of a trusted proxy), or
 * never leaves this machine, or a setting allows plain HTTP.
 */
import type { FastifyRequest } from 'fastify';
import type { DelegateChannel } from '../dispatch/task-dresser.ts';

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;
const OF_PROXIES = ['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'via'] as const;

export function channelOf(
  { protocol, ip, socket, headers }: Pick<FastifyRequest, 'protocol' | 'ip' | 'socket' | 'headers'>,
  isPlainHttpAllowed: boolean,
): DelegateChannel {
  if (isPlainHttpAllowed || protocol === 'https') return { isPrivate: true };
  // A proxy on this machine that nobody told us to trust may stand for a delegate anywhere: then nothing is known of its way.
  const isUntrustedProxy =
    ip === socket.remoteAddress && OF_PROXIES.some((name) => headers[name] !== undefined && headers[name] !== '');
  return { isPrivate: LOOPBACK.test(ip) && !isUntrustedProxy };
}
