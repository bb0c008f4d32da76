/** Service accounts: who machines are. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ServiceAccount, ServiceAccountAggregate, ServiceAccountRequest } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export class ServiceAccounts {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: OwnerListOptions = {}): Pages<ServiceAccountAggregate> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((page) =>
      this.#calls.call(
        'GET',
        '/ng/api/serviceaccount/aggregate',
        { query: { pageIndex: page, pageSize: pageSize, searchTerm } },
        rest,
      ),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<ServiceAccountAggregate> {
    return await this.#calls.call(
      'GET',
      '/ng/api/serviceaccount/aggregate/{identifier}',
      { path: { identifier } },
      options,
    );
  }

  async create(account: ServiceAccountRequest, options: OwnerOptions = {}): Promise<ServiceAccount> {
    return await this.#calls.call('POST', '/ng/api/serviceaccount', { body: account }, options);
  }

  async update(
    identifier: string,
    account: ServiceAccountRequest,
    options: OwnerUpdateOptions = {},
  ): Promise<ServiceAccount> {
    return await this.#calls.call(
      'PUT',
      '/ng/api/serviceaccount/{identifier}',
      { path: { identifier }, body: account },
      options,
    );
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', '/ng/api/serviceaccount/{identifier}', { path: { identifier } }, options);
  }
}
