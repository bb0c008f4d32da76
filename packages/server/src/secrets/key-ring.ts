/**
 * The master keys of the installation: one that seals, and older ones that still open what was sealed under them.
 *
 * - R1 A key is known by an id made of the key itself: nobody has to name keys, and two replicas never mean different ones.
 * - R2 Keys that wrap are derived: the master key itself encrypts nothing.
 * - R3 A key made elsewhere meanwhile (a rotation under way) is looked for at once, and one that is nowhere once in a while only.
 */
import { createHmac, hkdfSync } from 'node:crypto';
import type { StartErrorCode } from '../store/start-error-codes.ts';

export const MASTER_KEY_BYTES = 32;
const ID_LENGTH = 16;
/** How long it counts that a key is nowhere (R3). */
const MISSED_MS = 1_000;
const MISSED_MAX = 100;

export interface MasterKeys {
  readonly current: Buffer;
  readonly old: readonly Buffer[];
}

export interface WrappingKey {
  readonly id: string;
  readonly key: Buffer;
}

/** Thrown when a value was sealed under a master key that is not here. */
export class MasterKeyMissingError extends Error {
  override readonly name = 'MasterKeyMissingError';
  /** For a start that meets it. */
  readonly code: StartErrorCode = 'MASTER_KEY_CHANGED';

  constructor(keyId: string) {
    super(
      `The secrets of this database were sealed with the master key ${keyId}, which is not here. Start with that key (BRIDLE_MASTER_KEY, or keys/ in the home), or name it in BRIDLE_OLD_MASTER_KEYS beside a newer one.`,
    );
  }
}

export class KeyRing {
  readonly #reload: (() => MasterKeys) | undefined;
  #current: WrappingKey;
  #byId: ReadonlyMap<string, WrappingKey>;
  /** Id → when it was looked for in vain, by this process's monotonic clock. */
  readonly #missed = new Map<string, number>();

  /** @param reload - looks for keys again; throws when it cannot */
  constructor(keys: MasterKeys, reload?: () => MasterKeys) {
    this.#reload = reload;
    [this.#current, this.#byId] = readKeys(keys);
  }

  /** The key that seals from now on. */
  get current(): WrappingKey {
    return this.#current;
  }

  get ids(): readonly string[] {
    return [...this.#byId.keys()];
  }

  /** @throws MasterKeyMissingError */
  get(id: string): WrappingKey {
    const known = this.#byId.get(id) ?? this.#lookAgain(id);
    if (known === undefined) throw new MasterKeyMissingError(id);
    return known;
  }

  #lookAgain(id: string): WrappingKey | undefined {
    const missedAt = this.#missed.get(id) ?? Number.NEGATIVE_INFINITY;
    if (this.#reload === undefined || performance.now() - missedAt < MISSED_MS) return undefined;
    const [current, byId] = readKeys(this.#reload());
    this.#current = current;
    // What was readable stays so.
    this.#byId = new Map([...this.#byId, ...byId]);
    const found = this.#byId.get(id);
    if (this.#missed.size > MISSED_MAX) this.#missed.clear();
    if (found === undefined) this.#missed.set(id, performance.now());
    return found;
  }
}

/** Says nothing about the key. */
export function masterKeyId(masterKey: Buffer): string {
  return createHmac('sha256', masterKey).update('bridle master key id').digest('hex').slice(0, ID_LENGTH);
}

function readKeys({ current, old }: MasterKeys): readonly [WrappingKey, ReadonlyMap<string, WrappingKey>] {
  const first = wrappingKey(current);
  return [first, new Map([first, ...old.map(wrappingKey)].map((key) => [key.id, key]))];
}

function wrappingKey(masterKey: Buffer): WrappingKey {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'bridle secrets wrapping key v1', MASTER_KEY_BYTES));
  return { id: masterKeyId(masterKey), key };
}
