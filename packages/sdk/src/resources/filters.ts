/** Saved filters of lists. Each part of the API keeps its own. */
import type { Live } from '../live/live.ts';
import type { Pages } from '../pages.ts';
import type { SavedFilter, SavedFilterRequest } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

/** `pipeline`: of pipelines and executions. `template`: of templates. `ng`: of everything else. */
export type FilterPart = 'pipeline' | 'template' | 'ng';

export interface FilterOptions {
  readonly part?: FilterPart | undefined;
}

export class Filters {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  /** Those of a type, such as `PipelineExecution`. */
  list(type: string, options: OwnerListOptions & FilterOptions = {}): Pages<SavedFilter> {
    const { search: searchTerm, pageSize = PAGE_SIZE, part, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call('GET', pathOf(part), { query: { type, pageIndex, pageSize, searchTerm } }, rest),
    );
  }

  async get(type: string, identifier: string, options: OwnerOptions & FilterOptions = {}): Promise<SavedFilter> {
    const { part, ...rest } = options;
    return await this.#calls.call(
      'GET',
      `${pathOf(part)}/{identifier}`,
      { path: { identifier }, query: { type } },
      rest,
    );
  }

  async create(filter: SavedFilterRequest, options: OwnerOptions & FilterOptions = {}): Promise<SavedFilter> {
    const { part, ...rest } = options;
    const body = { ...this.#calls.scope(rest), ...filter };
    return await this.#calls.call('POST', pathOf(part), { body }, rest);
  }

  async update(filter: SavedFilterRequest, options: OwnerUpdateOptions & FilterOptions = {}): Promise<SavedFilter> {
    const { part, ...rest } = options;
    const body = { ...this.#calls.scope(rest), ...filter };
    return await this.#calls.call('PUT', pathOf(part), { body }, rest);
  }

  async delete(type: string, identifier: string, options: OwnerUpdateOptions & FilterOptions = {}): Promise<boolean> {
    const { part, ...rest } = options;
    const parts = { path: { identifier }, query: { type } };
    return await this.#calls.call('DELETE', `${pathOf(part)}/{identifier}`, parts, rest);
  }
}

function pathOf(part: FilterPart = 'pipeline'): `/${FilterPart}/api/filters` {
  return `/${part}/api/filters`;
}
