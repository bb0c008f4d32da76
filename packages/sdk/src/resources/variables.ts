/** Variables of an account, an organization or a project. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { VariableRequest, VariableResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export type VariableDefinition = VariableRequest['variable'];

export class Variables {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: OwnerListOptions = {}): Pages<VariableResponse> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((page) =>
      this.#calls.call(
        'GET',
        '/ng/api/variables',
        { query: { pageIndex: page, pageSize: pageSize, searchTerm } },
        rest,
      ),
    );
  }

  async get(identifier: string, options: OwnerOptions = {}): Promise<VariableResponse> {
    return await this.#calls.call('GET', '/ng/api/variables/{identifier}', { path: { identifier } }, options);
  }

  async create(variable: VariableDefinition, options: OwnerOptions = {}): Promise<VariableResponse> {
    return await this.#calls.call(
      'POST',
      '/ng/api/variables',
      { body: { variable: this.#inScope(variable, options) } },
      options,
    );
  }

  async update(variable: VariableDefinition, options: OwnerUpdateOptions = {}): Promise<VariableResponse> {
    return await this.#calls.call(
      'PUT',
      '/ng/api/variables',
      { body: { variable: this.#inScope(variable, options) } },
      options,
    );
  }

  async delete(identifier: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    return await this.#calls.call('DELETE', '/ng/api/variables/{identifier}', { path: { identifier } }, options);
  }

  #inScope(variable: VariableDefinition, options: OwnerOptions): VariableDefinition {
    return { ...this.#calls.scope(options), ...variable };
  }
}
