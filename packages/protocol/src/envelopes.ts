/** The envelopes around every answer of the Harness-shaped API (api.md §0.5–§0.7). */
import {
  Type,
  type Static,
  type TInteger,
  type TLiteral,
  type TNull,
  type TObject,
  type TSchema,
  type TString,
} from 'typebox';
import { ErrorCode } from './error-codes.ts';
import { nullable } from './schema.ts';

type SuccessSchema<T extends TSchema> = TObject<{
  status: TLiteral<'SUCCESS'>;
  data: T;
  metaData: TNull;
  correlationId: TString;
}>;

/** `ResponseDTO`: all four keys are always present. */
export function successOf<T extends TSchema>(data: T): SuccessSchema<T> {
  return Type.Object({
    status: Type.Literal('SUCCESS'),
    data,
    metaData: Type.Null(),
    correlationId: Type.String(),
  });
}

/** The envelope around `data`. */
export interface Success<T> {
  readonly status: 'SUCCESS';
  readonly data: T;
  readonly metaData: null;
  readonly correlationId: string;
}

export const ResponseMessage = Type.Object({
  code: Type.String(),
  level: Type.Enum(['ERROR', 'WARN', 'INFO']),
  message: Type.String(),
  exception: Type.Null(),
  failureTypes: Type.Array(Type.String()),
});
export type ResponseMessage = Static<typeof ResponseMessage>;

/** A business error: the entity is missing, the rule says no, something broke. */
export const ErrorDto = Type.Object({
  status: Type.Literal('ERROR'),
  code: ErrorCode,
  message: Type.String(),
  correlationId: Type.String(),
  detailedMessage: nullable(Type.String()),
  responseMessages: Type.Array(ResponseMessage),
  metadata: nullable(Type.Record(Type.String(), Type.Unknown())),
});
export type ErrorDto = Static<typeof ErrorDto>;

/** A request that could not be understood: parameters, paths, media types. */
export const FailureDto = Type.Object({
  status: Type.Literal('FAILURE'),
  code: ErrorCode,
  message: Type.String(),
  correlationId: Type.String(),
  errors: Type.Array(Type.Object({ fieldId: Type.String(), error: Type.String() })),
});
export type FailureDto = Static<typeof FailureDto>;

const Sort = Type.Object({
  empty: Type.Boolean(),
  sorted: Type.Boolean(),
  unsorted: Type.Boolean(),
});

type SpringPageSchema<T extends TSchema> = TObject<
  { content: ReturnType<typeof Type.Array<T>> } & typeof springPageKeys
>;

const springPageKeys = {
  pageable: Type.Object({
    sort: Sort,
    pageNumber: Type.Integer(),
    pageSize: Type.Integer(),
    offset: Type.Integer(),
    paged: Type.Boolean(),
    unpaged: Type.Boolean(),
  }),
  last: Type.Boolean(),
  totalPages: Type.Integer(),
  totalElements: Type.Integer(),
  sort: Sort,
  first: Type.Boolean(),
  numberOfElements: Type.Integer(),
  size: Type.Integer(),
  number: Type.Integer(),
  empty: Type.Boolean(),
};

/** Page of pipelines, executions and trigger events (api.md §0.6). */
export function springPageOf<T extends TSchema>(item: T): SpringPageSchema<T> {
  return Type.Object({ content: Type.Array(item), ...springPageKeys }) as SpringPageSchema<T>;
}

export interface SpringPage<T> extends Static<TObject<typeof springPageKeys>> {
  readonly content: T[];
}

const ngPageKeys: {
  totalPages: TInteger;
  totalItems: TInteger;
  pageItemCount: TInteger;
  pageSize: TInteger;
  pageIndex: TInteger;
  empty: ReturnType<typeof Type.Boolean>;
  pageToken: TNull;
} = {
  totalPages: Type.Integer(),
  totalItems: Type.Integer(),
  pageItemCount: Type.Integer(),
  pageSize: Type.Integer(),
  pageIndex: Type.Integer(),
  empty: Type.Boolean(),
  pageToken: Type.Null(),
};

type NgPageSchema<T extends TSchema> = TObject<{ content: ReturnType<typeof Type.Array<T>> } & typeof ngPageKeys>;

/** Page of triggers, organizations and projects (api.md §0.6). */
export function ngPageOf<T extends TSchema>(item: T): NgPageSchema<T> {
  return Type.Object({ content: Type.Array(item), ...ngPageKeys }) as NgPageSchema<T>;
}

export interface NgPage<T> extends Static<TObject<typeof ngPageKeys>> {
  readonly content: T[];
}
