/** Organizations of the account, and the projects in them. */
import type { CallOptions } from '../http/transport.ts';
import type { Live } from '../live/live.ts';
import { ngPage, Pages } from '../pages.ts';
import type { OrganizationResponse, ProjectResponse } from '../wire/schemas.ts';
import type { Paths } from '../wire/paths.ts';
import { OwnedCalls, PAGE_SIZE, type OwnerUpdateOptions } from './owned.ts';
import type { ProjectOptions } from './scope.ts';

export type OrganizationDefinition = Paths['/ng/api/organizations']['POST']['body']['organization'];
export type ProjectDefinition = Paths['/ng/api/projects']['POST']['body']['project'];

export interface OrganizationListOptions extends CallOptions {
  readonly search?: string | undefined;
  readonly pageSize?: number | undefined;
}

type Change = Omit<OwnerUpdateOptions, 'org' | 'project' | 'level'>;

export class Organizations {
  readonly #live: Live;
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#live = live;
    this.#calls = new OwnedCalls(live);
  }

  list(options: OrganizationListOptions = {}): Pages<OrganizationResponse> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...call } = options;
    return new Pages(async (pageIndex) =>
      ngPage(
        await this.#live.api.call('GET', '/ng/api/organizations', { query: { pageIndex, pageSize, searchTerm } }, call),
      ),
    );
  }

  async get(identifier: string, options: CallOptions = {}): Promise<OrganizationResponse> {
    return await this.#live.api.call('GET', '/ng/api/organizations/{identifier}', { path: { identifier } }, options);
  }

  async create(organization: OrganizationDefinition, options: CallOptions = {}): Promise<OrganizationResponse> {
    return await this.#live.api.call('POST', '/ng/api/organizations', { body: { organization } }, options);
  }

  async update(
    identifier: string,
    organization: OrganizationDefinition,
    options: Change = {},
  ): Promise<OrganizationResponse> {
    const parts = { path: { identifier }, body: { organization } };
    return await this.#calls.call('PUT', '/ng/api/organizations/{identifier}', parts, { ...options, level: 'account' });
  }

  /** With everything in it. */
  async delete(identifier: string, options: Change = {}): Promise<boolean> {
    const parts = { path: { identifier } };
    return await this.#calls.call('DELETE', '/ng/api/organizations/{identifier}', parts, {
      ...options,
      level: 'account',
    });
  }
}

/** Which organization the projects are of; default: that of the client. */
export type OrganizationOptions = Omit<ProjectOptions, 'project'>;

export class Projects {
  readonly #calls: OwnedCalls;

  /** @internal */
  constructor(live: Live) {
    this.#calls = new OwnedCalls(live);
  }

  list(options: OrganizationListOptions & OrganizationOptions = {}): Pages<ProjectResponse> {
    const { search: searchTerm, pageSize = PAGE_SIZE, ...rest } = options;
    return this.#calls.pages((pageIndex) =>
      this.#calls.call('GET', '/ng/api/projects', { query: { pageIndex, pageSize, searchTerm } }, inOrganization(rest)),
    );
  }

  async get(identifier: string, options: OrganizationOptions = {}): Promise<ProjectResponse> {
    return await this.#calls.call(
      'GET',
      '/ng/api/projects/{identifier}',
      { path: { identifier } },
      inOrganization(options),
    );
  }

  async create(project: ProjectDefinition, options: OrganizationOptions = {}): Promise<ProjectResponse> {
    return await this.#calls.call('POST', '/ng/api/projects', { body: { project } }, inOrganization(options));
  }

  async update(
    identifier: string,
    project: ProjectDefinition,
    options: OrganizationOptions & Change = {},
  ): Promise<ProjectResponse> {
    const parts = { path: { identifier }, body: { project } };
    return await this.#calls.call('PUT', '/ng/api/projects/{identifier}', parts, inOrganization(options));
  }

  /** With everything in it. */
  async delete(identifier: string, options: OrganizationOptions & Change = {}): Promise<boolean> {
    const parts = { path: { identifier } };
    return await this.#calls.call('DELETE', '/ng/api/projects/{identifier}', parts, inOrganization(options));
  }
}

function inOrganization<O extends OrganizationOptions>(options: O): O & { readonly level: 'organization' } {
  return { ...options, level: 'organization' };
}
