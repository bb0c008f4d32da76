/** `SaveCache` and `SaveCacheS3`: keep files under a key. A key that is there already stays as it is unless `override` says else. */
import type { StepExecutor, StepResult } from '../executor.ts';
import type { StepLog } from '../step-log.ts';
import { SpecError, textOf } from '../step-spec.ts';
import { resolveCacheKey } from './cache-key.ts';
import { isTrue, openNamedStore, openS3Store, textList, type OpenedStore } from './cache-step.ts';
import { ARCHIVE_FORMATS, type ArchiveFormat } from './compression.ts';
import { findPaths } from './find-paths.ts';
import type { PlacedPath } from './step-places.ts';
import { storageStep, type StorageStep } from './storage-step.ts';
import { comparePaths, writeArchive, type ArchiveContents } from './write-archive.ts';

/** Lines of the log about things that were not saved. */
const LEFT_OUT_SHOWN_MAX = 20;

export const saveCache: StepExecutor = storageStep('SaveCache', (step) => save(step, openNamedStore));
export const saveCacheS3: StepExecutor = storageStep('SaveCacheS3', (step) => save(step, openS3Store));

async function save(
  step: StorageStep,
  openStore: (step: StorageStep) => OpenedStore | Promise<OpenedStore>,
): Promise<StepResult> {
  const { spec, places, log, context } = step;
  const format = readFormat(spec['archiveFormat']);
  const isOverwriting = isTrue(spec['override'], 'override');
  const key = await resolveCacheKey(textOf(spec['key'], 'key') ?? '', places);
  const paths = await findSources(step);
  const { store, place } = await openStore(step);
  try {
    const startedAt = performance.now();
    if (!isOverwriting && (await store.has(key))) {
      await log.line(`The key ${key} is in ${place} already and stays as it is (override is false).`);
      return { kind: 'succeeded', outputs: {} };
    }
    const { stream, contents } = writeArchive(paths, format, context.signal);
    let stored: 'stored' | 'kept';
    try {
      stored = await store.put(key, stream, isOverwriting, context.signal);
    } finally {
      stream.destroy();
      await contents.catch(() => undefined); // the store has told it; here only that nothing is being read any more
    }
    if (stored === 'kept') {
      await log.line(`The key ${key} came into ${place} meanwhile and stays as it is (override is false).`);
      return { kind: 'succeeded', outputs: {} };
    }
    await reportContents(await contents, log);
    await log.line(`Saved as ${key} in ${place} after ${Math.round(performance.now() - startedAt)} ms.`);
    return { kind: 'succeeded', outputs: {} };
  } finally {
    store.close();
  }
}

function readFormat(value: unknown): ArchiveFormat {
  const text = textOf(value, 'archiveFormat') ?? 'Tar';
  const format = ARCHIVE_FORMATS.find((name) => name.toLowerCase() === text.trim().toLowerCase());
  if (format === undefined)
    throw new SpecError(`"${text}" is not an archiveFormat; use ${ARCHIVE_FORMATS.join(', ')}.`);
  return format;
}

async function findSources({ spec, places, log }: StorageStep): Promise<readonly PlacedPath[]> {
  const patterns = textList(spec['sourcePaths'], 'sourcePaths');
  if (patterns.length === 0) throw new SpecError('The step needs sourcePaths.');
  const found: PlacedPath[] = [];
  for (const pattern of patterns) {
    const paths = await findPaths(pattern, places);
    if (paths.length === 0) await log.line(`There is nothing at ${pattern}.`);
    found.push(...paths);
  }
  if (found.length === 0) throw new SpecError('None of the sourcePaths is there: nothing can be saved.');
  return found.toSorted(comparePaths);
}

async function reportContents({ entries, bytes, leftOut }: ArchiveContents, log: StepLog): Promise<void> {
  await log.line(`${entries} files, folders and links with ${bytes} bytes.`);
  let shown = 0;
  for (const [name, why] of leftOut) {
    shown += 1;
    if (shown > LEFT_OUT_SHOWN_MAX) break;
    await log.line(`Left out: ${name}: ${why}.`);
  }
  if (leftOut.size > LEFT_OUT_SHOWN_MAX) await log.line(`Left out: ${leftOut.size - LEFT_OUT_SHOWN_MAX} more.`);
}
