/** Calls that are typed by their path: what is sent and what comes back is that of the server's own route. */
import { ConfigurationError } from '../errors.ts';
import type { Paths } from '../wire/paths.ts';
import type { CallOptions, Query, Transport } from './transport.ts';

export type Path = keyof Paths;
export type MethodOf<P extends Path> = keyof Paths[P] & string;

export type PartsOf<O> = Pick<O, Extract<keyof O, 'path' | 'query' | 'body'>>;
export type DataOf<O> = O extends { readonly data: infer D } ? D : never;

export interface ApiOptions extends CallOptions {
  /** It reads, whatever its method, and may be repeated. */
  readonly isRead?: boolean | undefined;
}

interface Parts {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Query;
  readonly body?: unknown;
}

export class Api {
  readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  async call<P extends Path, M extends MethodOf<P>>(
    method: M,
    path: P,
    parts: PartsOf<Paths[P][M]>,
    options: ApiOptions = {},
  ): Promise<DataOf<Paths[P][M]>> {
    const { path: names = {}, query, body } = parts as Parts;
    const call = { method, path: fillPath(path, names), query, body, isRead: options.isRead };
    return (await this.transport.data(call, options)) as DataOf<Paths[P][M]>;
  }
}

/** Puts names into the places of a path. A name that would change the path is refused: it is no name of anything. */
export function fillPath(path: string, names: Readonly<Record<string, string | number>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, place: string) => {
    const name = names[place]?.toString();
    if (name === undefined || /^\.{0,2}$/.test(name)) {
      throw new ConfigurationError(`${path}: ${place} is ${name === undefined ? 'missing' : `no name: "${name}"`}`);
    }
    return encodeURIComponent(name);
  });
}
