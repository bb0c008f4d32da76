/**
 * One JSON Schema per kind of document (draft 2020-12), made of the definitions that the readers read by: step specs, key
 * lists, words. What a schema refuses, the reader of the kind reports as well; what the reader takes, the schema takes.
 *
 * Wherever a `type` decides what is allowed, the schema first looks at it (`if`) and then judges that branch only, so that
 * every message speaks of what its author meant. Unknown keys are accepted.
 */
import { ENTITY_DEFINITIONS } from './deployment-schema.ts';
import { FIELD_DEFINITIONS } from './fields.ts';
import { FLOW_DEFINITIONS } from './flow-schema.ts';
import { INPUT_SET_DEFINITIONS } from './input-set-schema.ts';
import { reference, type JsonSchema } from './json-schema.ts';
import { PIPELINE_DEFINITIONS } from './pipeline-schema.ts';
import { TEMPLATE_DEFINITIONS } from './template-schema.ts';
import { TEST_DEFINITIONS } from './schema-of-tests.ts';
import { TRIGGER_DEFINITIONS } from './trigger-schema.ts';

interface KindSchema {
  /** The one key of the document, also the name of the definition below it. */
  readonly root: string;
  readonly description: string;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

const DEPLOYED = { ...FLOW_DEFINITIONS, ...ENTITY_DEFINITIONS };

const KINDS = {
  pipeline: {
    root: 'pipeline',
    description: 'A pipeline: stages with steps.',
    definitions: PIPELINE_DEFINITIONS,
  },
  template: {
    root: 'template',
    description: 'A template: one version of a reusable step, step group, stage or pipeline.',
    definitions: TEMPLATE_DEFINITIONS,
  },
  inputSet: {
    root: 'inputSet',
    description: 'An input set: values for the runtime inputs of a pipeline.',
    definitions: INPUT_SET_DEFINITIONS,
  },
  overlayInputSet: {
    root: 'overlayInputSet',
    description: 'An overlay: input sets that are merged in order.',
    definitions: INPUT_SET_DEFINITIONS,
  },
  trigger: {
    root: 'trigger',
    description: 'A trigger: what starts a pipeline, and with which inputs.',
    definitions: TRIGGER_DEFINITIONS,
  },
  service: {
    root: 'service',
    description: 'A service: something that is deployed.',
    definitions: DEPLOYED,
  },
  environment: {
    root: 'environment',
    description: 'An environment: a place that services are deployed to.',
    definitions: DEPLOYED,
  },
  infrastructure: {
    root: 'infrastructureDefinition',
    description: 'An infrastructure: a part of an environment, and how it is reached.',
    definitions: DEPLOYED,
  },
  test: {
    root: 'test',
    description: 'A test of a pipeline: cases with mocked steps, in virtual time.',
    definitions: TEST_DEFINITIONS,
  },
} as const satisfies Readonly<Record<string, KindSchema>>;

export type DocumentKind = keyof typeof KINDS;

export const DOCUMENT_KINDS = Object.keys(KINDS) as readonly DocumentKind[];

export function documentSchema(kind: DocumentKind): JsonSchema {
  const { root, description, definitions }: KindSchema = KINDS[kind];
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:bridle:schema:${kind}`,
    title: 'document',
    description,
    type: ['object'],
    properties: { [root]: reference(root) },
    required: [root],
    $defs: reachable({ ...FIELD_DEFINITIONS, ...definitions }, root),
  };
}

/** The definitions that a root needs, and no others. */
function reachable(
  definitions: Readonly<Record<string, JsonSchema>>,
  root: string,
): Readonly<Record<string, JsonSchema>> {
  const found = new Map<string, JsonSchema>();
  const visit = (name: string): void => {
    const definition = definitions[name];
    if (definition === undefined || found.has(name)) return;
    found.set(name, definition);
    for (const inner of referencesIn(definition)) visit(inner);
  };
  visit(root);
  return Object.fromEntries(found);
}

function referencesIn(schema: JsonSchema): readonly string[] {
  return [...JSON.stringify(schema).matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map(([, name]) => name ?? '');
}
