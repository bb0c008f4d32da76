/** Lists that are longer than one answer: page by page, or item by item with `for await`. */

/** What one answer holds. */
export interface PageContents<T> {
  readonly items: readonly T[];
  readonly hasNext: boolean;
  /** Of all pages; undefined where the server does not count. */
  readonly total?: number | undefined;
}

export type PageReader<T> = (index: number) => Promise<PageContents<T>>;

/** One page. Iterating over it goes on with those that follow. */
export class Page<T> implements AsyncIterable<T> {
  readonly items: readonly T[];
  readonly index: number;
  readonly hasNext: boolean;
  readonly total: number | undefined;
  readonly #read: PageReader<T>;

  constructor(contents: PageContents<T>, index: number, read: PageReader<T>) {
    this.items = contents.items;
    this.hasNext = contents.hasNext;
    this.total = contents.total;
    this.index = index;
    this.#read = read;
  }

  /** The page that follows; undefined after the last one. */
  async nextPage(): Promise<Page<T> | undefined> {
    if (!this.hasNext) return undefined;
    return new Page(await this.#read(this.index + 1), this.index + 1, this.#read);
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    yield* this.items;
    for (let page = await this.nextPage(); page !== undefined; page = await page.nextPage()) yield* page.items;
  }
}

/**
 * What `list()` returns. Awaited it is the first page; with `for await` it is every item of every page. Nothing is asked
 * for before one of the two.
 */
export class Pages<T> implements PromiseLike<Page<T>>, AsyncIterable<T> {
  readonly #read: PageReader<T>;
  readonly #firstIndex: number;
  #first: Promise<Page<T>> | undefined;

  constructor(read: PageReader<T>, firstIndex = 0) {
    this.#read = read;
    this.#firstIndex = firstIndex;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- being awaited is what it is for
  then<A = Page<T>, B = never>(
    onPage?: ((page: Page<T>) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.firstPage().then(onPage, onError);
  }

  firstPage(): Promise<Page<T>> {
    this.#first ??= this.#read(this.#firstIndex).then((page) => new Page(page, this.#firstIndex, this.#read));
    return this.#first;
  }

  /** Every item, in memory. */
  async all(): Promise<T[]> {
    const items: T[] = [];
    for await (const item of this) items.push(item);
    return items;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    yield* await this.firstPage();
  }
}

/** A page of pipelines, executions, trigger events. */
export function springPage<T>(page: {
  readonly content: readonly T[];
  readonly last: boolean;
  readonly totalElements: number;
}): PageContents<T> {
  return { items: page.content, hasNext: !page.last && page.content.length > 0, total: page.totalElements };
}

/** A page of nearly everything else. */
export function ngPage<T>(page: {
  readonly content: readonly T[];
  readonly pageIndex: number;
  readonly totalPages: number;
  readonly totalItems: number;
}): PageContents<T> {
  const hasNext = page.pageIndex + 1 < page.totalPages && page.content.length > 0;
  return { items: page.content, hasNext, total: page.totalItems };
}
