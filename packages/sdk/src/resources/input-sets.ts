/** Input sets and overlays of a pipeline. */
import { documentText, type Document } from '../document.ts';
import type { Live } from '../live/live.ts';
import { ngPage, Pages } from '../pages.ts';
import type {
  InputSetMergeRequest,
  InputSetMergeResponse,
  InputSetResponse,
  InputSetSummary,
  InputSetTemplate,
  OverlayInputSetResponse,
} from '../wire/schemas.ts';
import { withVersion, type UpdateOptions } from './pipelines.ts';
import { projectOf, type ProjectOptions, type ProjectQuery } from './scope.ts';

const PAGE_SIZE = 100;

export interface InputSetListOptions extends ProjectOptions {
  readonly search?: string | undefined;
  readonly type?: 'ALL' | 'INPUT_SET' | 'OVERLAY_INPUT_SET' | undefined;
  readonly pageSize?: number | undefined;
}

/** Of input sets and of overlays alike; which of the two a call answers with is what it was asked for. */
export type SavedInputSet = InputSetResponse | OverlayInputSetResponse;

export class InputSets {
  readonly #live: Live;

  /** @internal */
  constructor(live: Live) {
    this.#live = live;
  }

  list(pipeline: string, options: InputSetListOptions = {}): Pages<InputSetSummary> {
    const { search: searchTerm, type: inputSetType, pageSize: size = PAGE_SIZE, ...rest } = options;
    const { query, call } = targetOf(this.#live, pipeline, rest);
    return new Pages(async (page) =>
      ngPage(
        await this.#live.api.call(
          'GET',
          '/pipeline/api/inputSets',
          { query: { ...query, page, size, searchTerm, inputSetType } },
          call,
        ),
      ),
    );
  }

  async get(pipeline: string, identifier: string, options: ProjectOptions = {}): Promise<InputSetResponse> {
    const { query, call } = targetOf(this.#live, pipeline, options);
    const path = { inputSetIdentifier: identifier };
    const answer = await this.#live.api.call(
      'GET',
      '/pipeline/api/inputSets/{inputSetIdentifier}',
      { path, query },
      call,
    );
    return answer as InputSetResponse;
  }

  async getOverlay(
    pipeline: string,
    identifier: string,
    options: ProjectOptions = {},
  ): Promise<OverlayInputSetResponse> {
    const { query, call } = targetOf(this.#live, pipeline, options);
    const path = { inputSetIdentifier: identifier };
    const answer = await this.#live.api.call(
      'GET',
      '/pipeline/api/inputSets/overlay/{inputSetIdentifier}',
      { path, query },
      call,
    );
    return answer as OverlayInputSetResponse;
  }

  /** An overlay is told by the root of its document. */
  async create(pipeline: string, inputSet: Document, options: ProjectOptions = {}): Promise<SavedInputSet> {
    const { query, call } = targetOf(this.#live, pipeline, options);
    const body = documentText(inputSet);
    return isOverlay(body)
      ? await this.#live.api.call('POST', '/pipeline/api/inputSets/overlay', { query, body }, call)
      : await this.#live.api.call('POST', '/pipeline/api/inputSets', { query, body }, call);
  }

  async update(
    pipeline: string,
    identifier: string,
    inputSet: Document,
    options: UpdateOptions = {},
  ): Promise<SavedInputSet> {
    const { query, call } = targetOf(this.#live, pipeline, withVersion(options));
    const body = documentText(inputSet);
    const parts = { path: { inputSetIdentifier: identifier }, query, body };
    return isOverlay(body)
      ? await this.#live.api.call('PUT', '/pipeline/api/inputSets/overlay/{inputSetIdentifier}', parts, call)
      : await this.#live.api.call('PUT', '/pipeline/api/inputSets/{inputSetIdentifier}', parts, call);
  }

  /** Of either kind. */
  async delete(pipeline: string, identifier: string, options: UpdateOptions = {}): Promise<boolean> {
    const { query, call } = targetOf(this.#live, pipeline, withVersion(options));
    return await this.#live.api.call(
      'DELETE',
      '/pipeline/api/inputSets/{inputSetIdentifier}',
      { path: { inputSetIdentifier: identifier }, query },
      call,
    );
  }

  /** What the pipeline asks for when it is started. */
  async template(
    pipeline: string,
    options: ProjectOptions & { readonly stages?: readonly string[] | undefined } = {},
  ): Promise<InputSetTemplate> {
    const { stages = [], ...rest } = options;
    const { query, call } = targetOf(this.#live, pipeline, rest);
    return await this.#live.api.call(
      'POST',
      '/pipeline/api/inputSets/template',
      { query, body: { stageIdentifiers: stages } },
      { ...call, isRead: true },
    );
  }

  /** What several of them come to together. */
  async merge(
    pipeline: string,
    request: InputSetMergeRequest,
    options: ProjectOptions = {},
  ): Promise<InputSetMergeResponse> {
    const { query, call } = targetOf(this.#live, pipeline, options);
    return await this.#live.api.call(
      'POST',
      '/pipeline/api/inputSets/merge',
      { query, body: request },
      { ...call, isRead: true },
    );
  }
}

function targetOf<O extends ProjectOptions>(
  { transport }: Live,
  pipeline: string,
  options: O,
): {
  readonly query: ProjectQuery & { readonly pipelineIdentifier: string };
  readonly call: Omit<O, 'org' | 'project'>;
} {
  const { query, call } = projectOf(transport.config, options);
  return { query: { ...query, pipelineIdentifier: pipeline }, call };
}

function isOverlay(text: string): boolean {
  return /^\s*(?:\{\s*)?["']?overlayInputSet["']?\s*:/m.test(text);
}
