/** The delegates a project may use, as its page shows them. */
import { DelegateSummary, successOf } from '@bridle/protocol';
import { Type } from 'typebox';
import type { DelegateInfo } from '../dispatch/dispatch.ts';
import { answers, success } from './answers.ts';
import type { App } from './app-types.ts';
import type { ApiDependencies } from './dependencies.ts';

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
    version,
    capacity,
    runningTasks: tasks,
    registeredAt: delegate.registeredAt,
    lastHeartbeatAt: delegate.heartbeatAt,
  };
}
