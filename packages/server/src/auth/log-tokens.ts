/**
 * Signed texts that open logs without any other sign-in: the log service's tokens and its download links (all logs below one
 * prefix). Nothing is stored: whose rights they carry stands in them, under an HMAC. What these are is asked when one is used.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export const LOG_TOKEN_LIFETIME_MS = 48 * 3_600_000;
export const LOG_LINK_LIFETIME_MS = 3_600_000;

export interface LogGrant {
  readonly accountId: string;
  /** Who asked for it: it opens what they may view. */
  readonly kind: 'USER' | 'SERVICE_ACCOUNT';
  readonly userId: string;
  /** Undefined = every log of the account that they may view. */
  readonly prefix?: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export function sealLogGrant(signingKey: Buffer, grant: LogGrant): string {
  const payload = Buffer.from(JSON.stringify(grant)).toString('base64url');
  return `${payload}.${sign(signingKey, payload).toString('base64url')}`;
}

/** `undefined` when it was not made with this key, was changed, or has expired. */
export function openLogGrant(signingKey: Buffer, token: string, now: number): LogGrant | undefined {
  const [payload = '', signature = '', ...rest] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const right = sign(signingKey, payload);
  if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  // What is signed was written by sealLogGrant.
  const grant = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as LogGrant;
  return grant.expiresAt > now ? grant : undefined;
}

/** A key of its own: what is signed here means nothing elsewhere. */
function sign(signingKey: Buffer, payload: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', signingKey, '', 'bridle log grants', 32));
  return createHmac('sha256', key).update(payload).digest();
}
