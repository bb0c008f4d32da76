/** Checks the answers of the server: what is not of the contract's shape is an outage (something between us and the server spoke). */
import type { HeartbeatResponse, LogsResponse, PollResponse, RegisterResponse } from '@bridle/protocol';
import { OutageError } from './client.ts';

type Fields = Readonly<Record<string, unknown>>;

/** @throws OutageError, as all here */
export function readRegistration(body: unknown): RegisterResponse {
  const { delegateId, heartbeatMs, leaseMs, abandoned, logBytesMax, logBatches } = fieldsOf(body);
  if (typeof delegateId !== 'string' || !isDuration(heartbeatMs) || !isDuration(leaseMs))
    throw malformed('a registration');
  if (logBytesMax !== undefined && !isDuration(logBytesMax)) throw malformed('a registration');
  return {
    delegateId,
    heartbeatMs,
    leaseMs,
    abandoned: texts(abandoned),
    ...(logBytesMax === undefined ? {} : { logBytesMax }),
    ...(logBatches === true ? { logBatches } : {}),
  };
}

export function readPoll(body: unknown): PollResponse {
  const { tasks, cancel, release } = fieldsOf(body);
  if (!Array.isArray(tasks) || !tasks.every(isTask)) throw malformed('the answer to a poll');
  return { tasks: tasks as PollResponse['tasks'], cancel: texts(cancel), release: texts(release) };
}

export function readHeartbeat(body: unknown): HeartbeatResponse {
  const { lost, cancel } = fieldsOf(body);
  return { lost: texts(lost), cancel: texts(cancel) };
}

export function readReceived(body: unknown): LogsResponse {
  const received = fieldsOf(fieldsOf(body)['received']);
  if (!Object.values(received).every((bytes) => Number.isSafeInteger(bytes))) throw malformed('the answer to logs');
  return { received: received as LogsResponse['received'] };
}

export function readNothing(): undefined {
  return undefined;
}

/** What the delegate itself relies on; a step's spec is checked by its executor. */
function isTask(task: unknown): boolean {
  const { taskId, fence, stepType, fqn, logKey, environment, workspaceKey } = fieldsOf(task);
  return (
    [taskId, stepType, fqn, logKey].every((text) => typeof text === 'string') &&
    Number.isSafeInteger(fence) &&
    (workspaceKey === undefined || typeof workspaceKey === 'string') &&
    Object.values(fieldsOf(environment)).every((value) => typeof value === 'string')
  );
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('an answer');
  return value as Fields;
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw malformed('a list of ids');
  return value;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function malformed(what: string): OutageError {
  return new OutageError(`${what} does not have the shape of the protocol`);
}
