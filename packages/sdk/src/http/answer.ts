/** Reads answers: what is in an envelope, and which error it is. */
import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  type ApiErrorDetails,
} from '../errors.ts';
import type { ResponseMessage } from '../wire/schemas.ts';
import { retryAfterMs } from './retry.ts';

/** How much of an answer that is no JSON an error message shows. */
const EXCERPT_MAX = 200;

type ErrorClass = new (message: string, details: ApiErrorDetails) => ApiError;

const BY_STATUS: ReadonlyMap<number, ErrorClass> = new Map<number, ErrorClass>([
  [400, BadRequestError],
  [401, AuthenticationError],
  [403, PermissionDeniedError],
  [404, NotFoundError],
  [409, ConflictError],
  [412, ConflictError],
]);

/** Harness says with 400, or with 200, what has a status of its own elsewhere. */
const BY_CODE: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ['INVALID_TOKEN', AuthenticationError],
  ['EXPIRED_TOKEN', AuthenticationError],
  ['REVOKED_TOKEN', AuthenticationError],
  ['INVALID_CREDENTIAL', AuthenticationError],
  ['NG_ACCESS_DENIED', PermissionDeniedError],
  ['ACCESS_DENIED', PermissionDeniedError],
  ['ENTITY_NOT_FOUND', NotFoundError],
  ['RESOURCE_NOT_FOUND', NotFoundError],
  ['RESOURCE_NOT_FOUND_EXCEPTION', NotFoundError],
  ['DUPLICATE_FIELD', ConflictError],
]);

export interface Asked {
  readonly method: string;
  readonly path: string;
}

/** What the body is: parsed JSON where it says so, else its text. */
export async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '') || /x-ndjson/.test(contentType(response))) {
    return text;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** `data` of an envelope, or the body where there is none. Throws the error that an envelope holds, whatever its status. */
export function unwrap(asked: Asked, response: Response, body: unknown): unknown {
  if (!isRecord(body)) return body;
  const { status } = body;
  if ((status === 'ERROR' || status === 'FAILURE') && 'message' in body) throw errorOf(asked, response, body);
  if (status === 'SUCCESS' && 'data' in body) return body['data'];
  // What delegates are asked for by has an older envelope.
  return 'resource' in body && 'responseMessages' in body ? body['resource'] : body;
}

export function errorOf(asked: Asked, response: Response, body: unknown): ApiError {
  const fields = isRecord(body) ? body : {};
  const code = textOf(fields['code']);
  const details: ApiErrorDetails = {
    ...asked,
    status: response.status,
    code,
    correlationId: textOf(fields['correlationId']) ?? response.headers.get('x-request-id') ?? undefined,
    responseMessages: Array.isArray(fields['responseMessages'])
      ? (fields['responseMessages'] as ResponseMessage[])
      : [],
    body,
    headers: response.headers,
  };
  const message = describe(asked, response, fields, body);
  if (response.status === 429 || code === 'TOO_MANY_REQUESTS') {
    return new RateLimitError(message, details, retryAfterMs(response.headers));
  }
  const byCode = code === undefined ? undefined : BY_CODE.get(code);
  if (response.status >= 500) return new ServerError(message, details);
  const Found = byCode ?? BY_STATUS.get(response.status) ?? (response.ok ? BadRequestError : ApiError);
  return new Found(message, details);
}

function describe({ method, path }: Asked, response: Response, fields: Record<string, unknown>, body: unknown): string {
  const own = textOf(fields['message']) ?? textOf(fields['error_msg']);
  const said =
    own ?? (typeof body === 'string' && !/html/.test(contentType(response)) ? body.slice(0, EXCERPT_MAX) : '');
  const words = said === '' ? response.statusText : said;
  return `${method} ${path}: ${[String(response.status), textOf(fields['code'])].filter(Boolean).join(' ')}: ${words}`;
}

function contentType(response: Response): string {
  return response.headers.get('content-type') ?? '';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
