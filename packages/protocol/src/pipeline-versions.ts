/** Versions of a pipeline: Bridle's own (docs/LIFECYCLE.md). Keys are always present, null when they have no value. */
import { Type, type Static } from 'typebox';
import { nullable, Time } from './schema.ts';

export const PipelineVersion = Type.Object({
  version: Type.Integer({ minimum: 1, description: 'What `If-Match` and `ETag` name.' }),
  name: Type.String({ description: 'Of the pipeline, in that version.' }),
  savedAt: Time,
  savedBy: nullable(Type.Object({ id: Type.String(), name: Type.String() }, { description: 'null = Bridle itself.' })),
  restoredFrom: nullable(Type.Integer({ description: 'The version whose text was taken.' })),
  isCurrent: Type.Boolean(),
});
export type PipelineVersion = Static<typeof PipelineVersion>;

export const PipelineVersionText = Type.Object({ ...PipelineVersion.properties, yaml: Type.String() });
export type PipelineVersionText = Static<typeof PipelineVersionText>;

const FieldChange = Type.Object({
  path: Type.String({ description: 'Keys from the element on.' }),
  before: Type.Optional(Type.Unknown({ description: 'Absent = it was not there.' })),
  after: Type.Optional(Type.Unknown()),
});

export const PipelineVersionDiff = Type.Object({
  from: Type.Integer(),
  to: Type.Integer(),
  text: Type.Object({
    added: Type.Integer({ description: 'Lines.' }),
    removed: Type.Integer(),
    unified: Type.String({ description: 'As `diff -u` prints it, without the names of files.' }),
  }),
  elements: Type.Array(
    Type.Object({
      kind: Type.Enum(['pipeline', 'stage', 'stepGroup', 'step']),
      path: Type.String(),
      identifier: Type.String(),
      change: Type.Enum(['added', 'removed', 'changed', 'moved']),
      fields: Type.Array(FieldChange, { description: 'Those of elements inside of it are their own.' }),
    }),
  ),
});
export type PipelineVersionDiff = Static<typeof PipelineVersionDiff>;
