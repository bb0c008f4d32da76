/** Deletes an organization or a project for a request (see store/delete-scope.ts: what goes, and what stays). */
import type { FastifyRequest } from 'fastify';
import { recordAudit } from '../auth/audit.ts';
import { deleteScope } from '../store/delete-scope.ts';
import { describeOwner, expectedVersion, staleVersion } from './answers.ts';
import type { ApiDependencies } from './dependencies.ts';
import { invalidRequest } from './errors.ts';

/** @throws ApiError */
export async function removeScope(
  { db }: ApiDependencies,
  request: FastifyRequest,
  names: { readonly orgIdentifier: string; readonly projectIdentifier?: string },
  missing: () => Error,
): Promise<void> {
  const scope = { accountId: request.accountId, ...names };
  const what = describeOwner(scope);
  await db.transaction().execute(async (tx) => {
    const outcome = await deleteScope(tx, scope, expectedVersion(request));
    switch (outcome.kind) {
      case 'missing':
        throw missing();
      case 'stale':
        throw staleVersion(`The ${what}`);
      case 'running':
        throw invalidRequest(
          `The ${what} cannot be deleted: ${outcome.executions === 1 ? 'an execution' : `${String(outcome.executions)} executions`} in it ${outcome.executions === 1 ? 'has' : 'have'} not ended. Abort what runs, or wait for its end.`,
        );
      case 'deleted': {
        const resource =
          names.projectIdentifier === undefined
            ? { type: 'ORGANIZATION', identifier: names.orgIdentifier }
            : { type: 'PROJECT', identifier: names.projectIdentifier };
        await recordAudit(tx, request, { action: 'DELETE', resource, scope });
      }
    }
  });
}
