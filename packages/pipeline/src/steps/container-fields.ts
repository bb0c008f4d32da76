/** Fields of steps that may run in a container of their own (pipelines.md §5.1). */
import { Type } from 'typebox';

export const Resources = Type.Object({
  limits: Type.Optional(Type.Object({ memory: Type.Optional(Type.String()), cpu: Type.Optional(Type.String()) })),
});

/** What says how the container is made, beside its image. */
export const CONTAINER_FIELDS = {
  /** Logs in where the image is pulled from. */
  connectorRef: Type.Optional(Type.String()),
  registryRef: Type.Optional(Type.String()),
  resources: Type.Optional(Resources),
  /** Absent: what the engine has is taken, unless the tag is `latest`. */
  imagePullPolicy: Type.Optional(Type.Enum(['Always', 'IfNotPresent', 'Never'])),
  privileged: Type.Optional(Type.Boolean()),
  /** A uid. */
  runAsUser: Type.Optional(Type.String()),
} as const;

/** Of steps that are carried out by Bridle itself, where Harness starts a container of its own. */
export const NO_CONTAINER_OF_ITS_OWN = 'Bridle carries the step out itself, without a container to set up.';
