/**
 * The spec of an `SSHKey` secret: who signs in, and with what. Itself no secret: keys, passphrases and passwords are references
 * to other secrets.
 */
import type { FieldObjection } from './fields.ts';

export const SSH_PORT = 22;
const PORT_MAX = 65_535;

/** References as written beside the secret. */
export interface SshLogin {
  readonly userName: string;
  readonly port: number;
  readonly with:
    | { readonly kind: 'key'; readonly keyRef: string; readonly passphraseRef?: string }
    /** A file of the delegate's host. */
    | { readonly kind: 'keyPath'; readonly path: string; readonly passphraseRef?: string }
    | { readonly kind: 'password'; readonly passwordRef: string };
}

type Document = Readonly<Record<string, unknown>>;

/** Checks the spec as clients send it; what is stored is what `sshLogin` reads. */
export function readSshSpec(spec: Document): { readonly spec: Document } | FieldObjection {
  const port = spec['port'] ?? SSH_PORT;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > PORT_MAX) {
    return { field: 'secret.spec.port', reason: 'is no port' };
  }
  const auth = map(spec['auth']);
  if (auth['type'] !== 'SSH')
    return { field: 'secret.spec.auth.type', reason: 'must be SSH: Kerberos is not supported' };
  const { credentialType, spec: given } = map(auth['spec']);
  const credential = map(given);
  const field = 'secret.spec.auth.spec.spec';
  const need = (name: string): FieldObjection | undefined =>
    typeof credential[name] === 'string' && credential[name] !== ''
      ? undefined
      : { field: `${field}.${name}`, reason: 'is missing' };
  const needed = NEEDED.get(String(credentialType));
  if (needed === undefined) {
    return { field: 'secret.spec.auth.spec.credentialType', reason: `is none of ${[...NEEDED.keys()].join(', ')}` };
  }
  const missing = needed.map(need).find((each) => each !== undefined);
  if (missing !== undefined) return missing;
  const kept: Record<string, string> = {};
  for (const name of [...needed, 'encryptedPassphrase']) {
    const value = credential[name];
    if (value === undefined || value === null || value === '') continue;
    if (typeof value !== 'string') return { field: `${field}.${name}`, reason: 'is no text' };
    kept[name] = value;
  }
  return { spec: { port, auth: { type: 'SSH', spec: { credentialType, spec: kept } } } };
}

/** `undefined` when the spec was not made by `readSshSpec`. */
export function sshLogin(spec: Document): SshLogin | undefined {
  const { credentialType, spec: given } = map(map(spec['auth'])['spec']);
  const credential = map(given);
  const text = (name: string): string => (typeof credential[name] === 'string' ? credential[name] : '');
  const passphrase = text('encryptedPassphrase');
  const passphraseRef = passphrase === '' ? {} : { passphraseRef: passphrase };
  const port = typeof spec['port'] === 'number' ? spec['port'] : SSH_PORT;
  const who = { userName: text('userName'), port };
  switch (credentialType) {
    case 'KeyReference':
      return { ...who, with: { kind: 'key', keyRef: text('key'), ...passphraseRef } };
    case 'KeyPath':
      return { ...who, with: { kind: 'keyPath', path: text('keyPath'), ...passphraseRef } };
    case 'Password':
      return { ...who, with: { kind: 'password', passwordRef: text('password') } };
    default:
      return undefined;
  }
}

const NEEDED: ReadonlyMap<string, readonly string[]> = new Map([
  ['KeyReference', ['userName', 'key']],
  ['KeyPath', ['userName', 'keyPath']],
  ['Password', ['userName', 'password']],
]);

function map(value: unknown): Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Document) : {};
}
