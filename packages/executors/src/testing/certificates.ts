/** Certificates for tests, made when they are needed: an authority, and what it signs. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

export interface TestCertificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface TestAuthority extends TestCertificate {
  /** @param addresses - IPv4 addresses a server is asked by */
  issue(commonName: string, addresses?: readonly string[]): TestCertificate;
}

export function makeAuthority(commonName = 'Bridle test authority'): TestAuthority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = certificate(commonName, commonName, publicKey, privateKey, [basicConstraints()]);
  return {
    cert: own,
    key: pemKey(privateKey),
    issue: (name, addresses = []) => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const extensions = addresses.length === 0 ? [] : [subjectAlternatives(addresses)];
      return {
        cert: certificate(name, commonName, pair.publicKey, privateKey, extensions),
        key: pemKey(pair.privateKey),
      };
    },
  };
}

function certificate(
  subject: string,
  issuer: string,
  subjectKey: KeyObject,
  signer: KeyObject,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const serial = randomBytes(8);
  serial[0] = 0x40; // positive, and not shorter than it says
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    algorithm,
    commonNameOf(issuer),
    sequence(time('20200101000000Z'), time('21200101000000Z')),
    commonNameOf(subject),
    subjectKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
  );
  const signature = tagged(0x03, Buffer.from([0]), sign('sha256', body, signer));
  const text = sequence(body, algorithm, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${(text.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
}

const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const SUBJECT_ALTERNATIVES = '551d11';

function commonNameOf(name: string): Buffer {
  return sequence(tagged(0x31, sequence(objectId(COMMON_NAME), tagged(0x0c, Buffer.from(name)))));
}

function basicConstraints(): Buffer {
  const yes = tagged(0x01, Buffer.from([0xff]));
  return sequence(objectId(BASIC_CONSTRAINTS), yes, tagged(0x04, sequence(yes)));
}

function subjectAlternatives(addresses: readonly string[]): Buffer {
  const names = addresses.map((address) => tagged(0x87, Buffer.from(address.split('.').map(Number))));
  return sequence(objectId(SUBJECT_ALTERNATIVES), tagged(0x04, sequence(...names)));
}

function time(text: string): Buffer {
  return tagged(0x18, Buffer.from(text));
}

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

/** DER: tag, length, content. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function pemKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
