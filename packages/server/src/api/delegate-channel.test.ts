/** S4, K1: plaintext goes where nobody else reads it. */
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { channelOf } from './delegate-channel.ts';

interface Way {
  readonly protocol?: 'http' | 'https';
  /** As found, `x-forwarded-for` considered where the proxy is trusted. */
  readonly ip: string;
  readonly peer?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function isPrivate({ protocol = 'http', ip, peer = ip, headers = {} }: Way, isPlainHttpAllowed = false): boolean {
  const socket = { remoteAddress: peer } as FastifyRequest['socket'];
  return channelOf({ protocol, ip, socket, headers }, isPlainHttpAllowed).isPrivate;
}

describe('the way to a delegate', () => {
  it.each<[string, Way, boolean]>([
    ['plain HTTP on this machine', { ip: '127.0.0.1' }, true],
    ['the same over IPv6', { ip: '::1' }, true],
    ['the same on a socket of both', { ip: '::ffff:127.0.0.1' }, true],
    ['plain HTTP from elsewhere', { ip: '10.0.0.7' }, false],
    ['an address that only begins alike', { ip: '127.0.0.1.example' }, false],
    ['TLS from elsewhere', { ip: '10.0.0.7', protocol: 'https' }, true],
    ['a proxy here that is not trusted', { ip: '127.0.0.1', headers: { 'x-forwarded-for': '10.0.0.7' } }, false],
    ['the same, which says it speaks TLS', { ip: '127.0.0.1', headers: { 'x-forwarded-proto': 'https' } }, false],
    ['a trusted proxy here, its client elsewhere', { ip: '10.0.0.7', peer: '127.0.0.1' }, false],
    [
      'a trusted proxy here, its client here too',
      { ip: '127.0.0.2', peer: '127.0.0.1', headers: { 'x-forwarded-for': '127.0.0.2' } },
      true,
    ],
  ])('%s', (_what, way, expected) => {
    expect(isPrivate(way)).toBe(expected);
    expect(isPrivate(way, true)).toBe(true);
  });
});
