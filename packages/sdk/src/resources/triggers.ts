/** Triggers, their events, and calling their webhooks. */
import { documentText, type Document } from '../document.ts';
import type { CallOptions } from '../http/transport.ts';
import type { Live } from '../live/live.ts';
import { ngPage, Pages, springPage } from '../pages.ts';
import { eventDetails, FiredEvent } from '../trigger-event.ts';
import type { TriggerDetails, TriggerEventHistory, TriggerExecutionDetails, TriggerResponse } from '../wire/schemas.ts';
import { withVersion, type UpdateOptions } from './pipelines.ts';
import { projectOf, type ProjectOptions, type ProjectQuery } from './scope.ts';

const PAGE_SIZE = 100;

export interface TriggerListOptions extends ProjectOptions {
  readonly search?: string | undefined;
  readonly pageSize?: number | undefined;
}

export interface FireOptions extends ProjectOptions {
  /** Of the webhook call, for triggers with conditions on headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The token in the webhook URL of the trigger, where those without one are closed. */
  readonly token?: string | undefined;
}

export class Triggers {
  readonly #live: Live;

  /** @internal */
  constructor(live: Live) {
    this.#live = live;
  }

  /** Those of a pipeline. */
  list(pipeline: string, options: TriggerListOptions = {}): Pages<TriggerDetails> {
    const { search: searchTerm, pageSize: size = PAGE_SIZE, ...rest } = options;
    const { query, call } = this.#target(pipeline, rest);
    return new Pages(async (page) =>
      ngPage(
        await this.#live.api.call(
          'GET',
          '/pipeline/api/triggers',
          { query: { ...query, page, size, searchTerm } },
          call,
        ),
      ),
    );
  }

  async get(pipeline: string, identifier: string, options: ProjectOptions = {}): Promise<TriggerResponse> {
    const { query, call } = this.#target(pipeline, options);
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/triggers/{triggerIdentifier}',
      { path: { triggerIdentifier: identifier }, query },
      call,
    );
  }

  /** With its webhook URL and what it did last. */
  async details(pipeline: string, identifier: string, options: ProjectOptions = {}): Promise<TriggerDetails> {
    const { query, call } = this.#target(pipeline, options);
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/triggers/{triggerIdentifier}/details',
      { path: { triggerIdentifier: identifier }, query },
      call,
    );
  }

  async create(pipeline: string, trigger: Document, options: ProjectOptions = {}): Promise<TriggerResponse> {
    const { query, call } = this.#target(pipeline, options);
    return await this.#live.api.call('POST', '/pipeline/api/triggers', { query, body: documentText(trigger) }, call);
  }

  async update(
    pipeline: string,
    identifier: string,
    trigger: Document,
    options: UpdateOptions = {},
  ): Promise<TriggerResponse> {
    const { query, call } = this.#target(pipeline, withVersion(options));
    return await this.#live.api.call(
      'PUT',
      '/pipeline/api/triggers/{triggerIdentifier}',
      { path: { triggerIdentifier: identifier }, query, body: documentText(trigger) },
      call,
    );
  }

  async delete(pipeline: string, identifier: string, options: UpdateOptions = {}): Promise<boolean> {
    const { query, call } = this.#target(pipeline, withVersion(options));
    return await this.#live.api.call(
      'DELETE',
      '/pipeline/api/triggers/{triggerIdentifier}',
      { path: { triggerIdentifier: identifier }, query },
      call,
    );
  }

  async enable(pipeline: string, identifier: string, options: ProjectOptions = {}): Promise<boolean> {
    return await this.#switch(pipeline, identifier, true, options);
  }

  async disable(pipeline: string, identifier: string, options: ProjectOptions = {}): Promise<boolean> {
    return await this.#switch(pipeline, identifier, false, options);
  }

  /** What a trigger was called with and what became of it, newest first. */
  history(pipeline: string, identifier: string, options: TriggerListOptions = {}): Pages<TriggerEventHistory> {
    const { search: searchTerm, pageSize: size = PAGE_SIZE, ...rest } = options;
    const { query, call } = this.#target(pipeline, rest);
    return new Pages(async (page) =>
      springPage(
        await this.#live.api.call(
          'GET',
          '/pipeline/api/triggers/eventHistory/{triggerIdentifier}',
          { path: { triggerIdentifier: identifier }, query: { ...query, page, size, searchTerm } },
          call,
        ),
      ),
    );
  }

  /** What became of an event; undefined while nobody has looked at it. */
  async eventDetails(eventId: string, options: CallOptions = {}): Promise<TriggerExecutionDetails | undefined> {
    return await eventDetails(this.#live, eventId, options);
  }

  /** The row of an event in the history, with what each condition came to. */
  async event(eventId: string, options: CallOptions = {}): Promise<TriggerEventHistory> {
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/triggers/eventHistory/eventCorrelation/{eventId}',
      { path: { eventId } },
      options,
    );
  }

  /**
   * Calls the webhook of a custom trigger. Sent once, whatever happens: of a call that was cut nobody knows whether it
   * started something.
   */
  async fireCustom(
    pipeline: string,
    trigger: string,
    payload: unknown = {},
    options: FireOptions = {},
  ): Promise<FiredEvent> {
    const { token, ...rest } = options;
    const { query, call } = projectOf(this.#live.transport.config, rest);
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const path =
      token === undefined
        ? '/pipeline/api/webhook/custom/v2'
        : `/pipeline/api/webhook/custom/${encodeURIComponent(token)}/v3`;
    const names = { ...query, pipelineIdentifier: pipeline, triggerIdentifier: trigger };
    const headers = { 'content-type': 'application/json', ...options.headers };
    const request = { method: 'POST', path, query: names, body };
    const answer = await this.#live.transport.data(request, { ...call, headers });
    const { eventCorrelationId } = answer as { readonly eventCorrelationId: string };
    const curl = curlLine(this.#live.transport.url(request), headers, body);
    const scope = { org: query.orgIdentifier, project: query.projectIdentifier };
    return new FiredEvent(this.#live, scope, eventCorrelationId, curl);
  }

  async #switch(pipeline: string, identifier: string, status: boolean, options: ProjectOptions): Promise<boolean> {
    const { query, call } = this.#target(pipeline, options);
    return await this.#live.api.call(
      'PUT',
      '/pipeline/api/triggers/{triggerIdentifier}/status',
      { path: { triggerIdentifier: identifier }, query: { ...query, status } },
      call,
    );
  }

  #target<O extends ProjectOptions>(
    pipeline: string,
    options: O,
  ): {
    readonly query: ProjectQuery & { readonly targetIdentifier: string };
    readonly call: Omit<O, 'org' | 'project'>;
  } {
    const { query, call } = projectOf(this.#live.transport.config, options);
    return { query: { ...query, targetIdentifier: pipeline }, call };
  }
}

/** Without the key: the webhook needs none, unless the account asks for it. */
function curlLine(url: string, headers: Readonly<Record<string, string>>, body: string): string {
  const parts = Object.entries(headers).map(([name, value]) => `-H ${shellQuote(`${name}: ${value}`)}`);
  return ['curl -X POST', ...parts, `--url ${shellQuote(url)}`, `-d ${shellQuote(body)}`].join(' ');
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
