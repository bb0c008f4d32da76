/** Where a provider's API says which files a pull request changes, and how to read its pages. */
import type { SpecObject } from '../step-spec.ts';

export interface Site {
  /** Scheme, host and port of the provider. */
  readonly origin: string;
  readonly host: string;
  /** As in `team/app`, without `.git`. */
  readonly repository: string;
}

/** One provider's way of telling it, page by page. */
export interface PullRequestApi {
  /** 0-based. */
  readonly page: (number: string, page: number) => URL;
  readonly read: (body: unknown) => FilesPage | undefined;
}

export interface FilesPage {
  /** Both names of what was renamed. */
  readonly files: readonly string[];
  readonly hasMore: boolean;
}

/** Entries of one page: providers give no more than this at once. */
const PAGE_ENTRIES = 100;

/** `undefined`: connectors of this type have no such API. */
export function pullRequestApi(type: string, site: Site): PullRequestApi | undefined {
  switch (type) {
    case 'Github':
      return github(site.host === 'github.com' ? 'https://api.github.com' : `${site.origin}/api/v3`, site.repository);
    case 'Gitlab':
      return gitlab(`${site.origin}/api/v4`, site.repository);
    case 'Bitbucket':
      return site.host === 'bitbucket.org'
        ? bitbucketCloud('https://api.bitbucket.org/2.0', site.repository)
        : bitbucketServer(`${site.origin}/rest/api/1.0`, site.repository);
    default:
      return undefined;
  }
}

function github(base: string, repository: string): PullRequestApi {
  return {
    page: (number, page) =>
      new URL(`${base}/repos/${path(repository)}/pulls/${part(number)}/files?${paging('per_page', page + 1)}`),
    read: (body) => {
      if (!Array.isArray(body)) return undefined;
      const files = body.flatMap((entry) => names(entry, ['filename'], ['previous_filename']));
      return { files, hasMore: body.length === PAGE_ENTRIES };
    },
  };
}

function gitlab(base: string, repository: string): PullRequestApi {
  return {
    page: (number, page) =>
      new URL(
        `${base}/projects/${part(repository)}/merge_requests/${part(number)}/diffs?${paging('per_page', page + 1)}`,
      ),
    read: (body) => {
      if (!Array.isArray(body)) return undefined;
      const files = body.flatMap((entry) => names(entry, ['new_path'], ['old_path']));
      return { files, hasMore: body.length === PAGE_ENTRIES };
    },
  };
}

/** Exported for its test: it is at one address only. */
export function bitbucketCloud(base: string, repository: string): PullRequestApi {
  return {
    page: (number, page) =>
      new URL(
        `${base}/repositories/${path(repository)}/pullrequests/${part(number)}/diffstat?${paging('pagelen', page + 1)}`,
      ),
    read: (body) => {
      const values = member(body, 'values');
      if (!Array.isArray(values)) return undefined;
      const files = values.flatMap((entry) => names(entry, ['new', 'path'], ['old', 'path']));
      return { files, hasMore: typeof member(body, 'next') === 'string' };
    },
  };
}

function bitbucketServer(base: string, repository: string): PullRequestApi {
  // By HTTP its repositories lie below `scm`; a user's own are those of the project `~user`.
  const [project = '', slug = ''] = repository
    .replace(/^(?:.*\/)?scm\//, '')
    .split('/')
    .slice(-2);
  const place = `${base}/projects/${part(project)}/repos/${part(slug)}`;
  return {
    page: (number, page) =>
      new URL(
        `${place}/pull-requests/${part(number)}/changes?start=${String(page * PAGE_ENTRIES)}&limit=${String(PAGE_ENTRIES)}`,
      ),
    read: (body) => {
      const values = member(body, 'values');
      if (!Array.isArray(values)) return undefined;
      const files = values.flatMap((entry) => names(entry, ['path', 'toString'], ['srcPath', 'toString']));
      return { files, hasMore: member(body, 'isLastPage') === false };
    },
  };
}

function paging(size: string, page: number): string {
  return `${size}=${String(PAGE_ENTRIES)}&page=${String(page)}`;
}

function names(entry: unknown, ...paths: readonly (readonly string[])[]): readonly string[] {
  const found = paths.map((keys) => keys.reduce<unknown>((value, key) => member(value, key), entry));
  return [...new Set(found.filter((name): name is string => typeof name === 'string' && name !== ''))];
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as SpecObject)[key]
    : undefined;
}

function path(repository: string): string {
  return repository.split('/').map(part).join('/');
}

function part(text: string): string {
  return encodeURIComponent(text);
}
