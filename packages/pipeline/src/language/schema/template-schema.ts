/** The definitions of templates (pipelines.md §1.10): the same parts as in a pipeline, without their identifiers. */
import {
  OTHER_TEMPLATE_TYPES,
  type TEMPLATE_KEYS,
  TEMPLATE_TYPES,
  VERSION_LABEL,
  type TemplateType,
} from '../templates/template-document.ts';
import { anything, branch, knownWord, identifier, text, textMap } from './fields.ts';
import { reference, type FieldsOf, type JsonSchema } from './json-schema.ts';
import { PIPELINE_DEFINITIONS } from './pipeline-schema.ts';

const TEMPLATE_FIELDS: FieldsOf<typeof TEMPLATE_KEYS> = {
  identifier: identifier('template'),
  name: text('How people call it.'),
  versionLabel: {
    description: 'The version. Links that name none take the stable one.',
    type: ['string', 'number', 'boolean'],
    pattern: VERSION_LABEL.source,
    patternErrorMessage:
      'which is not a version label: it begins with a letter or digit, has no blanks, / or &, and at most 64 characters',
    examples: ['1.0'],
  },
  type: knownWord([...TEMPLATE_TYPES, ...OTHER_TEMPLATE_TYPES], {
    description: 'What a link to it stands for.',
    examples: ['Step'],
  }),
  description: text('What it is for.'),
  tags: textMap('Words to find it by.'),
  icon: anything('Shown with the template.'),
  orgIdentifier: text('The organization it belongs to; absent = the account.'),
  projectIdentifier: text('The project it belongs to; absent = the organization.'),
  spec: { description: 'What a link stands for, without identifier and name.', type: ['object'] },
};

/** Type of template → the definition of what it holds. */
const BODIES: Readonly<Record<TemplateType, string>> = {
  Step: 'step',
  StepGroup: 'stepGroup',
  Stage: 'stage',
  Pipeline: 'pipeline',
};

/** A link gives the identifier and the name itself. */
function body(name: string): JsonSchema {
  const { required = [], properties = {}, ...rest } = PIPELINE_DEFINITIONS[name] ?? {};
  const fields = Object.entries(properties).filter(([key]) => key !== 'identifier' && key !== 'name');
  const needed = required.filter((key) => key !== 'identifier');
  return { ...rest, properties: Object.fromEntries(fields), ...(needed.length === 0 ? {} : { required: needed }) };
}

export const TEMPLATE_DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  ...PIPELINE_DEFINITIONS,
  ...Object.fromEntries(Object.values(BODIES).map((name) => [`${name}Body`, body(name)])),
  template: {
    title: 'template',
    description: 'One version of something that pipelines can link to.',
    type: ['object'],
    properties: TEMPLATE_FIELDS,
    required: ['identifier', 'versionLabel', 'type', 'spec'],
    allOf: TEMPLATE_TYPES.map((type) =>
      branch('type', type, { properties: { spec: reference(`${BODIES[type]}Body`) } }),
    ),
  },
};
