/** The users of an account, an organization or a project. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { AddUsersRequest, AddUsersResponse, CurrentUser, UserAggregate } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions } from './owned.ts';

export class Users {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  /** With their role assignments. */
  list(options: OwnerListOptions = {}): Pages<UserAggregate> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call(
        'POST',
        '/ng/api/user/aggregate',
        { query: { pageIndex, pageSize, searchTerm }, body: {} },
        { ...rest, isRead: true },
      ),
    );
  }

  async get(userId: string, options: OwnerOptions = {}): Promise<UserAggregate> {
    return await this.#calls.call('GET', '/ng/api/user/aggregate/{userId}', { path: { userId } }, options);
  }

  /** Whose key it is. */
  async current(options: OwnerOptions = {}): Promise<CurrentUser> {
    return await this.#calls.call('GET', '/ng/api/user/currentUser', {}, options);
  }

  /** Adds people by their e-mail addresses, with groups and roles. */
  async add(users: AddUsersRequest, options: OwnerOptions = {}): Promise<AddUsersResponse> {
    return await this.#calls.call('POST', '/ng/api/user/users', { body: users }, options);
  }

  /** Takes somebody out of the scope; of the account: altogether. */
  async remove(userId: string, options: OwnerOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', '/ng/api/user/{userId}', { path: { userId } }, options);
  }
}
