/** Checks what arrives over IPC: a child may be of another version, and a wrong message must not crash the launcher. */
import type { ChildFailedMessage, ServerMessage } from '../messages.ts';

const TEXT_FIELDS = ['url', 'adminTokenPath', 'delegateToken'] as const;
const OPTIONAL_TEXT_FIELDS = ['adminToken', 'loginUrl', 'webhookCurl'] as const;

/** The message of a server; undefined when it is none. */
export function readServerMessage(value: unknown): ServerMessage | undefined {
  const failed = readFailedMessage(value);
  if (failed !== undefined) return failed;
  return isReady(value) ? value : undefined;
}

/** The `failed` message of any child; undefined when it is none. */
export function readFailedMessage(value: unknown): ChildFailedMessage | undefined {
  if (!isRecord(value) || value['kind'] !== 'failed') return undefined;
  const { code, message } = value;
  return typeof code === 'string' && typeof message === 'string' ? { kind: 'failed', code, message } : undefined;
}

function isReady(value: unknown): value is ServerMessage {
  if (!isRecord(value) || value['kind'] !== 'ready' || typeof value['firstStart'] !== 'boolean') return false;
  return (
    TEXT_FIELDS.every((field) => typeof value[field] === 'string') &&
    OPTIONAL_TEXT_FIELDS.every((field) => value[field] === undefined || typeof value[field] === 'string')
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
