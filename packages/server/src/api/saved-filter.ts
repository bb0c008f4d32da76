/** The saved filter that a list is asked with. */
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Database } from '../store/database.ts';
import type { OwnerScope } from '../store/owner-scope.ts';
import { findSavedFilter } from '../store/saved-filters.ts';
import { describeOwner } from './answers.ts';
import { callerOf } from './authentication.ts';
import { invalidRequest, notFound } from './errors.ts';

export interface SavedFilterUse<Body extends TSchema> {
  readonly owner: OwnerScope;
  /** `PipelineSetup`, `PipelineExecution`, `Connector`, `Secret`, … */
  readonly type: string;
  /** Of the query's `filterIdentifier`; empty or absent = none is meant. */
  readonly identifier: string | undefined;
  /** Of the list's own body: what was saved must fit it. */
  readonly schema: Body;
  readonly body: Static<Body>;
}

/**
 * What to filter by: the body of the request, or in its place what was saved under the identifier. Both at once are refused, as
 * Harness does: nobody could say which of them decides.
 * @throws ApiError
 */
export async function filterOf<Body extends TSchema>(
  db: Database,
  request: FastifyRequest,
  { owner, type, identifier = '', schema, body }: SavedFilterUse<Body>,
): Promise<Static<Body>> {
  if (identifier === '') return body;
  if (!isEmpty(body))
    throw invalidRequest(`The body filters already; the saved filter ${identifier} cannot be applied beside it.`);
  const saved = await findSavedFilter(db, { owner, type, identifier }, callerOf(request).userId);
  if (saved === undefined)
    throw notFound(
      `Filter with the given ID: ${identifier} of type ${type} does not exist in ${describeOwner(owner)}.`,
    );
  const properties: unknown = saved.properties;
  if (!Value.Check(schema, properties))
    throw invalidRequest(`The saved filter ${identifier} has properties that this list does not know.`);
  return properties;
}

/** Clients send null, or empty lists, for what they do not filter by, and always the type. */
function isEmpty(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return true;
  return Object.entries(body).every(
    ([key, value]) =>
      key === 'filterType' ||
      value === null ||
      value === undefined ||
      value === '' ||
      value === false ||
      (typeof value === 'object' && Object.keys(value).length === 0),
  );
}
