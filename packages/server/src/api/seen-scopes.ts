/** Which organizations and projects the caller may see. */
import type { FastifyRequest } from 'fastify';
import type { SeenScopes } from '../store/organizations.ts';
import { callerOf } from './authentication.ts';

/** `undefined`: all of them. */
export async function seenScopes(request: FastifyRequest): Promise<SeenScopes | undefined> {
  const { authorizer } = request;
  if (authorizer === undefined) throw new Error('A request is judged before it was authorized.');
  const caller = callerOf(request);
  const [ofOrganizations, ofProjects] = await Promise.all([
    authorizer.scopesWith(caller, 'core_organization_view'),
    authorizer.scopesWith(caller, 'core_project_view'),
  ]);
  const everywhere = [ofOrganizations, ofProjects].every((scopes) =>
    scopes.some(({ scope, hasChildScopes }) => scope.orgIdentifier === undefined && hasChildScopes),
  );
  if (everywhere) return undefined;
  return {
    organizations: ofOrganizations.flatMap(({ scope }) =>
      scope.orgIdentifier !== undefined && scope.projectIdentifier === undefined ? [scope.orgIdentifier] : [],
    ),
    wholeOrganizations: ofProjects.flatMap(({ scope, hasChildScopes }) =>
      scope.orgIdentifier !== undefined && scope.projectIdentifier === undefined && hasChildScopes
        ? [scope.orgIdentifier]
        : [],
    ),
    projects: ofProjects.flatMap(({ scope: { orgIdentifier, projectIdentifier } }) =>
      orgIdentifier !== undefined && projectIdentifier !== undefined ? [{ orgIdentifier, projectIdentifier }] : [],
    ),
  };
}
