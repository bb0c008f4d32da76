/**
 * Writes the one file of a backup.
 *
 * - W1 It appears whole, under its name, and flushed; what breaks off leaves nothing.
 * - W2 Nobody but its owner may read it (0600).
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { PartOfBackup } from './manifest.ts';

const READ_BYTES = 262_144;

export class ArchiveWriter {
  readonly #path: string;
  readonly #draft: string;
  readonly #signal: AbortSignal;
  readonly #pack: Pack;
  readonly #written: Promise<void>;
  readonly #parts: PartOfBackup[] = [];

  /** @param signal - aborted to end it with nothing left */
  constructor(path: string, signal: AbortSignal) {
    this.#signal = signal;
    this.#path = path;
    this.#draft = `${path}.${randomBytes(6).toString('hex')}.unfinished`;
    this.#pack = pack();
    this.#written = pipeline(this.#pack, createWriteStream(this.#draft, { flags: 'wx', mode: 0o600, flush: true }));
    // Heard of by whoever writes next, or at the end.
    this.#written.catch(() => undefined);
  }

  get parts(): readonly PartOfBackup[] {
    return this.#parts;
  }

  async addBytes(name: string, bytes: Buffer): Promise<void> {
    await this.#add(name, bytes.length, Readable.from([bytes]));
  }

  async addFile(name: string, path: string): Promise<void> {
    const { size } = await stat(path);
    await this.#add(name, size, createReadStream(path, { highWaterMark: READ_BYTES, end: Math.max(size - 1, 0) }));
  }

  /** W1. */
  async finish(): Promise<void> {
    this.#pack.finalize();
    await this.#written;
    // A link, since a rename would replace what somebody else has put there meanwhile.
    await link(this.#draft, this.#path);
    await rm(this.#draft);
    const folder = await open(dirname(this.#path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  async giveUp(): Promise<void> {
    this.#pack.destroy();
    await this.#written.catch(() => undefined);
    await rm(this.#draft, { force: true });
  }

  async #add(name: string, bytes: number, content: Readable): Promise<void> {
    this.#signal.throwIfAborted();
    const hash = createHash('sha256');
    const entry = this.#pack.entry({ name, size: bytes, mode: 0o600 });
    const added = pipeline(
      content,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      entry,
    );
    // A full disk ends the file, and nobody would read the entry any more.
    await Promise.race([added, this.#written.then(() => added)]);
    this.#parts.push({ name, bytes, sha256: hash.digest('hex') });
  }
}
