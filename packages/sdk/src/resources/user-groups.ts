/** Groups of users. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { UserGroup, UserGroupRequest, UserMetadata } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export class UserGroups {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: OwnerListOptions = {}): Pages<UserGroup> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((page) =>
      this.#calls.call(
        'GET',
        '/ng/api/user-groups',
        { query: { pageIndex: page, pageSize: pageSize, searchTerm } },
        rest,
      ),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<UserGroup> {
    return await this.#calls.call('GET', '/ng/api/user-groups/{identifier}', { path: { identifier } }, options);
  }

  async create(group: UserGroupRequest, options: OwnerOptions = {}): Promise<UserGroup> {
    return await this.#calls.call('POST', '/ng/api/user-groups', { body: group }, options);
  }

  async update(group: UserGroupRequest, options: OwnerUpdateOptions = {}): Promise<UserGroup> {
    return await this.#calls.call('PUT', '/ng/api/user-groups', { body: group }, options);
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<UserGroup> {
    return await this.#calls.call('DELETE', '/ng/api/user-groups/{identifier}', { path: { identifier } }, options);
  }

  /** The users in it. */
  members(identifier: string, options: OwnerListOptions = {}): Pages<UserMetadata> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call(
        'POST',
        '/ng/api/user-groups/{identifier}/users',
        { path: { identifier }, query: { pageIndex, pageSize, searchTerm } },
        { ...rest, isRead: true },
      ),
    );
  }

  async addMember(identifier: string, userId: string, options: OwnerOptions = {}): Promise<UserGroup> {
    const path = { identifier, userIdentifier: userId };
    return await this.#calls.call('PUT', '/ng/api/user-groups/{identifier}/member/{userIdentifier}', { path }, options);
  }

  async removeMember(identifier: string, userId: string, options: OwnerOptions = {}): Promise<UserGroup> {
    const path = { identifier, userIdentifier: userId };
    return await this.#calls.call(
      'DELETE',
      '/ng/api/user-groups/{identifier}/member/{userIdentifier}',
      { path },
      options,
    );
  }
}
