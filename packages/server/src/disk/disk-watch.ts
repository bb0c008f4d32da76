/**
 * Watches how much room is left where this server writes, and says when new work is to be refused: a database whose disk is full
 * stops everybody's work, one that still has some can end what it has begun.
 *
 * - Below the least, new work is refused; it is taken again only when there is clearly more, so that it does not flutter.
 * - What cannot be looked at does not count: a server is not stopped by a failing look.
 */
import { statfs } from 'node:fs/promises';

/** Free space shrinks by gigabytes a minute at most; a look costs microseconds. */
const LOOK_EVERY_MS = 5_000;
/** On a small disk a tenth of it is enough. */
const SHARE_OF_SMALL_DISKS = 0.1;
/** Above the least by this much, work is taken again. */
const RESUME_FACTOR = 1.25;
/** When whoever was refused may try again. */
export const RETRY_AFTER_SECONDS = 30;

export interface DiskSettings {
  /** Bytes that must be free; absent = 1 GiB, or a tenth of a smaller disk. */
  readonly freeBytesMin?: number;
  /** Bytes that must be free before work is taken again; absent = a quarter more than the least. */
  readonly freeBytesResume?: number;
}

export interface LowDisk {
  readonly place: string;
  readonly freeBytes: number;
  readonly wantedBytes: number;
}

/** What others ask. */
export interface DiskGuard {
  /** `undefined` = there is room. */
  low(): LowDisk | undefined;
}

export interface DiskWatchOptions {
  readonly places: readonly string[];
  readonly settings: DiskSettings;
  /** Hears when work is refused from now on, and with `undefined` when it is taken again. */
  readonly onChange: (low: LowDisk | undefined) => void;
  readonly onError: (error: unknown) => void;
}

/** Thrown for new work while there is no room for it. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
  readonly code = 'DISK_FULL';

  constructor({ freeBytes, wantedBytes }: LowDisk) {
    super(
      `The disk of the server is nearly full: ${inMegabytes(freeBytes)} are free, ${inMegabytes(wantedBytes)} must be. What runs goes on; new work is taken again when there is room.`,
    );
  }
}

const FREE_BYTES_MIN = 1_073_741_824;

export class DiskWatch implements DiskGuard {
  readonly #options: DiskWatchOptions;
  #low: LowDisk | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  low(): LowDisk | undefined {
    return this.#low;
  }

  /** Resolves after the first look. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async look(): Promise<void> {
    const { places, onChange, onError } = this.#options;
    const wasLow = this.#low !== undefined;
    const looks = await Promise.all(
      places.map((place) =>
        this.#lookAt(place, wasLow).catch((error: unknown) => {
          onError(error);
          return undefined;
        }),
      ),
    );
    this.#low = looks.find((look) => look !== undefined);
    if (wasLow !== (this.#low !== undefined)) onChange(this.#low);
  }

  async #lookAt(place: string, wasLow: boolean): Promise<LowDisk | undefined> {
    const { freeBytesMin, freeBytesResume } = this.#options.settings;
    const { bavail, blocks, bsize } = await statfs(place);
    const least = freeBytesMin ?? Math.min(FREE_BYTES_MIN, Math.floor(blocks * bsize * SHARE_OF_SMALL_DISKS));
    const wantedBytes = wasLow ? Math.max(least, freeBytesResume ?? Math.ceil(least * RESUME_FACTOR)) : least;
    const freeBytes = bavail * bsize;
    return freeBytes < wantedBytes ? { place, freeBytes, wantedBytes } : undefined;
  }
}

function inMegabytes(bytes: number): string {
  return `${String(Math.floor(bytes / 1_000_000))} MB`;
}
