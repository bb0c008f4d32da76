/** Steps that keep folders for later executions under a key, and bring them back (pipelines.md §5.1). */
import { Type, type Static } from 'typebox';
import { NO_CONTAINER_OF_ITS_OWN } from './container-fields.ts';
import { ignored, type StepDefinition } from './step-definition.ts';

const ArchiveFormat = Type.Enum(['Tar', 'Gzip', 'Zstd'], { default: 'Tar' });

/** Texts in it such as `{{ checksum "package-lock.json" }}` are filled in where the step runs. */
const Key = Type.String();

const METADATA = ignored('Modes and times of files are kept in any case, owners are not.');

const S3_FIELDS = {
  region: Type.Optional(Type.String()),
  /** Of a store that speaks S3 but is not Amazon's. */
  endpoint: Type.Optional(Type.String()),
  pathStyle: Type.Optional(Type.Boolean()),
} as const;

/** S3 needs `connectorRef` and `bucket`; `Local` and `Harness` are a folder of the delegate that outlives its stages. */
const ANY_STORE = {
  providerType: Type.Enum(['Local', 'Harness', 'S3', 'GCS', 'Azure'], {
    default: 'Local',
    notRunYetValues: { GCS: 'caches in Google Cloud Storage', Azure: 'caches in Azure' },
  }),
  connectorRef: Type.Optional(Type.String()),
  bucket: Type.Optional(Type.String()),
  ...S3_FIELDS,
} as const;

const S3_STORE = { connectorRef: Type.String(), bucket: Type.String(), ...S3_FIELDS } as const;

const SAVE_FIELDS = {
  key: Key,
  sourcePaths: Type.Array(Type.String()),
  archiveFormat: ArchiveFormat,
  /** Whether an existing key is written anew. */
  override: Type.Boolean({ default: false }),
  preserveMetadata: METADATA,
  resources: ignored(NO_CONTAINER_OF_ITS_OWN),
  runAsUser: ignored(NO_CONTAINER_OF_ITS_OWN),
} as const;

const RESTORE_FIELDS = {
  key: Key,
  archiveFormat: ArchiveFormat,
  failIfKeyNotFound: Type.Boolean({ default: false }),
  preserveMetadata: METADATA,
  resources: ignored(NO_CONTAINER_OF_ITS_OWN),
  runAsUser: ignored(NO_CONTAINER_OF_ITS_OWN),
} as const;

export const SaveCacheSpec = Type.Object({ ...ANY_STORE, ...SAVE_FIELDS });
export type SaveCacheSpec = Static<typeof SaveCacheSpec>;
export const SaveCacheS3Spec = Type.Object({ ...S3_STORE, ...SAVE_FIELDS });
export type SaveCacheS3Spec = Static<typeof SaveCacheS3Spec>;
export const RestoreCacheSpec = Type.Object({ ...ANY_STORE, ...RESTORE_FIELDS });
export type RestoreCacheSpec = Static<typeof RestoreCacheSpec>;
export const RestoreCacheS3Spec = Type.Object({ ...S3_STORE, ...RESTORE_FIELDS });
export type RestoreCacheS3Spec = Static<typeof RestoreCacheS3Spec>;

export const saveCache: StepDefinition = { type: 'SaveCache', spec: SaveCacheSpec, outputs: [], usualIn: ['CI'] };
export const saveCacheS3: StepDefinition = { type: 'SaveCacheS3', spec: SaveCacheS3Spec, outputs: [], usualIn: ['CI'] };

/** Both give `output.cacheHit`, which is `output.outputVariables.cacheHit`: the text `true` or `false`. */
export const restoreCache: StepDefinition = {
  type: 'RestoreCache',
  spec: RestoreCacheSpec,
  outputs: ['cacheHit'],
  usualIn: ['CI'],
};
export const restoreCacheS3: StepDefinition = {
  type: 'RestoreCacheS3',
  spec: RestoreCacheS3Spec,
  outputs: ['cacheHit'],
  usualIn: ['CI'],
};
