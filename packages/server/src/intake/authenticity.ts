/**
 * Who sent a webhook, as far as a shared secret can tell (quality S1). Signatures are made over the bytes of the body as they came
 * and compared in constant time. GitLab sends the secret itself: it is kept as a salted hash until the event has been processed,
 * and never among the event's headers.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** GitHub, custom callers, and Bitbucket: `sha256=<hex>`. */
const SIGNATURE_HEADERS = ['x-hub-signature-256', 'x-hub-signature'] as const;
/** The header in which a sender gives the secret itself. */
export const SENDER_TOKEN_HEADER = 'x-gitlab-token';

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;
const SALT_BYTES = 16;

export interface SentRequest {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came. */
  readonly payload: Buffer;
  readonly senderTokenHash?: string;
}

/** The signature a request carries, in lower case hexadecimal digits. */
export function signatureIn(headers: Readonly<Record<string, string>>): string | undefined {
  for (const name of SIGNATURE_HEADERS) {
    const found = SIGNATURE.exec(headers[name]?.trim() ?? '')?.[1];
    if (found !== undefined) return found.toLowerCase();
  }
  return undefined;
}

export function isAuthentic(request: SentRequest, secret: Buffer): boolean {
  const signature = signatureIn(request.headers);
  if (signature !== undefined) {
    const expected = createHmac('sha256', secret).update(request.payload).digest();
    return timingSafeEqual(Buffer.from(signature, 'hex'), expected);
  }
  return request.senderTokenHash !== undefined && isSenderToken(request.senderTokenHash, secret);
}

export function hashSenderToken(token: string): string {
  const salt = randomBytes(SALT_BYTES).toString('hex');
  return `${salt}:${digest(salt, Buffer.from(token)).toString('hex')}`;
}

function isSenderToken(hash: string, secret: Buffer): boolean {
  const [salt = '', hex = ''] = hash.split(':');
  const kept = Buffer.from(hex, 'hex');
  const expected = digest(salt, secret);
  return kept.length === expected.length && timingSafeEqual(kept, expected);
}

function digest(salt: string, token: Buffer): Buffer {
  return createHmac('sha256', salt).update(token).digest();
}
