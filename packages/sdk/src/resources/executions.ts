/** Executions: lists, holds on single ones, and running them again. */
import { documentText, type Document } from '../document.ts';
import { Execution } from '../execution.ts';
import type { EventOptions, ExecutionEvent } from '../live/execution-events.ts';
import { readDetails } from '../live/execution-events.ts';
import type { ExecutionLogLine, LogOptions } from '../live/execution-logs.ts';
import type { Live } from '../live/live.ts';
import type { WaitOptions } from '../live/wait.ts';
import { Pages, springPage } from '../pages.ts';
import { epochMs, type TimePoint } from '../time.ts';
import type {
  ExecutionDetails,
  ExecutionFilter,
  ExecutionInputResponse,
  ExecutionInputs,
  ExecutionStatus,
  InterruptResponse,
  PipelineExecutionSummary,
  RetryHistory,
  RetryStages,
} from '../wire/schemas.ts';
import { projectOf, type ProjectOptions } from './scope.ts';

const PAGE_SIZE = 100;
const NODE_INPUTS = '/pipeline/api/pipeline/executionInput/{nodeExecutionId}';

export interface ExecutionListOptions extends ProjectOptions {
  /** Identifiers of pipelines. */
  readonly pipelines?: readonly string[] | undefined;
  readonly status?: readonly ExecutionStatus[] | undefined;
  /** Started no earlier than this: a date, or how long ago, such as `7d`. */
  readonly since?: TimePoint | undefined;
  readonly before?: TimePoint | undefined;
  /** In the names of pipelines and the ids of executions. */
  readonly search?: string | undefined;
  /** Started by whoever asks. */
  readonly mine?: boolean | undefined;
  /** Those, too, that were retried since. */
  readonly retried?: boolean | undefined;
  /** What else to filter by. */
  readonly filter?: ExecutionFilter | undefined;
  readonly pageSize?: number | undefined;
}

export interface RetryOptions extends ProjectOptions {
  /** Stages to begin with: those that ran beside each other. Default: the first that failed. */
  readonly stages?: readonly string[] | undefined;
  /** Those of other stages, too, that had succeeded. Default: true. */
  readonly runAllStages?: boolean | undefined;
  /** Other inputs than it had. */
  readonly inputs?: Document | undefined;
}

export interface RerunOptions extends ProjectOptions {
  /** Default: those it had. */
  readonly inputs?: Document | undefined;
}

export class Executions {
  readonly #live: Live;

  /** @internal */
  constructor(live: Live) {
    this.#live = live;
  }

  /** Newest first. */
  list(options: ExecutionListOptions = {}): Pages<PipelineExecutionSummary> {
    const { pipelines, status, since, before, search, mine, retried, filter = {}, pageSize, ...rest } = options;
    const { query, call } = projectOf(this.#live.transport.config, rest);
    const body: ExecutionFilter = {
      filterType: 'PipelineExecution',
      ...(status === undefined ? {} : { status }),
      ...(pipelines === undefined ? {} : { pipelineIdentifiers: pipelines }),
      ...timeRange(since, before),
      ...filter,
    };
    const common = { ...query, searchTerm: search, myDeployments: mine, showAllExecutions: retried };
    return new Pages(async (page) =>
      springPage(
        await this.#live.api.call(
          'POST',
          '/pipeline/api/pipelines/execution/summary',
          { query: { ...common, page, size: pageSize ?? PAGE_SIZE }, body },
          { ...call, isRead: true },
        ),
      ),
    );
  }

