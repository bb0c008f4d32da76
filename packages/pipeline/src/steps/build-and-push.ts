/** `BuildAndPushDockerRegistry`: builds an image and pushes it under each of its tags (pipelines.md §5.1). */
import { Type, type Static } from 'typebox';
import { NO_CONTAINER_OF_ITS_OWN } from './container-fields.ts';
import { ignored, notRunYet, TextMap, type StepDefinition } from './step-definition.ts';

export const BuildAndPushSpec = Type.Object({
  repo: Type.String({ description: 'The name of the image without a tag, as in library/app.' }),
  tags: Type.Array(Type.String(), { description: 'The image is pushed with each of them.' }),
  connectorRef: Type.Optional(Type.String({ description: 'The connector of the registry that it is pushed to.' })),
  registryRef: Type.Optional(Type.String({ description: 'The same, of a registry of Harness.' })),
  dockerfile: Type.String({ default: 'Dockerfile', description: 'A path below the workspace.' }),
  context: Type.String({ default: '.', description: 'The folder of the workspace that the build sees.' }),
  labels: Type.Optional(TextMap),
  buildArgs: Type.Optional(TextMap),
  target: Type.Optional(Type.String()),
  /** Images whose layers are used again. */
  cacheFrom: Type.Optional(Type.Array(Type.String())),
  /** Log in to the registries of base images. */
  baseImageConnectorRefs: Type.Optional(Type.Array(Type.String())),
  /** `PLUGIN_NO_PUSH` and `PLUGIN_DRY_RUN` say that nothing is pushed. */
  envVariables: Type.Optional(TextMap),
  envDockerSecrets: notRunYet('secrets of image builds (envDockerSecrets)'),
  fileDockerSecrets: notRunYet('secrets of image builds (fileDockerSecrets)'),
  caching: ignored('The layers that the Docker engine keeps are used.'),
  cacheTo: ignored(
    'The layers stay with the Docker engine of the delegate; an image that was pushed before can be named by cacheFrom.',
  ),
  remoteCacheRepo: ignored('An image that was pushed before can be named by cacheFrom.'),
  optimize: ignored('The Docker engine builds the image.'),
  resources: ignored(NO_CONTAINER_OF_ITS_OWN),
  runAsUser: ignored(NO_CONTAINER_OF_ITS_OWN),
});
export type BuildAndPushSpec = Static<typeof BuildAndPushSpec>;

export const buildAndPush: StepDefinition = {
  type: 'BuildAndPushDockerRegistry',
  spec: BuildAndPushSpec,
  /** `image` is the repository with the first tag, `tag` that tag, `digest` what the registry (or the build) says. */
  outputs: ['image', 'tag', 'digest'],
  usualIn: ['CI'],
  needsOneOf: [['connectorRef', 'registryRef']],
};
