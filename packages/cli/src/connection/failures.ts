/** What the client could not do, as a sentence for a person and an exit code for a script. */
import { isHarnessError, type ApiError } from '@bridle/sdk';
import { UsageError } from '../command-line/usage-error.ts';
import type { Settings } from './settings.ts';

/** Sentences of servers that say less than their number. */
const MESSAGE_LENGTH_MAX = 2_000;

/** Errors of the client become ours; whatever else there is goes on as it is. */
export function failureOf(error: unknown, settings: Settings): unknown {
  if (!isHarnessError(error)) return error;
  const { url } = settings;
  if (isHarnessError(error, 'connection')) {
    return new UsageError(
      `The server at ${url.value} cannot be reached: ${reasonOf(error.message)}.`,
      `The address is of ${url.from}. Another one: --url, or bridle login.`,
      8,
    );
  }
  if (isHarnessError(error, 'timeout'))
    return new UsageError(`The server at ${url.value} does not answer in time.`, undefined, 8);
  if (isHarnessError(error, 'waitTimeout')) return new UsageError(error.message, undefined, 7);
  if (isHarnessError(error, 'unsupported')) return new UsageError(error.message, undefined, 8);
  if (isHarnessError(error, 'api')) return apiFailure(error, settings);
  return new UsageError(error.message);
}

function apiFailure(error: ApiError, { url, token }: Settings): UsageError {
  const said = sentence(saidBy(error));
  const { status } = error;
  if (status === 401) {
    const kept = token === undefined ? 'There is no token.' : `The token is of ${token.from}.`;
    return new UsageError(said, `${kept} Another one: bridle login, or HARNESS_API_KEY.`, 4);
  }
  if (status === 403)
    return new UsageError(said, 'Ask an administrator for the permission. Who you are: bridle whoami', 4);
  if (status === 404 || (status === 400 && MISSING.test(said))) return new UsageError(said, undefined, 5);
  if (status === 429)
    return new UsageError(`${said} The server has had too many requests.`, 'Try again in a while.', 8);
  if (status >= 500) {
    const trace = error.correlationId === undefined ? '' : ` Its log knows this as ${error.correlationId}.`;
    return new UsageError(`The server at ${url.value} failed (${status}): ${said}`, `Try again in a while.${trace}`, 8);
  }
  // A redirect, or something that is no Harness at all.
  if (status < 400 && error.code === undefined)
    return new UsageError(`${url.value} answers, but not as a server of Harness or Bridle: ${said}`, undefined, 8);
  return new UsageError(said);
}

/** Harness says so with 400, as does whoever speaks like it. */
const MISSING = /\bdoes not exist\b|\bhas been deleted\b/;

/** The client puts the call, the status and the code before what the server said. */
function saidBy({ message, method, path }: ApiError): string {
  const call = `${method} ${path}: `;
  return message.startsWith(call) ? message.slice(call.length).replace(/^\d{3}(?: [A-Z_]+)?: /, '') : message;
}

function sentence(message: string): string {
  const text = message.trim().slice(0, MESSAGE_LENGTH_MAX);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** `GET /path: fetch failed: connect ECONNREFUSED 127.0.0.1:1` says it at its end. */
function reasonOf(message: string): string {
  const index = message.indexOf('fetch failed: ');
  return index < 0 ? message : message.slice(index + 'fetch failed: '.length);
}
