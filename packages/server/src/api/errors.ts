/** Errors on their way to the caller (api.md §0.7). Thrown by handlers, printed by error-handler.ts. */
import { ERROR_CODES, type ErrorCode, type ErrorDto, type FailureDto } from '@bridle/protocol';

interface FieldError {
  readonly fieldId: string;
  readonly error: string;
}

/** A business error: printed as `ErrorDto`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly metadata: Record<string, unknown> | undefined;
  /** Keys of the answer beside those of every error. */
  readonly more: Record<string, unknown>;

  constructor(
    code: ErrorCode,
    message: string,
    metadata?: Record<string, unknown>,
    more: Record<string, unknown> = {},
  ) {
    super(message);
    this.code = code;
    this.metadata = metadata;
    this.more = more;
  }

  get httpStatus(): number {
    return ERROR_CODES[this.code];
  }
}

/** A request that could not be understood: printed as `FailureDto`. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldError[];

  constructor(code: ErrorCode, message: string, fields: readonly FieldError[] = []) {
    super(message);
    this.code = code;
    this.fields = fields;
  }

  get httpStatus(): number {
    return ERROR_CODES[this.code];
  }
}

/** The rule says no. Clients look for the prefix, or for the text behind it. */
export function invalidRequest(text: string, metadata?: Record<string, unknown>): ApiError {
  return new ApiError('INVALID_REQUEST', `Invalid request: ${text}`, metadata);
}

export function notFound(text: string): ApiError {
  return new ApiError('ENTITY_NOT_FOUND', text);
}

export function errorDto(error: ApiError, correlationId: string): ErrorDto {
  const { code, message, metadata, more } = error;
  return {
    status: 'ERROR',
    code,
    message,
    correlationId,
    detailedMessage: null,
    responseMessages: [{ code, level: 'ERROR', message, exception: null, failureTypes: [] }],
    metadata: metadata ?? null,
    ...more,
  };
}

export function failureDto(error: RequestError, correlationId: string): FailureDto {
  const { code, message, fields } = error;
  return { status: 'FAILURE', code, message, correlationId, errors: fields.map((field) => ({ ...field })) };
}
