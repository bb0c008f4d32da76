/** Environments: where it is deployed. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { EnvironmentRequest, EnvironmentResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export class Environments {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: OwnerListOptions = {}): Pages<EnvironmentResponse> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((page) =>
      this.#calls.call('GET', '/ng/api/environmentsV2', { query: { page: page, size: pageSize, searchTerm } }, rest),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<EnvironmentResponse> {
    return await this.#calls.call('GET', '/ng/api/environmentsV2/{identifier}', { path: { identifier } }, options);
  }

  async create(environment: EnvironmentRequest, options: OwnerOptions = {}): Promise<EnvironmentResponse> {
    return await this.#calls.call('POST', '/ng/api/environmentsV2', { body: environment }, options);
  }

  async update(environment: EnvironmentRequest, options: OwnerUpdateOptions = {}): Promise<EnvironmentResponse> {
    return await this.#calls.call('PUT', '/ng/api/environmentsV2', { body: environment }, options);
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', '/ng/api/environmentsV2/{identifier}', { path: { identifier } }, options);
  }
}
