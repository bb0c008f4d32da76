/** Templates of steps, step groups, stages and pipelines, in versions. */
import { documentText, type Document } from '../document.ts';
import type { Live } from '../live/live.ts';
import { Pages, springPage } from '../pages.ts';
import type { TemplateFilter, TemplateResponse } from '../wire/schemas.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerListOptions, type OwnerOptions, type OwnerUpdateOptions } from './owned.ts';

export interface TemplateListOptions extends OwnerListOptions {
  readonly filter?: TemplateFilter | undefined;
  /** Which versions: the stable one, the one that was changed last, or all of them. Default: all. */
  readonly versions?: 'Stable' | 'LastUpdated' | 'All' | undefined;
}

export interface TemplateVersionOptions extends OwnerOptions {
  /** Label of a version; default: the stable one. */
  readonly version?: string | undefined;
}

export class Templates {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: TemplateListOptions = {}): Pages<TemplateResponse> {
    const { search: searchTerm, pageSize: size = PAGE_SIZE, filter = {}, versions = 'All', ...rest } = options;
    return new Pages(async (page) =>
      springPage(
        await this.#calls.call(
          'POST',
          '/template/api/templates/list-metadata',
          {
            query: { page, size, searchTerm, templateListType: versions },
            body: { filterType: 'Template', ...filter },
          },
          { ...rest, isRead: true },
        ),
      ),
    );
  }

  async get(identifier: string, options: TemplateVersionOptions = {}): Promise<TemplateResponse> {
    const { version: versionLabel, ...rest } = options;
    return await this.#calls.call(
      'GET',
      '/template/api/templates/{templateIdentifier}',
      { path: { templateIdentifier: identifier }, query: { versionLabel } },
      rest,
    );
  }

  /** A template, or another version of one. Rooted at `template:`. */
  async create(template: Document, options: OwnerOptions = {}): Promise<TemplateResponse> {
    const { templateResponseDTO } = await this.#calls.call(
      'POST',
      '/template/api/templates',
      { body: documentText(template) },
      options,
    );
    return templateResponseDTO;
  }

  async update(
    identifier: string,
    version: string,
    template: Document,
    options: OwnerUpdateOptions = {},
  ): Promise<TemplateResponse> {
    const { templateResponseDTO } = await this.#calls.call(
      'PUT',
      '/template/api/templates/update/{templateIdentifier}/{versionLabel}',
      { path: { templateIdentifier: identifier, versionLabel: version }, body: documentText(template) },
      options,
    );
    return templateResponseDTO;
  }

  /** The version that is used where none is named. */
  async setStable(identifier: string, version: string, options: OwnerOptions = {}): Promise<string> {
    const path = { templateIdentifier: identifier, versionLabel: version };
    return await this.#calls.call(
      'PUT',
      '/template/api/templates/updateStableTemplate/{templateIdentifier}/{versionLabel}',
      { path },
      options,
    );
  }

  /** What it asks for where it is used, as YAML. */
  async inputs(identifier: string, options: TemplateVersionOptions = {}): Promise<string> {
    const { version: versionLabel, ...rest } = options;
    const parts = { path: { templateIdentifier: identifier }, query: { versionLabel } };
    return await this.#calls.call('GET', '/template/api/templates/templateInputs/{templateIdentifier}', parts, rest);
  }

  async delete(identifier: string, version: string, options: OwnerUpdateOptions = {}): Promise<boolean> {
    const path = { templateIdentifier: identifier, versionLabel: version };
    return await this.#calls.call(
      'DELETE',
      '/template/api/templates/{templateIdentifier}/{versionLabel}',
      { path },
      options,
    );
  }
}
