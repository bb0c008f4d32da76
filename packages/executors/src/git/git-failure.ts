/** What git's own words mean for a failure strategy and for the step's author. */
import type { FailureType } from '@bridle/pipeline';

/** The clone failed in a way its author, or somebody they know, can mend. The text is for them. */
export class CloneFailed extends Error {
  override readonly name = 'CloneFailed';
  readonly types: readonly FailureType[];

  constructor(message: string, types: readonly FailureType[] = ['APPLICATION_ERROR']) {
    super(message);
    this.types = types;
  }
}

/** The step was told to end while a command ran. */
export class CloneCancelled extends Error {
  override readonly name = 'CloneCancelled';
}

export interface GitFailure {
  readonly types: readonly FailureType[];
  readonly message: string;
  /** It may go better next time. */
  readonly isPassing: boolean;
}

const REFUSED =
  /Authentication failed|could not read (Username|Password)|Invalid username or (password|token)|HTTP Basic: Access denied|returned error: 401|Permission denied \(|Too many authentication failures/i;
const FORBIDDEN = /returned error: 403|access rights|not allowed to (view|read|download)/i;
const STRANGE_HOST = /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i;
const MISSING =
  /Repository not found|repository '[^']*' not found|returned error: 404|does not appear to be a git repository|project you were looking for could not be found/i;
const BAD_CERTIFICATE = /certificate|SSL: no alternative|SSL_ERROR|server verification failed/i;
const UNREACHABLE =
  /Could not resolve (host|hostname|proxy)|Failed to connect|Couldn't connect|Connection (refused|reset|timed out|closed)|No route to host|Network is unreachable|Operation timed out|timed out|unable to connect|Empty reply from server|kex_exchange_identification/i;
const BROKEN =
  /early EOF|RPC failed|hung up unexpectedly|unexpected disconnect|invalid index-pack|returned error: (5\d\d|429)|TLS connection was non-properly terminated|GnuTLS recv error/i;

/** @param what - the thing that was tried, e.g. `fetch branch main`; @param output - the last part of what git printed */
export function classify(output: string, what: string, url: string): GitFailure {
  const reason = lastReason(output);
  const because = reason === undefined ? '' : ` Git says: ${reason}`;
  if (STRANGE_HOST.test(output)) {
    return {
      types: ['AUTHENTICATION'],
      message: `The SSH server of ${url} is not the one that is known by its name, or not known at all.${because}`,
      isPassing: false,
    };
  }
  if (REFUSED.test(output)) {
    return {
      types: ['AUTHENTICATION'],
      message: `${url} does not accept the connector's credentials.${because}`,
      isPassing: false,
    };
  }
  if (FORBIDDEN.test(output) && !MISSING.test(output)) {
    return {
      types: ['AUTHORIZATION_ERROR'],
      message: `The connector's user may not read ${url}.${because}`,
      isPassing: false,
    };
  }
  if (MISSING.test(output)) {
    return {
      types: ['APPLICATION_ERROR'],
      message: `There is no repository at ${url}, or the connector's user may not see it.${because}`,
      isPassing: false,
    };
  }
  if (UNREACHABLE.test(output)) {
    return { types: ['CONNECTIVITY'], message: `${url} cannot be reached.${because}`, isPassing: true };
  }
  if (BAD_CERTIFICATE.test(output)) {
    return {
      types: ['CONNECTIVITY'],
      message: `The certificate of ${url} is not trusted.${because}`,
      isPassing: false,
    };
  }
  if (BROKEN.test(output)) {
    return { types: ['CONNECTIVITY'], message: `The connection to ${url} broke off.${because}`, isPassing: true };
  }
  return { types: ['APPLICATION_ERROR'], message: `Git could not ${what}.${because}`, isPassing: false };
}

/** The line that tells most: git's last `fatal:` or `error:`, else its last words. */
function lastReason(output: string): string | undefined {
  const lines = output
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const reason = lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1);
  return reason?.replace(/^(fatal|error): /, '').slice(0, 500);
}
