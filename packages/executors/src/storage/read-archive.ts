/**
 * Restores a tar stream. Whoever made it may be an enemy.
 *
 * - A1 Every entry ends up in the workspace or in a folder the operator allows (L1): names that go up, links that lead out, and whatever
 *   is neither file, folder nor link end the restoring. Nothing is written through a link (F1).
 * - A2 Bits beyond permissions (set-uid and the like) and owners are not restored: what is made belongs to whom the place belongs.
 * - A3 Memory does not grow with the archive; the number of entries and their bytes are limited.
 */
import { extract } from 'tar-stream';
import { ArchiveRestorer, type RestoredArchive } from './archive-restorer.ts';
import { decompress } from './compression.ts';
import { codeOf, PathRefused } from './open-folder.ts';
import type { StepPlaces } from './step-places.ts';

/** The archive is damaged, or none. The text is for the step's author. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** @throws PathRefused, ArchiveError */
export async function readArchive(
  source: AsyncIterable<Buffer>,
  places: StepPlaces,
  signal: AbortSignal,
): Promise<RestoredArchive> {
  const unpacked = extract();
  const restorer = new ArchiveRestorer(places);
  let problem: Error | undefined;
  const fed = feed(source, unpacked, signal).catch((error: unknown) => {
    problem = error instanceof Error ? error : new Error(String(error));
    unpacked.destroy(problem);
  });
  try {
    for await (const entry of unpacked) {
      signal.throwIfAborted();
      await restorer.restore(entry);
    }
    await fed;
    if (problem !== undefined) throw problem;
    return restorer.finish();
  } catch (error) {
    throw described(problem ?? error);
  } finally {
    unpacked.destroy();
    await fed;
    restorer.close();
  }
}

async function feed(
  source: AsyncIterable<Buffer>,
  into: ReturnType<typeof extract>,
  signal: AbortSignal,
): Promise<void> {
  const closed = happens(into, 'close');
  for await (const chunk of decompress(source, signal)) {
    signal.throwIfAborted();
    if (into.destroyed) return;
    if (!into.write(chunk)) await Promise.race([happens(into, 'drain'), closed]);
  }
  if (!into.destroyed) into.end(null);
}

/** Unlike `once` of Node it does not mind an error: the loop over the entries hears of that. */
function happens(emitter: ReturnType<typeof extract>, event: 'drain' | 'close'): Promise<void> {
  return new Promise((resolve) => void emitter.once(event, () => resolve()));
}

/** What the unpackers of others say, in words. */
function described(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PathRefused || error.name === 'AbortError') return error;
  const code = codeOf(error) ?? '';
  const isFormat = code.startsWith('Z_') || code.startsWith('ZSTD_') || code === 'ERR_STREAM_PREMATURE_CLOSE';
  if (code !== '' && !isFormat) return error; // the system's, or the store's
  return new ArchiveError(`The archive is damaged: ${error.message}`);
}
