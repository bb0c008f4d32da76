/** Which store a cache step means. */
import { SpecError, textOf } from '../step-spec.ts';
import type { CacheStore } from './cache-store.ts';
import { LocalCacheStore } from './local-cache-store.ts';
import { openS3 } from './s3-connection.ts';
import { S3CacheStore } from './s3-cache-store.ts';
import type { StorageStep } from './storage-step.ts';

export interface OpenedStore {
  readonly store: CacheStore;
  /** For the log. */
  readonly place: string;
}

function openLocalStore({ context }: StorageStep): OpenedStore {
  const { folder, bytesMax } = context.host.settings.caches;
  if (folder === undefined) throw new SpecError('This delegate has no folder for caches.');
  return {
    store: new LocalCacheStore({ folder, bytesMax, project: context.step.project ?? '' }),
    place: 'the caches of this delegate',
  };
}

export async function openS3Store({ spec, context }: StorageStep): Promise<OpenedStore> {
  const connection = await openS3(spec, context.step.connectors, context.host.settings);
  return {
    store: new S3CacheStore(connection),
    place: `the bucket ${connection.bucket}`,
  };
}

/** `SaveCache` and `RestoreCache` name their store. */
export async function openNamedStore(step: StorageStep): Promise<OpenedStore> {
  const type = textOf(step.spec['providerType'], 'providerType') ?? 'Local';
  switch (type) {
    case 'Local':
    case 'Harness': // its own storage, which here is the delegate's
      return openLocalStore(step);
    case 'S3':
      return openS3Store(step);
    default:
      throw new SpecError(`Caches of type ${type} cannot be used yet; use Local or S3.`);
  }
}

export function isTrue(value: unknown, what: string): boolean {
  return textOf(value, what)?.trim().toLowerCase() === 'true';
}

/** A list of texts; one text stands for a list of one, or of its lines. */
export function textList(value: unknown, what: string): readonly string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : (textOf(value, what)?.split('\n') ?? []);
  return items.map((item) => (textOf(item, what) ?? '').trim()).filter((item) => item !== '');
}
