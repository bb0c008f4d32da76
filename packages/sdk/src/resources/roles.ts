/** Roles: what one may do. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { RoleRequest, RoleResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export class Roles {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: OwnerListOptions = {}): Pages<RoleResponse> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((page) =>
      this.#calls.call('GET', '/authz/api/roles', { query: { pageIndex: page, pageSize: pageSize, searchTerm } }, rest),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<RoleResponse> {
    return await this.#calls.call('GET', '/authz/api/roles/{identifier}', { path: { identifier } }, options);
  }

  async create(role: RoleRequest, options: OwnerOptions = {}): Promise<RoleResponse> {
    return await this.#calls.call('POST', '/authz/api/roles', { body: role }, options);
  }

  async update(identifier: string, role: RoleRequest, options: OwnerUpdateOptions = {}): Promise<RoleResponse> {
    return await this.#calls.call(
      'PUT',
      '/authz/api/roles/{identifier}',
      { path: { identifier }, body: role },
      options,
    );
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<RoleResponse> {
    return await this.#calls.call('DELETE', '/authz/api/roles/{identifier}', { path: { identifier } }, options);
  }
}
