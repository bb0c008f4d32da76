/** Earlier versions of saved pipelines. Only Bridle keeps them. */
import type { Live } from '../live/live.ts';
import { ngPage, Pages } from '../pages.ts';
import type { PipelineVersion, PipelineVersionDiff, PipelineVersionText } from '../wire/schemas.ts';
import { PAGE_SIZE } from './owned.ts';
import { projectOf, type ProjectOptions } from './scope.ts';

export class PipelineVersions {
  readonly #live: Live;

  /** @internal */
  constructor(live: Live) {
    this.#live = live;
  }

  /** Newest first. */
  list(
    pipeline: string,
    options: ProjectOptions & { readonly pageSize?: number | undefined } = {},
  ): Pages<PipelineVersion> {
    const { pageSize = PAGE_SIZE, ...rest } = options;
    const { query, call } = projectOf(this.#live.transport.config, rest);
    return new Pages(async (pageIndex) =>
      ngPage(
        await this.#live.api.call(
          'GET',
          '/bridle/api/pipelines/{pipelineIdentifier}/versions',
          { path: { pipelineIdentifier: pipeline }, query: { ...query, pageIndex, pageSize } },
          call,
        ),
      ),
    );
  }

  async get(pipeline: string, version: number, options: ProjectOptions = {}): Promise<PipelineVersionText> {
    const { query, call } = projectOf(this.#live.transport.config, options);
    const path = { pipelineIdentifier: pipeline, version };
    return await this.#live.api.call(
      'GET',
      '/bridle/api/pipelines/{pipelineIdentifier}/versions/{version}',
      { path, query },
      call,
    );
  }

  /** What a version has otherwise than another; default: than the one before it. */
  async diff(
    pipeline: string,
    version: number,
    options: ProjectOptions & { readonly from?: number | undefined } = {},
  ): Promise<PipelineVersionDiff> {
    const { from, ...rest } = options;
    const { query, call } = projectOf(this.#live.transport.config, rest);
    const path = { pipelineIdentifier: pipeline, version };
    return await this.#live.api.call(
      'GET',
      '/bridle/api/pipelines/{pipelineIdentifier}/versions/{version}/diff',
      { path, query: { ...query, from } },
      call,
    );
  }

  /** Saves it anew, as the newest version. */
  async restore(pipeline: string, version: number, options: ProjectOptions = {}): Promise<PipelineVersionText> {
    const { query, call } = projectOf(this.#live.transport.config, options);
    const path = { pipelineIdentifier: pipeline, version };
    return await this.#live.api.call(
      'POST',
      '/bridle/api/pipelines/{pipelineIdentifier}/versions/{version}/restore',
      { path, query },
      call,
    );
  }
}
