/** `RestoreCache` and `RestoreCacheS3`: bring back what was kept under a key. A key that is not there is no failure unless the step says so. */
import type { StepExecutor, StepOutputs, StepResult } from '../executor.ts';
import { textOf } from '../step-spec.ts';
import { resolveCacheKey } from './cache-key.ts';
import { isTrue, openNamedStore, openS3Store, type OpenedStore } from './cache-step.ts';
import { readArchive } from './read-archive.ts';
import { storageStep, type StorageStep } from './storage-step.ts';

export const restoreCache: StepExecutor = storageStep('RestoreCache', (step) => restore(step, openNamedStore));
export const restoreCacheS3: StepExecutor = storageStep('RestoreCacheS3', (step) => restore(step, openS3Store));

async function restore(
  step: StorageStep,
  openStore: (step: StorageStep) => OpenedStore | Promise<OpenedStore>,
): Promise<StepResult> {
  const { spec, places, log, context } = step;
  const key = await resolveCacheKey(textOf(spec['key'], 'key') ?? '', places);
  const { store, place } = await openStore(step);
  try {
    const startedAt = performance.now();
    const found = await store.open(key, context.signal);
    if (found === undefined) {
      const message = `The key ${key} is not in ${place}.`;
      await log.line(message);
      return isTrue(spec['failIfKeyNotFound'], 'failIfKeyNotFound')
        ? { kind: 'failed', outputs: outputsOf(false), failure: { message, types: ['APPLICATION_ERROR'] } }
        : { kind: 'succeeded', outputs: outputsOf(false) };
    }
    try {
      const { entries, bytes } = await readArchive(found as AsyncIterable<Buffer>, places, context.signal);
      await log.line(
        `Restored ${key} from ${place}: ${entries} files, folders and links with ${bytes} bytes after ${Math.round(performance.now() - startedAt)} ms.`,
      );
    } finally {
      found.destroy();
    }
    return { kind: 'succeeded', outputs: outputsOf(true) };
  } finally {
    store.close();
  }
}

/** In both places where pipelines look for it. */
function outputsOf(isHit: boolean): StepOutputs {
  const cacheHit = String(isHit);
  return { cacheHit, outputVariables: { cacheHit } };
}
