/** Turns whatever a handler throws into an envelope. The text of an unexpected error goes to the log, never to the caller. */
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { IDENTIFIER_PATTERN } from '@bridle/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { PasswordsBusyError } from '../auth/passwords.ts';
import { DiskFullError, RETRY_AFTER_SECONDS } from '../disk/disk-watch.ts';
import { ProjectGoneError } from '../store/start-statements.ts';
import { ApiError, errorDto, failureDto, RequestError } from './errors.ts';

/** The log service has an error shape of its own (api.md §8.1). */
const LOG_SERVICE = '/log-service/';

/** How long what a refused body still brings is thrown away, so that its sender lives to read the answer. */
const DRAIN_MS_MAX = 500;

export async function handleError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const error = toPrintable(thrown);
  if (error.code === 'PAYLOAD_TOO_LARGE') await drain(request.raw);
  const status = error.httpStatus;
  // Said once by whoever watches the disk.
  if (thrown instanceof DiskFullError) reply.header('retry-after', String(RETRY_AFTER_SECONDS));
  else if (status >= 500) request.log.error({ err: thrown }, 'request failed');
  const body = error instanceof ApiError ? errorDto(error, request.id) : failureDto(error, request.id);
  const isLogService = request.url.startsWith(LOG_SERVICE);
  return reply
    .status(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(isLogService ? { error_msg: error.message, message: error.message } : body));
}

/** An answer while the client still writes would reach it as a broken connection. */
async function drain(body: Readable): Promise<void> {
  if (body.readableEnded || body.destroyed) return;
  body.resume();
  await finished(body, { signal: AbortSignal.timeout(DRAIN_MS_MAX), cleanup: true }).catch(() => undefined);
}

function toPrintable(thrown: unknown): ApiError | RequestError {
  if (thrown instanceof ApiError || thrown instanceof RequestError) return thrown;
  if (isFastifyError(thrown)) {
    if (thrown.validation !== undefined) return validationError(thrown);
    if (thrown.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      return new RequestError('PAYLOAD_TOO_LARGE', 'The body is larger than this endpoint takes.');
    }
    if (thrown.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
      return new RequestError('MEDIA_NOT_SUPPORTED', 'This endpoint does not read bodies of that content type.');
    }
    if (thrown.statusCode !== undefined && thrown.statusCode >= 400 && thrown.statusCode < 500) {
      return new RequestError('INVALID_REQUEST', thrown.message);
    }
  }
  if (thrown instanceof DiskFullError) return new ApiError(thrown.code, thrown.message);
  if (thrown instanceof PasswordsBusyError)
    return new ApiError('SERVICE_UNAVAILABLE', `${thrown.message} Try again in a moment.`);
  if (thrown instanceof ProjectGoneError) return new ApiError('ENTITY_NOT_FOUND', thrown.message);
  const code = codeOf(thrown);
  if (UNSTORABLE_TEXT.has(code))
    return new RequestError('INVALID_REQUEST', 'The request holds a character that no text may hold.');
  if (isOutage(code, thrown)) {
    return new ApiError('SERVICE_UNAVAILABLE', 'The database does not answer. Try again in a moment.');
  }
  return new ApiError(
    'UNKNOWN_ERROR',
    'Something went wrong inside Bridle. The log of the server has the details under this correlation id.',
  );
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return thrown instanceof Error && ('validation' in thrown || ('statusCode' in thrown && 'code' in thrown));
}

/** `<field>: <reason>, …` (api.md §0.7). */
function validationError({ validation, validationContext }: FastifyError): RequestError {
  const fields = told(validation ?? []).map((problem) => {
    const { instancePath, params } = problem;
    const missing = params['missingProperty'];
    const path = instancePath.slice(1).replaceAll('/', '.');
    const fieldId = typeof missing === 'string' ? [path, missing].filter((part) => part !== '').join('.') : path;
    return { fieldId: fieldId === '' ? (validationContext ?? 'request') : fieldId, error: reason(problem) };
  });
  return new RequestError(
    'INVALID_REQUEST',
    fields.map(({ fieldId, error }) => `${fieldId}: ${error}`).join(', '),
    fields,
  );
}

type Problem = NonNullable<FastifyError['validation']>[number];

/** Why each of several forms does not fit helps nobody who wrote one of them: that none fits is said once. */
function told(problems: readonly Problem[]): readonly Problem[] {
  const choices = problems.filter(({ keyword }) => keyword === 'anyOf');
  const isOfChoice = ({ instancePath }: Problem, choice: Problem): boolean =>
    instancePath === choice.instancePath || instancePath.startsWith(`${choice.instancePath}/`);
  return problems.flatMap((problem) => {
    const choice = choices.find((candidate) => isOfChoice(problem, candidate));
    if (choice === undefined) return [problem];
    if (problem !== choice) return [];
    const types = problems.filter((other) => other !== choice && isOfChoice(other, choice)).map(typeWanted);
    // Of values of a type each, such as a text or null, the types say it all.
    if (types.includes(undefined)) return [problem];
    return [{ ...problem, keyword: 'type', message: `must be ${[...new Set(types)].join(' or ')}` }];
  });
}

function typeWanted({ keyword, params }: Problem): string | undefined {
  return keyword === 'type' && typeof params['type'] === 'string' ? params['type'] : undefined;
}

function reason({ keyword, params, message = 'is not valid' }: Problem): string {
  const allowed = params['allowedValues'];
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'enum':
      return Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : message;
    case 'anyOf':
      return 'has none of the forms that are allowed here';
    case 'pattern':
      return params['pattern'] === IDENTIFIER_PATTERN
        ? 'must begin with a letter or _, and hold letters, digits, _ and $ only (128 at most)'
        : message;
    default:
      return message;
  }
}

function codeOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';
}

/** PostgreSQL: a NUL character in text or jsonb, bytes that are no UTF-8. */
const UNSTORABLE_TEXT: ReadonlySet<string> = new Set(['22021', '22P05']);
const OUTAGES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  '53300',
  '57P01',
  '57P02',
  '57P03',
]);

function isOutage(code: string, thrown: unknown): boolean {
  if (OUTAGES.has(code) || code.startsWith('08')) return true;
  return (
    thrown instanceof Error && /^(Connection terminated|timeout exceeded when trying to connect)/.test(thrown.message)
  );
}
