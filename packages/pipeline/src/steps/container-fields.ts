/** Fields of steps that may run in a container of their own (pipelines.md §5.1). */
import { Type } from 'typebox';

const Resources = Type.Object(
  {
    limits: Type.Optional(
      Type.Object({
        memory: Type.Optional(Type.String({ description: 'As in 500Mi or 2G.' })),
        cpu: Type.Optional(Type.String({ description: 'As in 400m or 2.' })),
      }),
    ),
  },
  { description: 'What the container may take of the host.' },
);

/** What says how the container is made, beside its image. */
export const CONTAINER_FIELDS = {
  connectorRef: Type.Optional(
    Type.String({ description: 'The connector that signs in where the image is pulled from.' }),
  ),
  registryRef: Type.Optional(Type.String({ description: 'The same, of a registry of Harness.' })),
  resources: Type.Optional(Resources),
  imagePullPolicy: Type.Optional(
    Type.Enum(['Always', 'IfNotPresent', 'Never'], {
      description: 'When the image is pulled. Absent: when it is not there, or its tag is latest.',
    }),
  ),
  privileged: Type.Optional(
    Type.Boolean({ description: 'Whether the container may do what the host may, where the account allows it.' }),
  ),
  runAsUser: Type.Optional(Type.String({ description: 'The number of the user in the container.' })),
} as const;

/** Of steps that are carried out by Bridle itself, where Harness starts a container of its own. */
export const NO_CONTAINER_OF_ITS_OWN = 'Bridle carries the step out itself, without a container to set up.';
