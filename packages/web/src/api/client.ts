/**
 * One door to the server: the browser's session cookie authenticates, Harness envelopes are opened here, and every failure
 * becomes an `ApiError` with a sentence for people.
 */

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when the server was not reached. */
  readonly status: number;
  readonly code: string;
  readonly correlationId: string;
  readonly body: unknown;

  constructor(status: number, code: string, message: string, correlationId: string, body: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.correlationId = correlationId;
    this.body = body;
  }
}

export interface Scope {
  readonly accountId: string;
  readonly org: string;
  readonly project: string;
}

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Query;
  /** Sent as JSON unless it is text, which goes as YAML. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The `data` of an enveloped answer. */
export async function call<T>(path: string, request: Request = {}): Promise<T> {
  const { body } = await send(path, request);
  return (isRecord(body) && 'data' in body ? body['data'] : body) as T;
}

/** As `call`, with the version of the entity (`ETag`) for a later `If-Match`. */
export async function callWithVersion<T>(
  path: string,
  request: Request = {},
): Promise<{ data: T; etag: string | undefined }> {
  const { body, headers } = await send(path, request);
  return { data: (isRecord(body) ? body['data'] : body) as T, etag: headers.get('etag') ?? undefined };
}

export function scopeQuery(scope: Scope): Record<string, string> {
  return { accountIdentifier: scope.accountId, orgIdentifier: scope.org, projectIdentifier: scope.project };
}

export function urlOf(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function send(path: string, request: Request): Promise<{ body: unknown; headers: Headers }> {
  const isText = typeof request.body === 'string';
  const response = await reach(urlOf(path, request.query), {
    method: request.method ?? 'GET',
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(request.body === undefined ? {} : { 'content-type': isText ? 'application/yaml' : 'application/json' }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { body: isText ? (request.body as string) : JSON.stringify(request.body) }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  const body = await readBody(response);
  if (!response.ok || (isRecord(body) && (body['status'] === 'ERROR' || body['status'] === 'FAILURE')))
    throw errorOf(response.status, body);
  return { body, headers: response.headers };
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'UNREACHABLE', 'The Bridle server does not answer. Is it running?', '', undefined);
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!(response.headers.get('content-type') ?? '').includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function errorOf(status: number, body: unknown): ApiError {
  if (!isRecord(body)) return new ApiError(status, 'UNKNOWN', `The server answered ${status}.`, '', body);
  const text = (key: string): string => (typeof body[key] === 'string' ? body[key] : '');
  return new ApiError(
    status,
    text('code'),
    text('message') || `The server answered ${status}.`,
    text('correlationId'),
    body,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
