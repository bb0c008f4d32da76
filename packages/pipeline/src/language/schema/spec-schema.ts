/** The schema of a step's spec as documents may write it, from the one that types the step (`steps/*.ts`). */
import type { TSchema } from 'typebox';
import type { Value } from '../../expressions/values.ts';
import type { StepDefinition } from '../../steps/step-definition.ts';
import type { SchemaView } from '../read-spec.ts';
import { anything, duration, flag, list, map, number, text, textMap, texts, word } from './fields.ts';
import type { About } from './fields.ts';
import type { JsonSchema } from './json-schema.ts';

export function specSchema({ type, spec }: StepDefinition): JsonSchema {
  // A view of the schema's own keywords, as in `read-spec.ts`.
  return { ...toField(spec as unknown as SchemaView), description: `What the ${type} step does.` };
}

/** One field of a spec, or a map of such fields. */
export function fieldSchema(schema: TSchema): JsonSchema {
  return toField(schema as unknown as SchemaView);
}

function toField(schema: SchemaView): JsonSchema {
  const about = describe(schema);
  if (schema.notRunYet !== undefined || schema.ignored !== undefined) return anything(about);
  if (schema.enum !== undefined) return word(schema.enum.flatMap(spellings), about);
  switch (schema.type) {
    case 'boolean':
      return flag(about);
    case 'number':
    case 'integer':
      return number(about);
    case 'array':
      return schema.items?.type === 'string' ? texts(about) : list(toField(schema.items ?? {}), about);
    case 'object':
      return toObject(schema, about);
    case 'string':
      return schema.format === 'duration' ? duration(about) : text(about);
    default:
      return anything(about);
  }
}

/** What YAML reads as a flag is one of the words too. */
function spellings(text: string): readonly Value[] {
  return text === 'true' || text === 'false' ? [text === 'true', text] : [text];
}

function toObject(schema: SchemaView, about: About): JsonSchema {
  const [values] = Object.values(schema.patternProperties ?? {});
  if (values !== undefined) return values.type === 'string' ? textMap(about) : map({}, about);
  return schema.listStandsFor === undefined
    ? toMap(schema, about)
    : { ...anything(about), anyOf: [toMap(schema, ''), { type: ['array'], items: text('') }] };
}

function toMap({ properties = {}, required = [] }: SchemaView, about: About | string): JsonSchema {
  const fields = Object.entries(properties).map(([key, field]): [string, JsonSchema] => [key, toField(field)]);
  // What has a default is filled in when it is absent.
  const needed = required.filter((key) => properties[key]?.default === undefined);
  return map(Object.fromEntries(fields), about, needed);
}

function describe(schema: SchemaView): About {
  const values = Object.entries(schema.notRunYetValues ?? {}).map(
    ([value, what]) => `Bridle does not run ${what} yet (${value}).`,
  );
  const sentences = [
    schema.description,
    schema.notRunYet === undefined ? undefined : `Bridle does not run ${schema.notRunYet} yet.`,
    schema.ignored === undefined ? undefined : `It has no effect. ${schema.ignored}`,
    ...values,
  ];
  return {
    description: sentences.filter((sentence) => sentence !== undefined).join(' '),
    ...(schema.default === undefined ? {} : { default: schema.default }),
    ...(schema.examples === undefined ? {} : { examples: schema.examples }),
  };
}
