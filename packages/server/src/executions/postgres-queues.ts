/** What executions wait for and ask of each other, over PostgreSQL: the ports of the runtime's loops. */
import type { ExecutionId, NodeExecutionId } from '@bridle/pipeline';
import {
  requestId,
  type AdmissionQueue,
  type GrantedClaim,
  type OpenRequest,
  type RequestEffect,
  type RequestQueue,
  type ResourceQueue,
} from '@bridle/runtime';
import {
  admitNext,
  countRunning,
  deleteFromLine,
  listAccountsInLine,
  listAdmitted,
  lockAccount,
} from '../store/admission-statements.ts';
import type { Database } from '../store/database.ts';
import { deleteRequest, forbidRequest, takeRequests } from '../store/request-statements.ts';
import { deleteClaim, grantHeads, hasOpenClaims, listUntoldClaims } from '../store/resource-statements.ts';

export class PostgresResourceQueue implements ResourceQueue {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async grantHeads(): Promise<number> {
    return (await hasOpenClaims(this.#db)) ? grantHeads(this.#db) : 0;
  }

  listGranted(limit: number): Promise<readonly GrantedClaim[]> {
    return listUntoldClaims(this.#db, limit);
  }

  dropClaim(nodeExecutionId: NodeExecutionId): Promise<void> {
    return deleteClaim(this.#db, nodeExecutionId);
  }
}

export class PostgresRequestQueue implements RequestQueue {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async takeRequests(limit: number, leaseMs: number): Promise<readonly OpenRequest[]> {
    const rows = await takeRequests(this.#db, limit, leaseMs);
    return rows.map(({ id, executionId, body, attempts }) => ({
      id,
      executionId,
      effect: body as RequestEffect,
      attempts,
    }));
  }

  finishRequest(id: string): Promise<void> {
    return deleteRequest(this.#db, id);
  }

  forbidChild(nodeExecutionId: NodeExecutionId): Promise<void> {
    return forbidRequest(this.#db, requestId('startChild', nodeExecutionId));
  }
}

export class PostgresAdmissionQueue implements AdmissionQueue {
  readonly #db: Database;
  readonly #executionsMax: number;
  #hasWaiting = false;

  /** `executionsMax`: executions of one account that may run at once. */
  constructor(db: Database, executionsMax: number) {
    this.#db = db;
    this.#executionsMax = executionsMax;
  }

  get hasWaiting(): boolean {
    return this.#hasWaiting;
  }

  async admit(limit: number): Promise<readonly ExecutionId[]> {
    const accounts = await listAccountsInLine(this.#db);
    this.#hasWaiting = accounts.length > 0;
    if (accounts.length === 0) return [];
    for (const accountId of accounts) await this.#fill(accountId);
    return (await listAdmitted(this.#db, limit)).map(({ executionId }) => executionId);
  }

  dropWaiting(id: ExecutionId): Promise<void> {
    return deleteFromLine(this.#db, id);
  }

  /** A1: counted under the lock of the account. */
  async #fill(accountId: string): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      await lockAccount(tx, accountId);
      const free = this.#executionsMax - (await countRunning(tx, accountId));
      if (free > 0) await admitNext(tx, accountId, free);
    });
  }
}
