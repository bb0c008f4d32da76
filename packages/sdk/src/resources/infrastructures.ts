/** Infrastructures: on which cluster or host of an environment. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { InfrastructureRequest, InfrastructureResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export class Infrastructures {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  /** Those of an environment. */
  list(environmentIdentifier: string, options: OwnerListOptions = {}): Pages<InfrastructureResponse> {
    const { search: searchTerm, pageSize: size = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((page) =>
      this.#calls.call(
        'GET',
        '/ng/api/infrastructures',
        { query: { page, size, searchTerm, environmentIdentifier } },
        rest,
      ),
    );
  }

  async get(
    environmentIdentifier: string,
    identifier: string,
    options: OwnerOptions = {},
  ): Promise<InfrastructureResponse> {
    return await this.#calls.call(
      'GET',
      '/ng/api/infrastructures/{identifier}',
      { path: { identifier }, query: { environmentIdentifier } },
      options,
    );
  }

  async create(infrastructure: InfrastructureRequest, options: OwnerOptions = {}): Promise<InfrastructureResponse> {
    return await this.#calls.call('POST', '/ng/api/infrastructures', { body: infrastructure }, options);
  }

  async update(
    infrastructure: InfrastructureRequest,
    options: OwnerUpdateOptions = {},
  ): Promise<InfrastructureResponse> {
    return await this.#calls.call('PUT', '/ng/api/infrastructures', { body: infrastructure }, options);
  }

  async delete(environmentIdentifier: string, identifier: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    return await this.#calls.call(
      'DELETE',
      '/ng/api/infrastructures/{identifier}',
      { path: { identifier }, query: { environmentIdentifier } },
      options,
    );
  }
}
