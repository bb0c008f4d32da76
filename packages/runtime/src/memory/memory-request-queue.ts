import type { NodeExecutionId } from '@bridle/pipeline';
import type { OpenRequest, RequestQueue } from '../ports.ts';
import { requestId } from '../requests.ts';
import type { MemoryDatabase } from './memory-database.ts';

/** `RequestQueue` in memory. */
export class MemoryRequestQueue implements RequestQueue {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    this.#database = database;
  }

  async takeRequests(limit: number, leaseMs: number): Promise<readonly OpenRequest[]> {
    const now = this.#database.clock.now();
    return [...this.#database.requests.values()]
      .filter(({ dueAt }) => dueAt <= now)
      .slice(0, limit)
      .map((request) => {
        request.dueAt = now + leaseMs;
        request.attempts += 1;
        const { id, executionId, effect, attempts } = request;
        return { id, executionId, effect, attempts };
      });
  }

  async finishRequest(id: string): Promise<void> {
    this.#database.requests.delete(id);
  }

  async forbidChild(nodeExecutionId: NodeExecutionId): Promise<void> {
    const request = this.#database.requests.get(requestId('startChild', nodeExecutionId));
    if (request !== undefined) request.isForbidden = true;
  }
}
