/** Connectors: how to reach systems outside. */
import { documentText, type Document } from '../document.ts';
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { ConnectorFilter, ConnectorResponse, ConnectorTestResult } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export interface ConnectorListOptions extends OwnerListOptions {
  readonly filter?: ConnectorFilter | undefined;
}

export class Connectors {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: ConnectorListOptions = {}): Pages<ConnectorResponse> {
    const { search: searchTerm, pageSize = PAGE_SIZE, filter = {}, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call(
        'POST',
        '/ng/api/connectors/listV2',
        { query: { pageIndex, pageSize, searchTerm }, body: { filterType: 'Connector', ...filter } },
        { ...rest, isRead: true },
      ),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<ConnectorResponse> {
    return await this.#calls.call('GET', '/ng/api/connectors/{identifier}', { path: { identifier } }, options);
  }

  /** Rooted at `connector:`. */
  async create(connector: Document, options: OwnerOptions = {}): Promise<ConnectorResponse> {
    return await this.#calls.call('POST', '/ng/api/connectors', { body: documentText(connector) }, options);
  }

  async update(connector: Document, options: OwnerUpdateOptions = {}): Promise<ConnectorResponse> {
    return await this.#calls.call('PUT', '/ng/api/connectors', { body: documentText(connector) }, options);
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', '/ng/api/connectors/{identifier}', { path: { identifier } }, options);
  }

  /** Whether a delegate reaches what it is about. */
  async test(identifier: string, options: OwnerOptions = {}): Promise<ConnectorTestResult> {
    return await this.#calls.call(
      'POST',
      '/ng/api/connectors/testConnection/{identifier}',
      { path: { identifier } },
      options,
    );
  }
}
