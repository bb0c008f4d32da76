/**
 * The definitions of input sets and overlays (pipelines.md §2.4). Below `pipeline` an input set repeats as much of the
 * pipeline's tree as it gives values for: the same fields, none of them needed.
 */
import { type INPUT_SET_KEYS, type OVERLAY_KEYS } from '../input-set-document.ts';
import { FIELD_DEFINITIONS, identifier, text, textMap } from './fields.ts';
import { reference, type FieldsOf, type JsonSchema } from './json-schema.ts';
import { PIPELINE_DEFINITIONS } from './pipeline-schema.ts';

function baseFields(
  what: string,
): Readonly<
  Record<'identifier' | 'name' | 'description' | 'tags' | 'orgIdentifier' | 'projectIdentifier', JsonSchema>
> {
  return {
    identifier: identifier(what),
    name: text('How people call it.'),
    description: text('What it is for.'),
    tags: textMap('Words to find it by.'),
    orgIdentifier: text('The organization of its pipeline.'),
    projectIdentifier: text('The project of its pipeline.'),
  };
}

const INPUT_SET_FIELDS: FieldsOf<typeof INPUT_SET_KEYS> = {
  ...baseFields('input set'),
  pipeline: reference('pipelineInputs'),
};

const OVERLAY_FIELDS: FieldsOf<typeof OVERLAY_KEYS> = {
  ...baseFields('overlay'),
  pipelineIdentifier: text('The pipeline it is for.'),
  inputSetReferences: {
    description: 'Input sets of the pipeline, merged in this order: the later one wins.',
    type: ['array'],
    items: text('An input set.'),
    examples: [['common', 'prod']],
  },
};

/** The same with nothing needed, also in its branches. */
function sparse(schema: JsonSchema): JsonSchema {
  const { required, ...rest } = schema;
  const { $ref, properties, additionalProperties, items, then, else: otherwise, allOf } = rest;
  return {
    ...(required === undefined ? schema : rest),
    ...($ref === undefined ? {} : { $ref: sparseReference($ref) }),
    ...(properties === undefined ? {} : { properties: sparseEach(properties) }),
    ...(additionalProperties === undefined || additionalProperties === false
      ? {}
      : { additionalProperties: sparse(additionalProperties) }),
    ...(items === undefined ? {} : { items: sparse(items) }),
    ...(then === undefined ? {} : { then: sparse(then) }),
    ...(otherwise === undefined ? {} : { else: sparse(otherwise) }),
    ...(allOf === undefined ? {} : { allOf: allOf.map(sparse) }),
  };
}

function sparseEach(schemas: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(schemas).map(([key, schema]) => [key, sparse(schema)]));
}

/** Kinds of fields are the same in both; parts of a pipeline have a sparse twin. */
function sparseReference($ref: string): string {
  return Object.keys(FIELD_DEFINITIONS).some((name) => reference(name).$ref === $ref) ? $ref : `${$ref}Inputs`;
}

export const INPUT_SET_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  ...Object.fromEntries(Object.entries(PIPELINE_DEFINITIONS).map(([name, part]) => [`${name}Inputs`, sparse(part)])),
  inputSet: {
    title: 'input set',
    description: 'Values for the runtime inputs of a pipeline.',
    type: ['object'],
    properties: INPUT_SET_FIELDS,
    required: ['identifier', 'pipeline'],
  },
  overlayInputSet: {
    title: 'overlay',
    description: 'Input sets that are merged in order.',
    type: ['object'],
    properties: OVERLAY_FIELDS,
    required: ['identifier', 'inputSetReferences'],
  },
};
