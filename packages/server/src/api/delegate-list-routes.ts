/** The delegates a project may use, as its page shows them and as Harness's clients list them. */
import { DelegateFilter, DelegateListItem, DelegateSummary, restResponseOf, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import type { DelegateInfo } from '../dispatch/dispatch.ts';
import { answers, ownerOf, ownerQuery, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';
import { delegateListItem, groupsOf, restResponse } from './wire/delegates.ts';

export function delegateListRoutes(app: App, deps: ApiDependencies): void {
  app.get(
    '/bridle/api/delegates',
    {
      config: { account: 'own' },
      schema: {
        summary: 'List delegates',
        description:
          'Those that may serve the scope; without one, all of the account. Who has left is listed for a day.',
        tags: ['Delegates'],
        querystring: Type.Object({
          accountIdentifier: Type.Optional(Type.String()),
          orgIdentifier: Type.Optional(Type.String()),
          projectIdentifier: Type.Optional(Type.String()),
        }),
        response: answers(successOf(Type.Array(DelegateSummary))),
      },
    },
    async (request) => {
      const { orgIdentifier = '', projectIdentifier = '' } = request.query;
      const delegates = await deps.dispatch.listDelegates({
        accountId: request.accountId,
        ...(orgIdentifier === '' ? {} : { orgIdentifier }),
        ...(projectIdentifier === '' ? {} : { projectIdentifier }),
      });
      return success(request, delegates.map(delegateSummary));
    },
  );

  app.post(
    '/ng/api/delegate-setup/listDelegates',
    {
      schema: {
        summary: 'List the delegates that belong to an account, an organization or a project',
        description: 'With `all`, those of everything below it too. Replicas with one name are one delegate.',
        tags: ['Delegates'],
        querystring: ownerQuery({ all: Type.Optional(Type.Boolean()) }),
        body: DelegateFilter,
        response: answers(restResponseOf(Type.Array(DelegateListItem))),
      },
    },
    async (request) => {
      const owner = ownerOf(request, request.query);
      const delegates = await deps.dispatch.listDelegates(owner);
      const listed = groupsOf(delegates.filter((delegate) => belongs(delegate, owner, request.query.all === true)))
        .filter((members) => fits(members, request.body))
        .map(delegateListItem);
      return restResponse(listed);
    },
  );
}

/** Whether the delegate's token is one of the owner's, or of a part of it. */
function belongs(
  { orgIdentifier, projectIdentifier }: DelegateInfo,
  owner: { readonly orgIdentifier?: string; readonly projectIdentifier?: string },
  isBelowToo: boolean,
): boolean {
  const isThere = (own: string | undefined, of: string | undefined): boolean =>
    own === of || (isBelowToo && own === undefined);
  return isThere(owner.orgIdentifier, orgIdentifier) && isThere(owner.projectIdentifier, projectIdentifier);
}

function fits(members: readonly DelegateInfo[], filter: DelegateFilter): boolean {
  const isConnected = members.some(({ state }) => state === 'connected');
  const name = members[0]?.name ?? '';
  const holds = (text: string | null | undefined, ...of: readonly string[]): boolean =>
    isEmpty(text) || of.some((one) => one.toLowerCase().includes(text.toLowerCase()));
  const tags = (filter.delegateTags ?? []).map((tag) => tag.trim().toLowerCase());
  switch (filter.status) {
    case 'CONNECTED':
      if (!isConnected) return false;
      break;
    case 'DISCONNECTED':
      if (isConnected) return false;
      break;
    case 'WAITING_FOR_APPROVAL':
    case 'DISABLED':
    case 'DELETED':
      return false; // nothing of ours ever is
    case 'ENABLED':
    case null:
    case undefined:
  }
  return (
    holds(filter.delegateName, name) &&
    holds(filter.delegateGroupIdentifier, name) &&
    holds(filter.hostName, ...members.map(({ hostName }) => hostName)) &&
    (isEmpty(filter.delegateType) || filter.delegateType.toUpperCase() === 'DOCKER') &&
    members.some((member) => tags.every((tag) => member.tags.includes(tag)))
  );
}

function isEmpty(text: string | null | undefined): text is null | undefined | '' {
  return text === null || text === undefined || text === '';
}

function delegateSummary(delegate: DelegateInfo): DelegateSummary {
  const { delegateId, name, state, tags, hostName, os, arch, shells, version, capacity, tasks } = delegate;
  return {
    id: delegateId,
    name,
    status: state,
    tags: [...tags],
    hostName,
    os,
    arch,
    shells: [...shells],
    binaries: delegate.binaries === undefined ? null : [...delegate.binaries],
    docker: delegate.docker ?? null,
    version,
    capacity,
    runningTasks: tasks,
    registeredAt: delegate.registeredAt,
    lastHeartbeatAt: delegate.heartbeatAt,
  };
}
