/**
 * Keys of hosts, in OpenSSH's file format: names plain, with wildcards or hashed, `[host]:port` for other ports than 22, `@revoked`.
 *
 * - H1 A host that is known by another key is refused, always: somebody may be in between.
 * - H2 A host that is not known is noted when new ones are accepted, and refused otherwise.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SshSettings } from '../executor.ts';
import type { SshAddress } from './login.ts';

const SSH_PORT = 22;

interface KnownKey {
  readonly type: string;
  readonly key: Buffer;
  readonly isRevoked: boolean;
}

export type HostVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'new'; readonly fingerprint: string }
  /** The text says what to do. */
  | { readonly kind: 'refused'; readonly message: string };

export class KnownHosts {
  readonly #file: string;
  readonly #areNewAccepted: boolean;

  constructor({ knownHostsFile, hostKeys }: SshSettings) {
    this.#file = knownHostsFile ?? join(homedir(), '.ssh', 'known_hosts');
    this.#areNewAccepted = hostKeys === 'acceptNew';
  }

  /** Kinds of keys the host is known by: it is asked for one of these. */
  async typesOf(address: SshAddress): Promise<readonly string[]> {
    const known = await this.#keysOf(address);
    return [...new Set(known.filter(({ isRevoked }) => !isRevoked).map(({ type }) => type))];
  }

  /** @param key - as the host has sent it */
  async judge(address: SshAddress, key: Buffer): Promise<HostVerdict> {
    const known = await this.#keysOf(address);
    const shown = `${nameOf(address)} (${typeOfKey(key)} ${fingerprintOf(key)})`;
    const same = known.filter((each) => each.key.equals(key));
    if (same.some(({ isRevoked }) => isRevoked))
      return { kind: 'refused', message: `The key of the host ${shown} is revoked in ${this.#file}.` };
    if (same.length > 0) return { kind: 'known' };
    const others = known.filter(({ isRevoked }) => !isRevoked);
    if (others.length > 0) {
      const message = `The host ${shown} has another key than the one it is known by (${others.map((each) => `${each.type} ${fingerprintOf(each.key)}`).join(', ')}): it is another host, or somebody is in between. If its key was changed, take the old one out of ${this.#file} on the delegate.`;
      return { kind: 'refused', message };
    }
    if (!this.#areNewAccepted) {
      const message = `The host ${shown} is not known. This delegate signs in to known hosts only: add its key to ${this.#file}.`;
      return { kind: 'refused', message };
    }
    await this.#add(address, key);
    return { kind: 'new', fingerprint: fingerprintOf(key) };
  }

  async #add(address: SshAddress, key: Buffer): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const text = await this.#read();
    // A file edited by hand may end within a line.
    const start = text === '' || text.endsWith('\n') ? '' : '\n';
    await appendFile(this.#file, `${start}${nameOf(address)} ${typeOfKey(key)} ${key.toString('base64')}\n`, {
      mode: 0o600,
    });
  }

  async #keysOf(address: SshAddress): Promise<readonly KnownKey[]> {
    const text = await this.#read();
    return text.split('\n').flatMap((line) => readLine(line.trim(), nameOf(address)) ?? []);
  }

  async #read(): Promise<string> {
    return readFile(this.#file, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    });
  }
}

function readLine(line: string, name: string): KnownKey | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  const words = line.split(/\s+/);
  const marker = line.startsWith('@') ? words.shift() : undefined;
  // Certificates of hosts are not understood: such a line says nothing.
  if (marker !== undefined && marker !== '@revoked') return undefined;
  const [patterns = '', type = '', key = ''] = words;
  if (!matches(patterns, name)) return undefined;
  return { type, key: Buffer.from(key, 'base64'), isRevoked: marker === '@revoked' };
}

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) return matchesHash(patterns, name);
  let isMatch = false;
  for (const pattern of patterns.split(',')) {
    if (!matchesPattern(pattern.replace(/^!/, ''), name)) continue;
    if (pattern.startsWith('!')) return false;
    isMatch = true;
  }
  return isMatch;
}

function matchesPattern(pattern: string, name: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern.toLowerCase() === name;
  const source = pattern
    .toLowerCase()
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}

/** `|1|salt|HMAC-SHA1 of the name` */
function matchesHash(text: string, name: string): boolean {
  const [salt = '', hash = ''] = text.slice(3).split('|');
  const wanted = Buffer.from(hash, 'base64');
  const found = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

function nameOf({ host, port }: SshAddress): string {
  const name = host.toLowerCase();
  return port === SSH_PORT ? name : `[${name}]:${port}`;
}

/** The first text of a key's own form. */
function typeOfKey(key: Buffer): string {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return key.toString('latin1', 4, Math.min(4 + length, key.length));
}

function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
