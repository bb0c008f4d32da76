/** Resource groups: with what one may do it. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ResourceGroupContent, ResourceGroupResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export class ResourceGroups {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: OwnerListOptions = {}): Pages<ResourceGroupResponse> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((page) =>
      this.#calls.call(
        'GET',
        '/resourcegroup/api/v2/resourcegroup',
        { query: { pageIndex: page, pageSize: pageSize, searchTerm } },
        rest,
      ),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<ResourceGroupResponse> {
    return await this.#calls.call(
      'GET',
      '/resourcegroup/api/v2/resourcegroup/{identifier}',
      { path: { identifier } },
      options,
    );
  }

  async create(resourceGroup: ResourceGroupContent, options: OwnerOptions = {}): Promise<ResourceGroupResponse> {
    return await this.#calls.call('POST', '/resourcegroup/api/v2/resourcegroup', { body: { resourceGroup } }, options);
  }

  async update(
    identifier: string,
    resourceGroup: ResourceGroupContent,
    options: OwnerUpdateOptions = {},
  ): Promise<ResourceGroupResponse> {
    return await this.#calls.call(
      'PUT',
      '/resourcegroup/api/v2/resourcegroup/{identifier}',
      { path: { identifier }, body: { resourceGroup } },
      options,
    );
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    return await this.#calls.call(
      'DELETE',
      '/resourcegroup/api/v2/resourcegroup/{identifier}',
      { path: { identifier } },
      options,
    );
  }
}
