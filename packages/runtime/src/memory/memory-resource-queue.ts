import type { NodeExecutionId } from '@bridle/pipeline';
import type { GrantedClaim, ResourceQueue } from '../ports.ts';
import type { MemoryDatabase } from './memory-database.ts';

/** `ResourceQueue` in memory. Q1, Q2: see there. */
export class MemoryResourceQueue implements ResourceQueue {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async grantHeads(): Promise<number> {
    const held = new Set<string>();
    for (const claim of this.#database.claims.values()) if (claim.isGranted) held.add(keyOf(claim));
    let granted = 0;
    for (const claim of this.#database.claims.values()) {
      if (held.has(keyOf(claim))) continue;
      claim.isGranted = true;
      held.add(keyOf(claim));
      granted += 1;
    }
    return granted;
  }

  async listGranted(limit: number): Promise<readonly GrantedClaim[]> {
    return [...this.#database.claims.values()]
      .filter(({ isGranted, isTold }) => isGranted && !isTold)
      .slice(0, limit)
      .map(({ nodeExecutionId, executionId }) => ({ nodeExecutionId, executionId }));
  }

  async dropClaim(nodeExecutionId: NodeExecutionId): Promise<void> {
    this.#database.claims.delete(nodeExecutionId);
  }
}

function keyOf({ accountId, key }: { readonly accountId: string; readonly key: string }): string {
  return `${accountId}\0${key}`;
}
