/**
 * The closed set of codes in `code` of an error answer, with the HTTP status each has. Described in docs/ERRORS.md; a test
 * keeps code and page in step.
 */
import { Type, type Static } from 'typebox';

export const ERROR_CODES = {
  /** The request, or the state it meets, does not allow it. */
  INVALID_REQUEST: 400,
  DUPLICATE_FIELD: 400,
  SCHEMA_VALIDATION_FAILED: 400,
  INVALID_INPUT_SET: 400,
  ABORT_ALL_ALREADY_NG: 400,
  INVALID_TOKEN: 401,
  EXPIRED_TOKEN: 401,
  REVOKED_TOKEN: 401,
  INVALID_CREDENTIAL: 401,
  /** Right, and to be replaced before anything else. */
  PASSWORD_EXPIRED: 401,
  NG_ACCESS_DENIED: 403,
  ENTITY_NOT_FOUND: 404,
  RESOURCE_NOT_FOUND_EXCEPTION: 404,
  PAYLOAD_TOO_LARGE: 413,
  MEDIA_NOT_SUPPORTED: 415,
  /** Said with `Retry-After`. */
  TOO_MANY_REQUESTS: 429,
  UNKNOWN_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
  /** Said with `Retry-After`. */
  DISK_FULL: 503,
} as const satisfies Record<string, number>;

const codes = Object.keys(ERROR_CODES) as (keyof typeof ERROR_CODES)[];

export const ErrorCode = Type.Unsafe<keyof typeof ERROR_CODES>(Type.String({ enum: codes }));
export type ErrorCode = Static<typeof ErrorCode>;
