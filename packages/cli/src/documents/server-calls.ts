/** Calls about documents, and what their answers have in common. */
import type { Raw } from '@bridle/sdk';
import type { Place, Scope } from './kinds.ts';

export type Json = Readonly<Record<string, unknown>>;
type Path = `/${string}`;
type Query = Readonly<Record<string, string | number | boolean | undefined>>;

const PAGE_SIZE = 100;
/** A list that does not end is a fault of the server. */
const PAGES_MAX = 1_000;

export function get(raw: Raw, path: Path, query: Query): Promise<unknown> {
  return raw.GET(path, { query });
}

export function post(raw: Raw, path: Path, query: Query, body: unknown): Promise<unknown> {
  return raw.POST(path, { query, body });
}

/** A list that is asked for with POST: it changes nothing, and may be asked again. */
export function search(raw: Raw, path: Path, query: Query, body: unknown): Promise<unknown> {
  return raw.POST(path, { query, body, isRead: true });
}

export function put(raw: Raw, path: Path, query: Query, body: unknown): Promise<unknown> {
  return raw.PUT(path, { query, body });
}

export function remove(raw: Raw, path: Path, query: Query): Promise<unknown> {
  return raw.DELETE(path, { query });
}

/** Every element of a list; each family of lists has its own word for the last page. */
export async function readPages(read: (query: Query) => Promise<unknown>): Promise<readonly Json[]> {
  const found: Json[] = [];
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = recordOf(await read({ page, pageIndex: page, size: PAGE_SIZE, pageSize: PAGE_SIZE }));
    const content = Array.isArray(answer['content']) ? (answer['content'] as readonly unknown[]) : [];
    found.push(...content.map(recordOf));
    const pages = Number(answer['totalPages'] ?? 1);
    if (content.length === 0 || page + 1 >= pages) break;
  }
  return found;
}

export function scopeQuery({ org, project }: Scope): {
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
} {
  return {
    ...(org === undefined ? {} : { orgIdentifier: org }),
    ...(project === undefined ? {} : { projectIdentifier: project }),
  };
}

export function nameOf(place: Place): string {
  return encodeURIComponent(place.identifier);
}

/** Whether a listed document is of exactly this scope: some lists show what is above, too. */
export function isOf(scope: Scope, item: Json): boolean {
  const of = (field: string): string => (typeof item[field] === 'string' ? item[field] : '');
  return of('orgIdentifier') === (scope.org ?? '') && of('projectIdentifier') === (scope.project ?? '');
}

export function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
