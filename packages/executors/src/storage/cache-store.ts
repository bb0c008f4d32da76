/**
 * The port of stores that keep cached archives. `testing/cache-store-suite.ts` is what every implementation passes.
 *
 * - C1 What `open` gives is whole: an archive shows under its key only when all of it has been stored.
 * - C2 Steps use a store side by side; of two that store the same key one wins, and who reads gets one or the other.
 */
import type { Readable } from 'node:stream';
import type { FailureType } from '@bridle/pipeline';

export interface CacheStore {
  has(key: string): Promise<boolean>;
  /** `undefined` when nothing is stored under the key. */
  open(key: string, signal: AbortSignal): Promise<Readable | undefined>;
  /**
   * Reads `body` to its end and keeps it.
   * @returns `kept` when the key had an archive already and `isOverwriting` is false; the body may be read in part then
   */
  put(key: string, body: Readable, isOverwriting: boolean, signal: AbortSignal): Promise<'stored' | 'kept'>;
  close(): void;
}

/** The store does not do what is asked of it; the text is for the step's author. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly type: FailureType;

  constructor(message: string, type: FailureType, options?: ErrorOptions) {
    super(message, options);
    this.type = type;
  }
}
