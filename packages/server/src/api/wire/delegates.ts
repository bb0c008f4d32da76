/** Delegates as Harness's clients see them: replicas with one name, in one scope, are one. */
import type { DelegateGroups, DelegateListItem, DelegateReplica } from '@bridle/protocol';
import type { DelegateInfo } from '../../dispatch/dispatch.ts';

/** The older envelope of Harness's API. */
export function restResponse<T>(resource: T): { metaData: {}; resource: T; responseMessages: never[] } {
  return { metaData: {}, resource, responseMessages: [] };
}

/** Groups in the order of their first member; none is empty. */
export function groupsOf(delegates: readonly DelegateInfo[]): readonly (readonly DelegateInfo[])[] {
  const groups = Map.groupBy(delegates, ({ name, orgIdentifier, projectIdentifier }) =>
    JSON.stringify([name, orgIdentifier, projectIdentifier]),
  );
  return [...groups.values()];
}

export function delegateListItem(members: readonly DelegateInfo[]): DelegateListItem {
  const [first] = members;
  return {
    type: 'DOCKER',
    name: first?.name ?? '',
    description: '',
    tags: tagsOf(members),
    lastHeartBeat: lastHeartbeat(members),
    connected: isConnected(members),
    delegateReplicas: members.map(replica),
    autoUpgrade: 'OFF',
    legacy: false,
    orgIdentifier: first?.orgIdentifier ?? null,
    projectIdentifier: first?.projectIdentifier ?? null,
  };
}

export function delegateGroup(
  members: readonly DelegateInfo[],
  isTokenActive: boolean,
): DelegateGroups['delegateGroupDetails'][number] {
  const name = members[0]?.name ?? '';
  const implicit = name.trim().toLowerCase();
  return {
    groupId: name,
    delegateGroupIdentifier: name,
    delegateType: 'DOCKER',
    groupName: name,
    groupImplicitSelectors: { [implicit]: 'DELEGATE_NAME' },
    groupCustomSelectors: tagsOf(members).filter((tag) => tag !== implicit),
    lastHeartBeat: lastHeartbeat(members),
    connectivityStatus: isConnected(members) ? 'connected' : 'disconnected',
    activelyConnected: isConnected(members),
    tokenActive: isTokenActive,
    delegateInstanceDetails: members.map(replica),
  };
}

function replica({ delegateId, heartbeatAt, state, hostName, version }: DelegateInfo): DelegateReplica {
  return { uuid: delegateId, lastHeartbeat: heartbeatAt, connected: state === 'connected', hostName, version };
}

function tagsOf(members: readonly DelegateInfo[]): string[] {
  return [...new Set(members.flatMap(({ tags }) => tags))];
}

function lastHeartbeat(members: readonly DelegateInfo[]): number {
  return Math.max(0, ...members.map(({ heartbeatAt }) => heartbeatAt));
}

function isConnected(members: readonly DelegateInfo[]): boolean {
  return members.some(({ state }) => state === 'connected');
}
