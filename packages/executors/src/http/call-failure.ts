/** Why a call to another system failed, in words, and which kind of failure that is. */
import type { FailureType } from '@bridle/pipeline';
import { AddressRefused } from '@bridle/outgoing';

/** How deep errors lie in others. */
const DEPTH_MAX = 5;
/** What TLS says when the server wants a client certificate, or not this one. */
const CERTIFICATE_WANTED =
  /ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|UNKNOWN_CA|ACCESS_DENIED)$/;

/** undici and others wrap what a connection says. */
export function findRefusal(error: unknown): AddressRefused | undefined {
  return findCause(error, (cause) => (cause instanceof AddressRefused ? cause : undefined));
}

export function failureTypeOf(error: unknown): FailureType {
  if (findRefusal(error) !== undefined) return 'AUTHORIZATION_ERROR';
  const isAboutCertificate = findCause(error, (cause) => (CERTIFICATE_WANTED.test(codeOf(cause)) ? true : undefined));
  return isAboutCertificate === true ? 'AUTHENTICATION' : 'CONNECTIVITY';
}

export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(describeFailure).join('; ');
  if (CERTIFICATE_WANTED.test(codeOf(error)))
    return `the server does not accept the client without a certificate it knows (${codeOf(error)})`;
  if (error.message === '' && error.cause !== undefined) return describeFailure(error.cause);
  return error.message || codeOf(error) || error.name;
}

function findCause<T>(error: unknown, look: (cause: Error) => T | undefined, depth = 0): T | undefined {
  if (!(error instanceof Error) || depth > DEPTH_MAX) return undefined;
  const found = look(error);
  if (found !== undefined) return found;
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  for (const cause of inner) {
    const deeper = findCause(cause, look, depth + 1);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
