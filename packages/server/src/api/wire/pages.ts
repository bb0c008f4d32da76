import type { NgPage, SpringPage } from '@bridle/protocol';

/** `page` is 0-based. */
export function springPage<T>(content: readonly T[], page: number, size: number, total: number): SpringPage<T> {
  const totalPages = Math.ceil(total / size);
  const sort = { empty: false, sorted: true, unsorted: false };
  return {
    content: [...content],
    pageable: { sort, pageNumber: page, pageSize: size, offset: page * size, paged: true, unpaged: false },
    last: page >= totalPages - 1,
    totalPages,
    totalElements: total,
    sort,
    first: page === 0,
    numberOfElements: content.length,
    size,
    number: page,
    empty: content.length === 0,
  };
}

export function ngPage<T>(content: readonly T[], page: number, size: number, total: number): NgPage<T> {
  return {
    totalPages: Math.ceil(total / size),
    totalItems: total,
    pageItemCount: content.length,
    pageSize: size,
    content: [...content],
    pageIndex: page,
    empty: content.length === 0,
    pageToken: null,
  };
}
