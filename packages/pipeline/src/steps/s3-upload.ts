/** `S3Upload`: files of the workspace to a bucket (pipelines.md §5.1). */
import { Type, type Static } from 'typebox';
import { NO_CONTAINER_OF_ITS_OWN } from './container-fields.ts';
import { ignored, type StepDefinition } from './step-definition.ts';

export const S3UploadSpec = Type.Object({
  connectorRef: Type.String(),
  bucket: Type.String(),
  region: Type.String(),
  /** A file, a folder or a glob below the workspace. */
  sourcePath: Type.String(),
  /** What the keys begin with. */
  target: Type.Optional(Type.String()),
  /** Of a store that speaks S3 but is not Amazon's. */
  endpoint: Type.Optional(Type.String()),
  /** Taken off the front of the path before it becomes the key. */
  stripPrefix: Type.Optional(Type.String()),
  pathStyle: Type.Optional(Type.Boolean()),
  resources: ignored(NO_CONTAINER_OF_ITS_OWN),
  runAsUser: ignored(NO_CONTAINER_OF_ITS_OWN),
});
export type S3UploadSpec = Static<typeof S3UploadSpec>;

export const s3Upload: StepDefinition = {
  type: 'S3Upload',
  spec: S3UploadSpec,
  outputs: ['uploadedFiles', 'artifacts'],
  usualIn: ['CI'],
};
