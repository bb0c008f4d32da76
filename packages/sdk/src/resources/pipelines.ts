/** Saved pipelines, and starting them. */
import { documentText, type Document } from '../document.ts';
import { Execution } from '../execution.ts';
import type { Live } from '../live/live.ts';
import { Pages, springPage } from '../pages.ts';
import type { PipelineFilter, PipelineResponse, PipelineSaveResponse, PipelineSummary } from '../wire/schemas.ts';
import { PipelineVersions } from './pipeline-versions.ts';
import { projectOf, type ProjectOptions } from './scope.ts';

const PAGE_SIZE = 100;

export interface PipelineListOptions extends ProjectOptions {
  /** In names, identifiers and tags. */
  readonly search?: string | undefined;
  readonly filter?: PipelineFilter | undefined;
  /** Such as `name,ASC`. */
  readonly sort?: readonly string[] | undefined;
  readonly pageSize?: number | undefined;
}

export interface ExecuteOptions extends ProjectOptions {
  /** Runtime inputs, rooted at `pipeline:`. */
  readonly inputs?: Document | undefined;
  /** Identifiers of input sets and overlays, merged in this order below the inputs. */
  readonly inputSets?: readonly string[] | undefined;
  /** Identifiers of the stages to run; the pipeline must allow it. */
  readonly stages?: readonly string[] | undefined;
  readonly notes?: string | undefined;
}

export interface UpdateOptions extends ProjectOptions {
  /** The version it was read with (`etag`): refuse the change if it was changed since. */
  readonly ifMatch?: string | undefined;
}

export class Pipelines {
  readonly versions: PipelineVersions;
  readonly #live: Live;

  /** @internal */
  constructor(live: Live) {
    this.#live = live;
    this.versions = new PipelineVersions(live);
  }

  list(options: PipelineListOptions = {}): Pages<PipelineSummary> {
    const { search: searchTerm, filter = {}, sort, pageSize: size = PAGE_SIZE, ...rest } = options;
    const { query, call } = projectOf(this.#live.transport.config, rest);
    return new Pages(async (page) =>
      springPage(
        await this.#live.api.call(
          'POST',
          '/pipeline/api/pipelines/list',
          { query: { ...query, page, size, searchTerm, sort }, body: { filterType: 'PipelineSetup', ...filter } },
          { ...call, isRead: true },
        ),
      ),
    );
  }

  async get(identifier: string, options: ProjectOptions = {}): Promise<PipelineResponse> {
    const { query, call } = projectOf(this.#live.transport.config, options);
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/pipelines/{pipelineIdentifier}',
      { path: { pipelineIdentifier: identifier }, query },
      call,
    );
  }

  /** What lists show of it. */
  async summary(identifier: string, options: ProjectOptions = {}): Promise<PipelineSummary> {
    const { query, call } = projectOf(this.#live.transport.config, options);
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/pipelines/summary/{pipelineIdentifier}',
      { path: { pipelineIdentifier: identifier }, query },
      call,
    );
  }

  async create(pipeline: Document, options: ProjectOptions = {}): Promise<PipelineSaveResponse> {
    const { query, call } = projectOf(this.#live.transport.config, options);
    return await this.#live.api.call(
      'POST',
      '/pipeline/api/pipelines/v2',
      { query, body: documentText(pipeline) },
      call,
    );
  }

  async update(identifier: string, pipeline: Document, options: UpdateOptions = {}): Promise<PipelineSaveResponse> {
    const { query, call } = projectOf(this.#live.transport.config, withVersion(options));
    return await this.#live.api.call(
      'PUT',
      '/pipeline/api/pipelines/v2/{pipelineIdentifier}',
      { path: { pipelineIdentifier: identifier }, query, body: documentText(pipeline) },
      call,
    );
  }

  async delete(identifier: string, options: UpdateOptions = {}): Promise<boolean> {
    const { query, call } = projectOf(this.#live.transport.config, withVersion(options));
    return await this.#live.api.call(
      'DELETE',
      '/pipeline/api/pipelines/{pipelineIdentifier}',
      { path: { pipelineIdentifier: identifier }, query },
      call,
    );
  }

  /** Starts it. Sent once, whatever happens: a second start would be worse than an error. */
  async execute(identifier: string, options: ExecuteOptions = {}): Promise<Execution> {
    const { inputs = '', inputSets = [], stages = [], notes, ...rest } = options;
    const { query: project, call } = projectOf(this.#live.transport.config, rest);
    const parts = { path: { pipelineIdentifier: identifier }, query: { ...project, notesForPipelineExecution: notes } };
    const { planExecution } =
      stages.length > 0 || inputSets.length > 0
        ? await this.#live.api.call(
            'POST',
            '/pipeline/api/pipeline/execute/{pipelineIdentifier}/inputSetList',
            {
              ...parts,
              body: {
                inputSetReferences: inputSets,
                lastYamlToMerge: documentText(inputs),
                ...(stages.length === 0 ? {} : { stageIdentifiers: stages }),
              },
            },
            call,
          )
        : await this.#live.api.call(
            'POST',
            '/pipeline/api/pipeline/execute/{pipelineIdentifier}',
            { ...parts, body: documentText(inputs) },
            call,
          );
    const scope = { org: project.orgIdentifier, project: project.projectIdentifier };
    return new Execution(this.#live, scope, planExecution.uuid);
  }
}

/** The options with the version as the header that carries it. */
export function withVersion<O extends UpdateOptions>({ ifMatch, ...options }: O): Omit<O, 'ifMatch'> {
  return ifMatch === undefined ? options : { ...options, headers: { ...options.headers, 'if-match': ifMatch } };
}
