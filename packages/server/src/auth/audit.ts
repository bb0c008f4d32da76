/**
 * The audit log: who changed what, when, and from where. Texts that may hold a secret are never given to it: it gets the
 * definitions that anybody with the right to view may read, and of everything else the identifier alone.
 */
import { insertAuditEvent } from '../store/audit-events.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import type { Principal } from './principal.ts';
import { makeId } from '../store/make-id.ts';

/** By Harness's names. */
export type AuditAction =
  | 'CREATE'
  | 'UPDATE'
  | 'DELETE'
  | 'INVITE'
  | 'ADD_MEMBERSHIP'
  | 'REMOVE_MEMBERSHIP'
  | 'CREATE_TOKEN'
  | 'REVOKE_TOKEN'
  | 'ROTATE_TOKEN'
  | 'ROLE_ASSIGNMENT_CREATED'
  | 'ROLE_ASSIGNMENT_DELETED'
  | 'ENABLED'
  | 'DISABLED'
  | 'START'
  | 'ABORT'
  | 'LOGIN'
  | 'LOGOUT';

export interface AuditEntry {
  readonly action: AuditAction;
  readonly resource: { readonly type: string; readonly identifier: string };
  readonly scope: OwnerScope;
  readonly oldYaml?: string;
  readonly newYaml?: string;
}

/** Who acts and from where. A request is one. */
export interface AuditActor {
  readonly id: string;
  readonly ip: string;
  readonly method: string;
  readonly principal: Principal | undefined;
}

/**
 * In the transaction of the change: it is recorded when it is done, and not done when it cannot be recorded. A request that was
 * recorded by its handler is not recorded once more by the hook.
 */
export async function recordAudit(tx: Database | Transaction, actor: AuditActor, entry: AuditEntry): Promise<void> {
  const { principal } = actor;
  if (principal === undefined) throw new Error('A change is recorded of whom nobody knows.');
  await insertAuditEvent(tx, {
    id: makeId(),
    ...entry,
    principal: { type: principal.kind, id: principal.userId, name: principal.name },
    sourceIp: actor.ip,
    requestMethod: actor.method,
    requestId: actor.id,
  });
  recorded.add(actor);
}

const recorded = new WeakSet<AuditActor>();

export function isRecorded(actor: AuditActor): boolean {
  return recorded.has(actor);
}
