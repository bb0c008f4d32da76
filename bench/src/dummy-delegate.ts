/** A delegate that does nothing, at once: it speaks the real protocol, so what is left is the server's own time. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Product } from '@bridle/e2e';

const CAPACITY = 256;
const WAIT_MS = 20_000;

interface Task {
  readonly taskId: string;
  readonly fence: number;
}

export interface DummyDelegate {
  close(): Promise<void>;
}

export async function startDummyDelegate(product: Product, name: string): Promise<DummyDelegate> {
  const token = (await readFile(join(product.home, 'delegate-token'), 'utf8')).trim();
  const incarnation = randomUUID();
  const stopping = new AbortController();
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const response = await fetch(`${product.url}/delegate/api/${path}`, {
      method: 'POST',
      signal: stopping.signal,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const { delegateId } = await post<{ delegateId: string }>('register', {
    name,
    tags: [],
    incarnation,
    installation: randomUUID(),
    version: '0.1.0',
    hostName: 'bench',
    os: 'linux',
    arch: 'x64',
    shells: ['Bash', 'Sh'],
    capacity: CAPACITY,
  });
  const held = new Map<string, Task>();
  const perform = async (task: Task): Promise<void> => {
    held.set(task.taskId, task);
    await post(`${delegateId}/tasks/${task.taskId}/started`, { incarnation, fence: task.fence });
    await post(`${delegateId}/tasks/${task.taskId}/complete`, {
      incarnation,
      fence: task.fence,
      outcome: { kind: 'succeeded', exitCode: 0, outputs: {} },
    });
    held.delete(task.taskId);
  };
  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const body = { incarnation, free: CAPACITY - held.size, cancelling: [], waitMs: WAIT_MS, released: [] };
      const { tasks } = await post<{ tasks: readonly Task[] }>(`${delegateId}/poll`, body);
      for (const task of tasks) void perform(task).catch(ignoreStop);
    }
  };
  const beat = setInterval(() => {
    void post(`${delegateId}/heartbeat`, { incarnation, held: [...held.values()] }).catch(ignoreStop);
  }, 4_000);
  const ignoreStop = (error: unknown): void => {
    if (!stopping.signal.aborted) throw error;
  };
  const polling = poll().catch(ignoreStop);
  return {
    close: async () => {
      clearInterval(beat);
      stopping.abort();
      await polling;
    },
  };
}
