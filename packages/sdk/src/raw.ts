/** Every path of the API, for what has no method of its own. */
import { fillPath, type DataOf, type PartsOf, type Path } from './http/api.ts';
import type { CallOptions, Query, Transport } from './http/transport.ts';
import type { Paths } from './wire/paths.ts';

type PathWith<M extends string> = { [P in Path]: M extends keyof Paths[P] ? P : never }[Path];
type Operation<P extends Path, M> = M extends keyof Paths[P] ? Paths[P][M] : never;

/** What a call takes beside its path. */
export interface RawRequest extends CallOptions {
  /** For the places in the path, such as `{pipelineIdentifier}`. */
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: Query | undefined;
  /** A text is sent as YAML, an object as JSON, bytes and forms as they are. */
  readonly body?: unknown;
  /** It reads, whatever its method, and may be repeated. */
  readonly isRead?: boolean | undefined;
}

type TypedRequest<O> = PartsOf<O> & Pick<RawRequest, 'isRead'> & CallOptions;
/** May be left out where nothing in it is needed. */
type Rest<R> = Record<string, never> extends R ? [request?: R] : [request: R];
type UnknownPath<P extends string> = P extends Path ? never : P extends `/${string}` ? P : never;

/** Answers with `data` of the envelope, or the whole body where there is no envelope. */
export interface RawMethod<M extends string> {
  <P extends PathWith<M>>(path: P, ...rest: Rest<TypedRequest<Operation<P, M>>>): Promise<DataOf<Operation<P, M>>>;
  /** A path that is not known here, or one with its names filled in. */
  <P extends string>(path: UnknownPath<P>, request?: RawRequest): Promise<unknown>;
}

export interface Raw {
  readonly GET: RawMethod<'GET'>;
  readonly POST: RawMethod<'POST'>;
  readonly PUT: RawMethod<'PUT'>;
  readonly PATCH: RawMethod<'PATCH'>;
  readonly DELETE: RawMethod<'DELETE'>;
  /** The answer with its body unread, for streams and files; errors are thrown all the same. */
  readonly response: (method: string, path: string, request?: RawRequest) => Promise<Response>;
}

export function createRaw(transport: Transport): Raw {
  const call = (method: string, path: string, { path: names = {}, query, body, isRead, ...options }: RawRequest) =>
    [{ method, path: fillPath(path, names), query, body, isRead }, options] as const;
  const method =
    (name: string) =>
    async (path: string, request: RawRequest = {}): Promise<unknown> =>
      await transport.data(...call(name, path, request));
  return {
    GET: method('GET') as RawMethod<'GET'>,
    POST: method('POST') as RawMethod<'POST'>,
    PUT: method('PUT') as RawMethod<'PUT'>,
    PATCH: method('PATCH') as RawMethod<'PATCH'>,
    DELETE: method('DELETE') as RawMethod<'DELETE'>,
    response: async (name, path, request = {}) => await transport.response(...call(name, path, request)),
  };
}
