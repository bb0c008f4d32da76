/** Variables of accounts, organizations and projects (api.md §9). */
import { Type, type Static } from 'typebox';
import { IDENTIFIER_PATTERN, nullable, Time } from './schema.ts';

export const VARIABLE_LENGTH_MAX = 16_384;

export const VariableResponse = Type.Object({
  variable: Type.Object({
    identifier: Type.String(),
    name: Type.String(),
    description: Type.String(),
    orgIdentifier: nullable(Type.String()),
    projectIdentifier: nullable(Type.String()),
    type: Type.Literal('String'),
    spec: Type.Object({ valueType: Type.Literal('FIXED'), fixedValue: Type.String() }),
  }),
  createdAt: Time,
  lastModifiedAt: Time,
});
export type VariableResponse = Static<typeof VariableResponse>;

/** The scope stands in the variable, in the query, or in both. */
export const VariableRequest = Type.Object(
  {
    variable: Type.Object({
      identifier: Type.String({ pattern: IDENTIFIER_PATTERN }),
      name: Type.String({ minLength: 1, maxLength: 128 }),
      description: Type.Optional(nullable(Type.String({ maxLength: 1_024 }))),
      orgIdentifier: Type.Optional(nullable(Type.String())),
      projectIdentifier: Type.Optional(nullable(Type.String())),
      type: Type.Literal('String'),
      spec: Type.Object({
        valueType: Type.Literal('FIXED'),
        fixedValue: Type.String({ maxLength: VARIABLE_LENGTH_MAX }),
      }),
    }),
  },
  {
    examples: [
      {
        variable: {
          identifier: 'region',
          name: 'region',
          orgIdentifier: 'default',
          projectIdentifier: 'myproject',
          type: 'String',
          spec: { valueType: 'FIXED', fixedValue: 'eu-west-1' },
        },
      },
    ],
  },
);
export type VariableRequest = Static<typeof VariableRequest>;
