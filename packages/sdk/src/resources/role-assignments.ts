/** Role assignments: who has which role with which resource group. They are made and deleted, never changed. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { RoleAssignmentFilter, RoleAssignmentRequest, RoleAssignmentResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions } from './owned.ts';

export interface RoleAssignmentListOptions extends Omit<OwnerListOptions, 'search'> {
  readonly filter?: RoleAssignmentFilter | undefined;
}

export class RoleAssignments {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: RoleAssignmentListOptions = {}): Pages<RoleAssignmentResponse> {
    const { pageSize = PAGE_SIZE, filter = {}, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call(
        'POST',
        '/authz/api/roleassignments/filter',
        { query: { pageIndex, pageSize }, body: filter },
        { ...rest, isRead: true },
      ),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<RoleAssignmentResponse> {
    return await this.#calls.call('GET', '/authz/api/roleassignments/{identifier}', { path: { identifier } }, options);
  }

  async create(assignment: RoleAssignmentRequest, options: OwnerOptions = {}): Promise<RoleAssignmentResponse> {
    return await this.#calls.call('POST', '/authz/api/roleassignments', { body: assignment }, options);
  }

  async delete(identifier: string, options: OwnerOptions = {}): Promise<RoleAssignmentResponse> {
    return await this.#calls.call(
      'DELETE',
      '/authz/api/roleassignments/{identifier}',
      { path: { identifier } },
      options,
    );
  }
}
