/** Saved filters of lists (api.md §9). */
import { Type, type Static } from 'typebox';
import { IDENTIFIER_PATTERN, nullable } from './schema.ts';

const Visibility = Type.Enum(['EveryOne', 'OnlyCreator']);

export const SavedFilter = Type.Object({
  name: Type.String(),
  identifier: Type.String(),
  orgIdentifier: nullable(Type.String()),
  projectIdentifier: nullable(Type.String()),
  filterProperties: Type.Record(Type.String(), Type.Unknown()),
  filterVisibility: Visibility,
});
export type SavedFilter = Static<typeof SavedFilter>;

/** `filterProperties` is what the list's own body would be; `filterType` in it says which list. */
export const SavedFilterRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    identifier: Type.String({ pattern: IDENTIFIER_PATTERN }),
    orgIdentifier: Type.Optional(nullable(Type.String())),
    projectIdentifier: Type.Optional(nullable(Type.String())),
    filterProperties: Type.Intersect([
      Type.Object({ filterType: Type.String({ pattern: '^[A-Za-z]{1,64}$' }) }),
      Type.Record(Type.String(), Type.Unknown()),
    ]),
    filterVisibility: Type.Optional(nullable(Visibility)),
  },
  {
    examples: [
      {
        name: 'Failed builds',
        identifier: 'failed_builds',
        orgIdentifier: 'default',
        projectIdentifier: 'myproject',
        filterProperties: { filterType: 'PipelineExecution', status: ['Failed'] },
        filterVisibility: 'EveryOne',
      },
    ],
  },
);
export type SavedFilterRequest = Static<typeof SavedFilterRequest>;