  /** A hold on one, to follow and steer it. Nothing is asked for. */
  of(planExecutionId: string, options: Pick<ProjectOptions, 'org' | 'project'> = {}): Execution {
    const { org = this.#live.transport.config.org, project = this.#live.transport.config.project } = options;
    return new Execution(this.#live, { org, project }, planExecutionId);
  }

  /** How it stands, with the graph of all its nodes. */
  async get(planExecutionId: string, options: ProjectOptions = {}): Promise<ExecutionDetails> {
    const { org: _, project: __, ...call } = options;
    return await readDetails(this.#live, planExecutionId, call);
  }

  events(planExecutionId: string, options: EventOptions = {}): AsyncIterableIterator<ExecutionEvent> {
    return this.of(planExecutionId).events(options);
  }

  logs(planExecutionId: string, options: LogOptions = {}): AsyncIterableIterator<ExecutionLogLine> {
    return this.of(planExecutionId).logs(options);
  }

  async wait(planExecutionId: string, options: WaitOptions = {}): Promise<PipelineExecutionSummary> {
    return await this.of(planExecutionId).wait(options);
  }

  async abort(planExecutionId: string, { org, project, ...call }: ProjectOptions = {}): Promise<InterruptResponse> {
    return await this.of(planExecutionId, { org, project }).abort(call);
  }

  /** What it was started with. */
  async inputs(planExecutionId: string, { org, project, ...call }: ProjectOptions = {}): Promise<ExecutionInputs> {
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/pipelines/execution/{planExecutionId}/inputsetV2',
      { path: { planExecutionId }, query: { orgIdentifier: org, projectIdentifier: project } },
      call,
    );
  }

  /** What a node asks for that has the status `InputWaiting`. Its `fields` are told by Bridle, not by Harness. */
  async waitingInputs(
    nodeExecutionId: string,
    { org, project, ...call }: ProjectOptions = {},
  ): Promise<ExecutionInputResponse> {
    const { config } = this.#live.transport;
    const query = { orgIdentifier: org ?? config.org, projectIdentifier: project ?? config.project };
    return await this.#live.api.call('GET', NODE_INPUTS, { path: { nodeExecutionId }, query }, call);
  }

  /** Gives a node what it asks for: the filled template or, to Bridle, values by their paths. */
  async submitInputs(
    nodeExecutionId: string,
    inputs: Document,
    { org, project, ...call }: ProjectOptions = {},
  ): Promise<ExecutionInputResponse> {
    const { config } = this.#live.transport;
    const query = { orgIdentifier: org ?? config.org, projectIdentifier: project ?? config.project };
    const parts = { path: { nodeExecutionId }, query, body: documentText(inputs) };
    return await this.#live.api.call('POST', NODE_INPUTS, parts, call);
  }

  /** Runs its pipeline anew, as it is saved now. */
  async rerun(planExecutionId: string, pipeline: string, options: RerunOptions = {}): Promise<Execution> {
    const { inputs = '', ...rest } = options;
    const { query, call } = projectOf(this.#live.transport.config, rest);
    const { planExecution } = await this.#live.api.call(
      'POST',
      '/pipeline/api/pipeline/execute/rerun/{originalExecutionId}/{pipelineIdentifier}',
      {
        path: { originalExecutionId: planExecutionId, pipelineIdentifier: pipeline },
        query,
        body: documentText(inputs),
      },
      call,
    );
    return this.of(planExecution.uuid, rest);
  }

  /** Runs it again from a stage on, as it was saved then; what came before is taken over. */
  async retry(planExecutionId: string, pipeline: string, options: RetryOptions = {}): Promise<Execution> {
    const { stages, runAllStages, inputs = '', ...rest } = options;
    const { query, call } = projectOf(this.#live.transport.config, rest);
    if (stages === undefined) {
      const { planExecution } = await this.#live.api.call(
        'PUT',
        '/pipeline/api/pipeline/execute/retry/{planExecutionId}',
        { path: { planExecutionId }, query },
        call,
      );
      return this.of(planExecution.uuid, rest);
    }
    const { planExecution } = await this.#live.api.call(
      'POST',
      '/pipeline/api/pipeline/execute/retry/{pipelineIdentifier}',
      {
        path: { pipelineIdentifier: pipeline },
        query: { ...query, planExecutionId, retryStages: stages, runAllStages },
        body: documentText(inputs),
      },
      call,
    );
    return this.of(planExecution.uuid, rest);
  }

  /** The stages a retry may begin with. */
  async retryStages(planExecutionId: string, pipeline: string, options: ProjectOptions = {}): Promise<RetryStages> {
    const { query, call } = projectOf(this.#live.transport.config, options);
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/pipeline/execute/{planExecutionId}/retryStages',
      { path: { planExecutionId }, query: { ...query, pipelineIdentifier: pipeline } },
      call,
    );
  }

  /** All executions of its chain of retries, newest first. */
  async retryHistory(planExecutionId: string, pipeline: string, options: ProjectOptions = {}): Promise<RetryHistory> {
    const { query, call } = projectOf(this.#live.transport.config, options);
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/pipeline/execute/retryHistory/{planExecutionId}',
      { path: { planExecutionId }, query: { ...query, pipelineIdentifier: pipeline } },
      call,
    );
  }
}

function timeRange(since: TimePoint | undefined, before: TimePoint | undefined): Pick<ExecutionFilter, 'timeRange'> {
  if (since === undefined && before === undefined) return {};
  return {
    timeRange: {
      ...(since === undefined ? {} : { startTime: epochMs(since) }),
      ...(before === undefined ? {} : { endTime: epochMs(before) }),
    },
  };
}
