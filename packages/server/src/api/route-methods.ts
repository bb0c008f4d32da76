/** Which methods an address has, to tell a wrong method (405) from a wrong address (404). */
import type { App } from './app-types.ts';

export class RouteMethods {
  readonly #routes: { readonly pattern: readonly string[]; readonly methods: readonly string[] }[] = [];

  /** Hears of every route that is added to the app from now on. */
  listenTo(app: App): void {
    app.addHook('onRoute', ({ url, method }) => {
      // A wildcard belongs to a page, not to an address.
      if (url.includes('*')) return;
      this.#routes.push({ pattern: url.split('/'), methods: typeof method === 'string' ? [method] : method });
    });
  }

  /** The methods of a path (without query); empty when there is nothing at it. */
  at(path: string): readonly string[] {
    const segments = path.split('/');
    const found = this.#routes.filter(({ pattern }) => matches(pattern, segments)).flatMap(({ methods }) => methods);
    return [...new Set(found)].toSorted((a, b) => a.localeCompare(b));
  }
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) => (segment.startsWith(':') ? path[index] !== '' : segment === path[index]))
  );
}
