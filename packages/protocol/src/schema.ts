/** Building blocks of the other schemas. */
import { Type, type TSchema, type TUnion, type TNull } from 'typebox';

/** A key that is always present and may be null (api.md §0.5, null policy). */
export function nullable<T extends TSchema>(schema: T): TUnion<[T, TNull]> {
  return Type.Union([schema, Type.Null()]);
}

/** Epoch milliseconds. */
export const Time = Type.Integer({ minimum: 0, description: 'Epoch milliseconds.' });

/** An int64 of the protobuf JSON rules: a decimal text. */
export const ProtoInt64 = Type.String({ pattern: '^-?[0-9]+$' });

/** Identifiers of entities people name: pipelines, triggers, projects… */
export const IDENTIFIER_PATTERN = '^[a-zA-Z_][0-9a-zA-Z_$]{0,127}$';

/** 22 characters of URL-safe base64: executions, plan nodes, node executions. */
export const Id22 = Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' });

/** Identity of one accepted webhook call: 24 lower-case hex digits. */
export const EventId = Type.String({ pattern: '^[0-9a-f]{24}$' });

/** The same, or that of a schedule that was due. */
export const AnyEventId = Type.String({
  pattern: '^(?:[0-9a-f]{24}|Cron_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$',
});

export const Tags = Type.Record(Type.String(), Type.String());
