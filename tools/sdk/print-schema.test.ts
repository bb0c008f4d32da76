import { describe, expect, it } from 'vitest';
import { SchemaPrinter, type JsonSchema } from './print-schema.ts';

const text: JsonSchema = { type: 'string' };
const point: JsonSchema = { type: 'object', required: ['x'], properties: { x: { type: 'integer' }, y: text } };
const printer = new SchemaPrinter(new Map([['Point', point]]));

describe('the printer', () => {
  it.each([
    [{ type: 'integer' }, 'number'],
    [{ type: 'array', items: { anyOf: [text, { type: 'null' }] } }, 'readonly (string | null)[]'],
    [{ type: 'array', items: { type: 'array', items: text } }, 'readonly (readonly string[])[]'],
    [{ enum: ['a', "b'"] }, "'a' | 'b\\'' | (string & {})"],
    [{ type: 'string', enum: ['only'] }, "'only'"],
    [{ type: 'string', const: 'only' }, "'only'"],
    [{}, 'unknown'],
    [{ anyOf: [{}, { type: 'null' }] }, 'unknown'],
    [{ type: 'object', patternProperties: { '^.*$': text } }, 'Readonly<Record<string, string>>'],
    [{ type: 'object', additionalProperties: text }, 'Readonly<Record<string, string>>'],
    [
      { allOf: [point, { type: 'object', required: ['z'], properties: { z: text } }] },
      'Point & {\n  readonly z: string;\n}',
    ],
    // The same, as another tool writes it.
    [{ ...point, description: 'Where', additionalProperties: false }, 'Point'],
  ] satisfies [JsonSchema, string][])('prints %j', (schema, wanted) => {
    expect(printer.type(schema, '')).toBe(wanted);
  });

  it('declares objects as interfaces, with what they say about themselves', () => {
    expect(printer.declare('Point', { ...point, description: 'A place */ there' })).toBe(
      '/** A place *\\/ there */\nexport interface Point {\n  readonly x: number;\n  readonly y?: string | undefined;\n}\n',
    );
  });

  it('knows no type that it does not know', () => {
    expect(() => printer.type({ type: 'tuple' }, '')).toThrow('tuple');
  });
});
