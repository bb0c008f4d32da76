/** Services: what is deployed. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ServiceRequest, ServiceResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export class Services {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: OwnerListOptions = {}): Pages<ServiceResponse> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((page) =>
      this.#calls.call('GET', '/ng/api/servicesV2', { query: { page: page, size: pageSize, searchTerm } }, rest),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<ServiceResponse> {
    return await this.#calls.call('GET', '/ng/api/servicesV2/{identifier}', { path: { identifier } }, options);
  }

  async create(service: ServiceRequest, options: OwnerOptions = {}): Promise<ServiceResponse> {
    return await this.#calls.call('POST', '/ng/api/servicesV2', { body: service }, options);
  }

  async update(service: ServiceRequest, options: OwnerUpdateOptions = {}): Promise<ServiceResponse> {
    return await this.#calls.call('PUT', '/ng/api/servicesV2', { body: service }, options);
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', '/ng/api/servicesV2/{identifier}', { path: { identifier } }, options);
  }
}
