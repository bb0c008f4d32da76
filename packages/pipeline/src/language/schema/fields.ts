/**
 * The kinds of fields that documents have. Each accepts what the readers accept: nothing, a runtime input or an expression in
 * place of any value, any scalar where text is meant, flags and numbers in quotes, one text in place of a list of texts.
 */
import type { Value } from '../../expressions/values.ts';
import { DURATION } from '../durations.ts';
import { IDENTIFIER, RESERVED_IDENTIFIERS } from '../identifiers.ts';
import { reference, type JsonSchema } from './json-schema.ts';

/** What people read about a field. */
export interface About {
  readonly description: string;
  readonly default?: Value;
  readonly examples?: readonly Value[];
}

/** A text that is nothing, or has an expression or a runtime input in it. */
const EMPTY_OR_LATE = String.raw`^\s*$|<\+`;

/** Definitions that the fields refer to: part of every document's schema. */
export const FIELD_DEFINITIONS: Readonly<Record<'late', JsonSchema>> = {
  late: {
    description: 'An expression such as <+pipeline.variables.tag>, or a runtime input such as <+input>.default(main).',
    type: ['string', 'null'],
    pattern: EMPTY_OR_LATE,
    examples: ['<+input>', '<+input>.default(main)', '<+input>.allowedValues(dev,prod)'],
  },
};

export function text(about: About | string): JsonSchema {
  return { ...read(about), type: ['string', 'number', 'boolean', 'null'] };
}

export function flag(about: About | string): JsonSchema {
  return { ...read(about), type: ['boolean', 'string', 'null'], pattern: String.raw`^(?:true|false|\s*)$|<\+` };
}

export function number(about: About | string): JsonSchema {
  const pattern = String.raw`^\s*(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)?\s*$|<\+`;
  return { ...read(about), type: ['number', 'string', 'null'], pattern };
}

export function duration(about: About | string): JsonSchema {
  return {
    examples: ['10m', '1h 30m', '1d'],
    ...read(about),
    type: ['string', 'null'],
    pattern: String.raw`^\s*$|^\s*${DURATION}\s*$|<\+`,
    patternErrorMessage: 'which is not a duration such as 1h 30m: it has parts of w, d, h, m, s and ms',
  };
}

/** One of these words, or what will be one. */
export function word(words: readonly Value[], about: About | string): JsonSchema {
  return { ...read(about), anyOf: [{ enum: words }, reference('late')] };
}

/** Usually one of these words; any other text is accepted too. */
export function usualWord(words: readonly string[], about: About | string): JsonSchema {
  return { ...read(about), anyOf: [{ enum: words }, { type: ['string', 'number', 'boolean', 'null'] }] };
}

/** A word that must be known when the document is saved: neither an expression nor an input. */
export function knownWord(words: readonly string[], about: About | string): JsonSchema {
  return { ...read(about), enum: [...new Set(words)] };
}

export function identifier(what: string): JsonSchema {
  return {
    description: `Identifies the ${what} in expressions, paths and addresses. It stays when the name changes.`,
    type: ['string'],
    pattern: IDENTIFIER.source,
    patternErrorMessage:
      'which is not an identifier: it takes letters, digits and underscores, does not begin with a digit, and has at most 128 characters',
    not: { enum: RESERVED_IDENTIFIERS },
  };
}

export function list(items: JsonSchema, about: About | string): JsonSchema {
  return { ...read(about), type: ['array', 'string', 'null'], pattern: EMPTY_OR_LATE, items };
}

/** Texts; a single one may stand for a list of one. */
export function texts(about: About | string): JsonSchema {
  return { ...read(about), type: ['array', 'string', 'number', 'boolean', 'null'], items: text('') };
}

/** Values of any kind; a text with commas, or an expression, may stand for them. */
export function values(each: string, about: About | string): JsonSchema {
  return { ...texts(about), items: anything(each) };
}

/** Words of a closed list; a single one may stand for a list of one. */
export function words(known: readonly string[], about: About | string): JsonSchema {
  const one = { enum: known };
  return { ...read(about), anyOf: [{ type: ['array'], items: one }, one, reference('late')] };
}

export function map(
  properties: Readonly<Record<string, JsonSchema>>,
  about: About | string,
  required: readonly string[] = [],
): JsonSchema {
  return {
    ...read(about),
    type: ['object', 'string', 'null'],
    pattern: EMPTY_OR_LATE,
    properties,
    ...(required.length === 0 ? {} : { required }),
  };
}

export function textMap(about: About | string): JsonSchema {
  return { ...map({}, about), additionalProperties: text('') };
}

/** Whatever it is, it is kept; Bridle says elsewhere what it makes of it. */
export function anything(about: About | string): JsonSchema {
  return read(about);
}

function read(about: About | string): JsonSchema {
  if (typeof about === 'string') return about === '' ? {} : { description: about };
  const { description, ...rest } = about;
  return description === '' ? rest : about;
}

/** The rules of a branch hold when `property` is this word. */
export function branch(property: string, value: string, then: JsonSchema): JsonSchema {
  return { if: { properties: { [property]: { const: value } }, required: [property] }, then };
}

/** True for a map in which something was written under the key. */
export function has(property: string): JsonSchema {
  const something: JsonSchema = { not: { enum: ['', null] }, minProperties: 1 };
  return { type: ['object'], properties: { [property]: something }, required: [property] };
}
