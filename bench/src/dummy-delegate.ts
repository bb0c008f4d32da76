/** A delegate that does nothing, at once: it speaks the real protocol, so what is left is the server's own time. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Product } from '@bridle/e2e';

const CAPACITY = 256;
const WAIT_MS = 20_000;
const HEARTBEAT_MS = 4_000;

export interface DummyTask {
  readonly taskId: string;
  readonly fence: number;
}

export interface DummyDelegate {
  close(): Promise<void>;
}

/** Takes whatever there is, side by side. */
export async function startDummyDelegate(product: Product, name: string): Promise<DummyDelegate> {
  const hand = await DummyHand.register(product, name, CAPACITY);
  const working = (async () => {
    while (!hand.isOver) for (const task of await hand.take(CAPACITY - hand.held)) void hand.perform(task);
  })();
  return {
    close: async () => {
      hand.close();
      await working;
    },
  };
}

/** A registered delegate process that somebody moves; it lives until it is closed. Once it is, calls answer with nothing. */
export class DummyHand {
  readonly delegateId: string;
  readonly #call: <T>(path: string, body: object) => Promise<T>;
  readonly #held = new Map<string, DummyTask>();
  readonly #stopping: AbortController;
  readonly #beat: NodeJS.Timeout;

  private constructor(delegateId: string, call: <T>(path: string, body: object) => Promise<T>, over: AbortController) {
    this.delegateId = delegateId;
    this.#call = call;
    this.#stopping = over;
    this.#beat = setInterval(() => {
      void this.#tell('heartbeat', { held: [...this.#held.values()] });
    }, HEARTBEAT_MS);
  }

  static async register(product: Product, name: string, capacity: number): Promise<DummyHand> {
    const token = (await readFile(join(product.home, 'delegate-token'), 'utf8')).trim();
    const incarnation = randomUUID();
    const over = new AbortController();
    const call = async <T>(path: string, body: object): Promise<T> => {
      const response = await fetch(`${product.url}/delegate/api/${path}`, {
        method: 'POST',
        signal: over.signal,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ incarnation, ...body }),
      });
      if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    };
    const { delegateId } = await call<{ delegateId: string }>('register', {
      name,
      tags: [],
      installation: randomUUID(),
      version: '0.1.0',
      hostName: 'bench',
      os: 'linux',
      arch: 'x64',
      shells: ['Bash', 'Sh'],
      capacity,
    });
    return new DummyHand(delegateId, call, over);
  }

  get isOver(): boolean {
    return this.#stopping.signal.aborted;
  }

  get held(): number {
    return this.#held.size;
  }

  async take(free: number, waitMs: number = WAIT_MS): Promise<readonly DummyTask[]> {
    const body = { free, cancelling: [], waitMs, released: [] };
    const answer = await this.#ask<{ tasks: readonly DummyTask[] }>('poll', body);
    const tasks = answer?.tasks ?? [];
    for (const { taskId, fence } of tasks) this.#held.set(taskId, { taskId, fence });
    return tasks;
  }

  /** Reports that it was started, and that it is done. */
  async perform({ taskId, fence }: DummyTask): Promise<void> {
    await this.#tell(`tasks/${taskId}/started`, { fence });
    const outcome = { kind: 'succeeded', exitCode: 0, outputs: {} };
    await this.#tell(`tasks/${taskId}/complete`, { fence, outcome });
    this.#held.delete(taskId);
  }

  close(): void {
    clearInterval(this.#beat);
    this.#stopping.abort();
  }

  async #tell(path: string, body: object): Promise<void> {
    await this.#ask(path, body);
  }

  async #ask<T>(path: string, body: object): Promise<T | undefined> {
    try {
      return await this.#call<T>(`${this.delegateId}/${path}`, body);
    } catch (error) {
      if (this.isOver) return undefined;
      throw error;
    }
  }
}
