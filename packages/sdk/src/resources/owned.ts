/** Calls about what an account, an organization or a project may own. */
import type { Configuration } from '../configuration.ts';
import { ConfigurationError } from '../errors.ts';
import { fillPath, type ApiOptions, type DataOf, type MethodOf, type PartsOf, type Path } from '../http/api.ts';
import type { Live } from '../live/live.ts';
import { ngPage, Pages, type PageContents } from '../pages.ts';
import type { Paths } from '../wire/paths.ts';
import type { ProjectOptions } from './scope.ts';

export interface OwnerOptions extends ProjectOptions {
  /** Whose it is. Default: the project's where one is known, else the organization's, else the account's. */
  readonly level?: 'account' | 'organization' | 'project' | undefined;
}

export interface OwnerListOptions extends OwnerOptions {
  readonly search?: string | undefined;
  readonly pageSize?: number | undefined;
}

export interface OwnerUpdateOptions extends OwnerOptions {
  /** The version it was read with (`etag`): refuse the change if it was changed since. */
  readonly ifMatch?: string | undefined;
}

interface NgPageLike<T> {
  readonly content: readonly T[];
  readonly pageIndex: number;
  readonly totalPages: number;
  readonly totalItems: number;
}

export const PAGE_SIZE = 100;

export class OwnedCalls {
  readonly #live: Live;

  constructor(live: Live) {
    this.#live = live;
  }

  /** `parts` without the scope: that is in the options. */
  async call<P extends Path, M extends MethodOf<P>>(
    method: M,
    path: P,
    parts: PartsOf<Paths[P][M]>,
    options: OwnerUpdateOptions & Pick<ApiOptions, 'isRead'> = {},
  ): Promise<DataOf<Paths[P][M]>> {
    const { org, project, level, ifMatch, ...call } = options;
    const scope = ownerQuery(this.#live.transport.config, { org, project, level });
    const { query = {} } = parts as { readonly query?: object };
    const headers = ifMatch === undefined ? call.headers : { ...call.headers, 'if-match': ifMatch };
    return await this.#live.api.call(method, path, { ...parts, query: { ...scope, ...query } }, { ...call, headers });
  }

  /** A form, with parts that are files. */
  async upload(
    method: 'POST' | 'PUT',
    path: Path,
    names: Readonly<Record<string, string>>,
    form: FormData,
    options: OwnerUpdateOptions,
  ): Promise<unknown> {
    const { org, project, level, ifMatch, ...call } = options;
    const query = { ...ownerQuery(this.#live.transport.config, { org, project, level }) };
    const headers = ifMatch === undefined ? call.headers : { ...call.headers, 'if-match': ifMatch };
    const request = { method, path: fillPath(path, names), query, body: form };
    return await this.#live.transport.data(request, { ...call, headers });
  }

  /** The identifiers of the scope, for bodies that name it. */
  scope(options: OwnerOptions): OwnerQuery {
    return ownerQuery(this.#live.transport.config, options);
  }

  pages<T>(read: (pageIndex: number) => Promise<NgPageLike<T>>): Pages<T> {
    return new Pages(async (index): Promise<PageContents<T>> => ngPage(await read(index)));
  }
}

export interface OwnerQuery {
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

export function ownerQuery(
  config: Configuration,
  { org = config.org, project = config.project, level }: Pick<OwnerOptions, 'org' | 'project' | 'level'>,
): OwnerQuery {
  const missing = (what: string): Error =>
    new ConfigurationError(`It is not said which ${what} is meant. Pass it to the client or to the call.`);
  switch (level) {
    case 'account':
      return {};
    case 'organization':
      if (org === undefined) throw missing('organization');
      return { orgIdentifier: org };
    case 'project':
      if (org === undefined || project === undefined) throw missing('project');
      return { orgIdentifier: org, projectIdentifier: project };
    case undefined:
      if (org === undefined) return {};
      return project === undefined ? { orgIdentifier: org } : { orgIdentifier: org, projectIdentifier: project };
  }
}
