/**
 * What the client throws. Each situation has a class and a word, `kind`. An abort is no error of ours: what was given as the
 * reason of the signal is thrown as it is.
 */
import type { PipelineExecutionSummary, ResponseMessage } from './wire/schemas.ts';
import type { ConditionResult, ExecutionNode } from './wire/schemas.ts';

/** Survives that two copies of this package are installed, where `instanceof` does not. */
const BRAND = Symbol.for('@bridle/sdk/error');

export type HarnessErrorKind =
  | 'configuration'
  | 'connection'
  | 'timeout'
  | 'api'
  | 'unsupported'
  | 'executionFailed'
  | 'waitTimeout'
  | 'triggerNotMatched';

/** The root of all errors of this package. */
export class HarnessError extends Error {
  override readonly name: string = 'HarnessError';
  readonly kind: HarnessErrorKind;

  constructor(kind: HarnessErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Thrown when the client cannot be made, or a call lacks what no default gives: a key, an address, a project. */
export class ConfigurationError extends HarnessError {
  override readonly name = 'ConfigurationError';

  constructor(message: string) {
    super('configuration', message);
  }
}

/** Thrown when no answer came: the server cannot be reached, or the connection broke. Of a POST nobody knows whether it was done. */
export class ConnectionError extends HarnessError {
  override readonly name = 'ConnectionError';

  constructor(message: string, options?: ErrorOptions) {
    super('connection', message, options);
  }
}

/** Thrown when the answer took longer than the timeout of the call. */
export class TimeoutError extends HarnessError {
  override readonly name = 'TimeoutError';
  readonly timeoutMs: number;

  constructor(message: string, timeoutMs: number, options?: ErrorOptions) {
    super('timeout', message, options);
    this.timeoutMs = timeoutMs;
  }
}

export interface ApiErrorDetails {
  readonly method: string;
  readonly path: string;
  /** Of HTTP. 200 is possible: Harness wraps some failures in it. */
  readonly status: number;
  readonly code: string | undefined;
  readonly correlationId: string | undefined;
  readonly responseMessages: readonly ResponseMessage[];
  /** Parsed where it is JSON, else its text. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** Thrown when the server answered with an error. Its subclasses tell the common ones apart. */
export class ApiError extends HarnessError {
  override readonly name: string = 'ApiError';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: string | undefined;
  readonly correlationId: string | undefined;
  readonly responseMessages: readonly ResponseMessage[];
  readonly body: unknown;
  readonly headers: Headers;

  constructor(message: string, details: ApiErrorDetails) {
    super('api', message);
    this.method = details.method;
    this.path = details.path;
    this.status = details.status;
    this.code = details.code;
    this.correlationId = details.correlationId;
    this.responseMessages = details.responseMessages;
    this.body = details.body;
    this.headers = details.headers;
  }
}

/** Thrown for a request that is not understood, or that the state of things does not allow. */
export class BadRequestError extends ApiError {
  override readonly name = 'BadRequestError';
}

/** Thrown when the key is missing, wrong, expired or revoked. */
export class AuthenticationError extends ApiError {
  override readonly name = 'AuthenticationError';
}

/** Thrown when the key is right and may not do this. */
export class PermissionDeniedError extends ApiError {
  override readonly name = 'PermissionDeniedError';
}

/** Thrown when there is no such thing, or no such path. */
export class NotFoundError extends ApiError {
  override readonly name = 'NotFoundError';
}

/** Thrown when something of that name is there already. */
export class ConflictError extends ApiError {
  override readonly name = 'ConflictError';
}

/** Thrown when there were too many requests, and the retries did not help. */
export class RateLimitError extends ApiError {
  override readonly name = 'RateLimitError';
  /** How long the server asks to wait; undefined when it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: ApiErrorDetails, retryAfterMs: number | undefined) {
    super(message, details);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Thrown when the server failed. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
}

/** Thrown when the server does not have what is asked for: Harness, an older Bridle, or a proxy that lets no streams through. */
export class UnsupportedError extends HarnessError {
  override readonly name = 'UnsupportedError';

  constructor(message: string, options?: ErrorOptions) {
    super('unsupported', message, options);
  }
}

/** Thrown by waits with `throwOnFailure` when the execution ended otherwise than well. */
export class ExecutionFailedError extends HarnessError {
  override readonly name = 'ExecutionFailedError';
  readonly execution: PipelineExecutionSummary;
  /** The steps that failed; a stage only where none of its steps did. */
  readonly failedNodes: readonly ExecutionNode[];

  constructor(execution: PipelineExecutionSummary, failedNodes: readonly ExecutionNode[]) {
    super('executionFailed', describeFailure(execution, failedNodes));
    this.execution = execution;
    this.failedNodes = failedNodes;
  }
}

/** Thrown when what a wait is for did not happen in its time. The execution goes on. */
export class WaitTimeoutError extends HarnessError {
  override readonly name = 'WaitTimeoutError';
  readonly timeoutMs: number;
  /** As it was seen last; undefined when nothing was seen yet. */
  readonly lastStatus: string | undefined;

  constructor(message: string, timeoutMs: number, lastStatus: string | undefined) {
    super('waitTimeout', message);
    this.timeoutMs = timeoutMs;
    this.lastStatus = lastStatus;
  }
}

export interface NotMatchedDetails {
  readonly eventCorrelationId: string;
  readonly status: string;
  readonly message: string;
  readonly conditions: readonly ConditionResult[];
}

/** Thrown when an event was decided and no execution came of it. */
export class TriggerNotMatchedError extends HarnessError {
  override readonly name = 'TriggerNotMatchedError';
  readonly eventCorrelationId: string;
  /** Such as `NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS`. */
  readonly status: string;
  /** Why, a sentence each: what the server said, then the conditions that did not hold. */
  readonly reasons: readonly string[];
  /** Every condition of the trigger and what it came to, where the server tells. */
  readonly conditions: readonly ConditionResult[];

  constructor({ eventCorrelationId, status, message, conditions }: NotMatchedDetails) {
    const reasons = [message, ...conditions.filter(({ holds }) => !holds).map(describeCondition)].filter(
      (reason) => reason !== '',
    );
    super(
      'triggerNotMatched',
      `No execution came of the event ${eventCorrelationId} (${status}). ${reasons.join('; ')}`,
    );
    this.eventCorrelationId = eventCorrelationId;
    this.status = status;
    this.reasons = reasons;
    this.conditions = conditions;
  }
}

/** Every error of this package by its `kind`. */
export interface HarnessErrors {
  readonly configuration: ConfigurationError;
  readonly connection: ConnectionError;
  readonly timeout: TimeoutError;
  readonly api: ApiError;
  readonly unsupported: UnsupportedError;
  readonly executionFailed: ExecutionFailedError;
  readonly waitTimeout: WaitTimeoutError;
  readonly triggerNotMatched: TriggerNotMatchedError;
}

/** Whether this was thrown by a client, of whatever copy of this package; with `kind` whether it is of that one. */
export function isHarnessError(error: unknown): error is HarnessError;
export function isHarnessError<K extends HarnessErrorKind>(error: unknown, kind: K): error is HarnessErrors[K];
export function isHarnessError(error: unknown, kind?: HarnessErrorKind): boolean {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return kind === undefined || ('kind' in error && error.kind === kind);
}

/** Whether the server answered with an error; with a status or a code whether it is that one. */
export function isApiError(error: unknown, statusOrCode?: number | string): error is ApiError {
  if (!isHarnessError(error, 'api')) return false;
  if (statusOrCode === undefined) return true;
  return typeof statusOrCode === 'number' ? error.status === statusOrCode : error.code === statusOrCode;
}

function describeFailure(execution: PipelineExecutionSummary, failedNodes: readonly ExecutionNode[]): string {
  const nodes = failedNodes.map(({ identifier, status, failureInfo }) => {
    const message = failureInfo?.message ?? '';
    return message === '' ? `${identifier} (${status})` : `${identifier} (${status}): ${message}`;
  });
  const all = nodes.length === 0 ? (execution.failureInfo?.message ?? '') : nodes.join('; ');
  const head = `Execution ${execution.planExecutionId} of ${execution.pipelineIdentifier} ended as ${execution.status}`;
  return all === '' ? head : `${head}: ${all}`;
}

function describeCondition({ kind, key, operator, value, actual, problem }: ConditionResult): string {
  const wanted = operator === '' ? key : `${key} ${operator} ${value}`;
  const found = problem ?? (actual === null ? 'there is nothing' : `it is ${actual}`);
  return `${kind}: ${wanted} does not hold: ${found}`;
}
