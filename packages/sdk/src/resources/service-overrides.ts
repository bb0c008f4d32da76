/** What a service has otherwise in an environment. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ServiceOverridesRequest, ServiceOverridesResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export interface ServiceOverrideListOptions extends OwnerListOptions {
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
}

export class ServiceOverrides {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: ServiceOverrideListOptions = {}): Pages<ServiceOverridesResponse> {
    const { search: searchTerm, pageSize: size = PAGE_SIZE, environment, service, ...rest } = options;
    return this.#calls.pages((page) =>
      this.#calls.call(
        'POST',
        '/ng/api/serviceOverrides/list',
        { query: { page, size, searchTerm }, body: { environmentRef: environment, serviceRef: service } },
        { ...rest, isRead: true },
      ),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<ServiceOverridesResponse> {
    return await this.#calls.call('GET', '/ng/api/serviceOverrides/{identifier}', { path: { identifier } }, options);
  }

  async create(override: ServiceOverridesRequest, options: OwnerOptions = {}): Promise<ServiceOverridesResponse> {
    return await this.#calls.call('POST', '/ng/api/serviceOverrides', { body: override }, options);
  }

  async update(override: ServiceOverridesRequest, options: OwnerUpdateOptions = {}): Promise<ServiceOverridesResponse> {
    return await this.#calls.call('PUT', '/ng/api/serviceOverrides', { body: override }, options);
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', '/ng/api/serviceOverrides/{identifier}', { path: { identifier } }, options);
  }
}
