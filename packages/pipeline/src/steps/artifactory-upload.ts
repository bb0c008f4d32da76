/** `ArtifactoryUpload`: files of the workspace to a repository of Artifactory (pipelines.md §5.1). */
import { Type, type Static } from 'typebox';
import { NO_CONTAINER_OF_ITS_OWN } from './container-fields.ts';
import { ignored, type StepDefinition } from './step-definition.ts';

export const ArtifactoryUploadSpec = Type.Object({
  connectorRef: Type.String(),
  /** A file, a folder or a glob below the workspace. */
  sourcePath: Type.String(),
  /** Repository and path below it. */
  target: Type.String(),
  /** Files lose their folders. */
  uploadAsFlat: Type.Boolean({ default: false }),
  resources: ignored(NO_CONTAINER_OF_ITS_OWN),
  runAsUser: ignored(NO_CONTAINER_OF_ITS_OWN),
});
export type ArtifactoryUploadSpec = Static<typeof ArtifactoryUploadSpec>;

export const artifactoryUpload: StepDefinition = {
  type: 'ArtifactoryUpload',
  spec: ArtifactoryUploadSpec,
  outputs: ['uploadedFiles', 'artifacts'],
  usualIn: ['CI'],
};
