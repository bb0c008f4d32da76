/** Delegates and their tokens as Harness's clients manage them (`/ng/api/delegate-setup`, `/ng/api/delegate-token-ng`). */
import { Type, type Static, type TArray, type TNull, type TObject, type TSchema } from 'typebox';
import { nullable, Time } from './schema.ts';

/** `RestResponse`, the older envelope: what is asked for is `resource`. */
export function restResponseOf<T extends TSchema>(
  resource: T,
): TObject<{ metaData: ReturnType<typeof Type.Object<{}>>; resource: T; responseMessages: TArray<TNull> }> {
  return Type.Object({ metaData: Type.Object({}), resource, responseMessages: Type.Array(Type.Null()) });
}

export const DELEGATE_TOKEN_STATUSES = ['ACTIVE', 'REVOKED'] as const;

export const DelegateTokenDetails = Type.Object({
  uuid: Type.String(),
  accountId: Type.String(),
  name: Type.String(),
  /** Who made it. */
  createdBy: nullable(Type.Object({ type: Type.Literal('USER'), name: Type.String() })),
  createdAt: Time,
  status: Type.Enum([...DELEGATE_TOKEN_STATUSES]),
  /** The token itself: in the answer that makes it, and never again. */
  value: nullable(Type.String()),
  /** `org`, or `org/project`; null for the account's. */
  ownerIdentifier: nullable(Type.String()),
  revokeAfter: nullable(Time),
});
export type DelegateTokenDetails = Static<typeof DelegateTokenDetails>;

/** What Harness's clients may ask for; filters that Bridle has nothing to say about are taken and have no effect. */
export const DelegateFilter = Type.Object({
  filterType: Type.Optional(nullable(Type.String())),
  status: Type.Optional(
    nullable(Type.Enum(['CONNECTED', 'DISCONNECTED', 'ENABLED', 'WAITING_FOR_APPROVAL', 'DISABLED', 'DELETED'])),
  ),
  delegateName: Type.Optional(nullable(Type.String())),
  delegateType: Type.Optional(nullable(Type.String())),
  hostName: Type.Optional(nullable(Type.String())),
  delegateGroupIdentifier: Type.Optional(nullable(Type.String())),
  delegateTags: Type.Optional(nullable(Type.Array(Type.String()))),
});
export type DelegateFilter = Static<typeof DelegateFilter>;

export const DelegateReplica = Type.Object({
  uuid: Type.String(),
  lastHeartbeat: Time,
  connected: Type.Boolean(),
  hostName: Type.String(),
  version: Type.String(),
});
export type DelegateReplica = Static<typeof DelegateReplica>;

/** Replicas with one name are one delegate of the list. */
export const DelegateListItem = Type.Object({
  type: Type.Literal('DOCKER'),
  name: Type.String(),
  description: Type.String(),
  /** Implicit and given ones. */
  tags: Type.Array(Type.String()),
  lastHeartBeat: Time,
  connected: Type.Boolean(),
  delegateReplicas: Type.Array(DelegateReplica),
  autoUpgrade: Type.Literal('OFF'),
  legacy: Type.Literal(false),
  orgIdentifier: nullable(Type.String()),
  projectIdentifier: nullable(Type.String()),
});
export type DelegateListItem = Static<typeof DelegateListItem>;

export const DelegateGroups = Type.Object({
  delegateGroupDetails: Type.Array(
    Type.Object({
      groupId: Type.String(),
      delegateGroupIdentifier: Type.String(),
      delegateType: Type.Literal('DOCKER'),
      groupName: Type.String(),
      /** Tag → where it comes from. */
      groupImplicitSelectors: Type.Record(Type.String(), Type.String()),
      groupCustomSelectors: Type.Array(Type.String()),
      lastHeartBeat: Time,
      connectivityStatus: Type.Enum(['connected', 'disconnected']),
      activelyConnected: Type.Boolean(),
      tokenActive: Type.Boolean(),
      delegateInstanceDetails: Type.Array(DelegateReplica),
    }),
  ),
});
export type DelegateGroups = Static<typeof DelegateGroups>;
