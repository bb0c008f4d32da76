/** What every resource of the SDK goes through in its test. */
import type { Pages } from '@bridle/sdk';
import { expect } from 'vitest';

export interface Life<T> {
  readonly create: () => Promise<unknown>;
  readonly get: () => Promise<T>;
  readonly list: () => Pages<unknown>;
  /** Absent: it is never changed. */
  readonly update?: () => Promise<unknown>;
  readonly delete: () => Promise<unknown>;
  /** What of it `update` changes. */
  readonly seen?: (thing: T) => unknown;
}

/** From nothing to nothing. */
export async function live<T>(life: Life<T>): Promise<void> {
  await life.create();
  const before = await life.get();
  const items = await life.list().all();
  expect(items.length).toBeGreaterThan(0);
  expect(items.length).toBe((await life.list()).total);
  if (life.update !== undefined) {
    await life.update();
    expect(life.seen?.(await life.get())).not.toEqual(life.seen?.(before));
  }
  await life.delete();
  await expect(life.get()).rejects.toThrow();
}
