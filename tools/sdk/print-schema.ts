/**
 * Prints JSON Schemas as TypeScript, for the types of the SDK. Schemas that are equal to a named one are printed by its name.
 *
 * Words of an enumeration are printed as an open union: an answer with a word that is new must not break a `switch` that was
 * compiled before there was such a word. A single word is a discriminant, and stays closed.
 */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly description?: string;
  readonly default?: unknown;
}

const OPEN = '(string & {})';
/** What says nothing about the type of a value. */
const SILENT: ReadonlySet<string> = new Set([
  'description',
  'examples',
  'default',
  'title',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
]);

export class SchemaPrinter {
  readonly #names = new Map<string, string>();

  constructor(named: ReadonlyMap<string, JsonSchema>) {
    for (const [name, schema] of named) {
      const key = keyOf(schema);
      // A name for a bare text or number would hide more than it says.
      if (isWorthAName(schema) && !this.#names.has(key)) this.#names.set(key, name);
    }
  }

  /** `export interface Name { … }`, or a type where that is no object. */
  declare(name: string, schema: JsonSchema): string {
    const own = this.#names.get(keyOf(schema));
    const comment = commentOf(schema, '');
    if (own !== undefined && own !== name) return `${comment}export type ${name} = ${own};\n`;
    if (schema.type === 'object' && schema.properties !== undefined)
      return `${comment}export interface ${name} ${this.#object(schema, '')}\n`;
    return `${comment}export type ${name} = ${this.#structure(schema, '')};\n`;
  }

  type(schema: JsonSchema, indent: string): string {
    return this.#names.get(keyOf(schema)) ?? this.#structure(schema, indent);
  }

  /** `name?: type;` with its comment, on lines of its own. */
  property(name: string, schema: JsonSchema, isRequired: boolean, indent: string): string {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    const type = this.type(schema, indent);
    // Callers under `exactOptionalPropertyTypes` may pass on what they do not have: it is not sent.
    const value = isRequired || type === 'unknown' ? type : `${type} | undefined`;
    return `${commentOf(schema, indent)}${indent}readonly ${key}${isRequired ? '' : '?'}: ${value};\n`;
  }

  #structure(schema: JsonSchema, indent: string): string {
    const { enum: words = 'const' in schema ? [schema.const] : undefined } = schema;
    if (words !== undefined) return printWords(words);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) {
      const members = unique(choices.map((choice) => this.#member(choice, indent)));
      return members.includes('unknown') ? 'unknown' : members.join(' | ');
    }
    if (schema.allOf !== undefined) return schema.allOf.map((part) => this.#member(part, indent)).join(' & ');
    const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
    if (types.length === 0) return 'unknown';
    return types.map((type) => this.#ofType(type, schema, indent)).join(' | ');
  }

  #ofType(type: string, schema: JsonSchema, indent: string): string {
    switch (type) {
      case 'string':
      case 'boolean':
      case 'null':
        return type;
      case 'integer':
      case 'number':
        return 'number';
      case 'array':
        return `readonly ${this.#member(schema.items ?? {}, indent)}[]`;
      case 'object':
        return schema.properties === undefined ? this.#record(schema, indent) : this.#object(schema, indent);
      default:
        throw new Error(`There is no TypeScript for the type ${type}.`);
    }
  }

  #object({ properties = {}, required = [] }: JsonSchema, indent: string): string {
    const inner = `${indent}  `;
    const lines = Object.entries(properties).map(([name, schema]) =>
      this.property(name, schema, required.includes(name), inner),
    );
    return lines.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${lines.join('')}${indent}}`;
  }

  #record({ additionalProperties, patternProperties }: JsonSchema, indent: string): string {
    const [pattern] = Object.values(patternProperties ?? {});
    const value = pattern ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
    return `Readonly<Record<string, ${this.type(value, indent)}>>`;
  }

  /** Inside of something that binds tighter. */
  #member(schema: JsonSchema, indent: string): string {
    const text = this.type(schema, indent);
    const isUnion = !text.startsWith('{') && /[|&]/.test(text);
    return isUnion || text.startsWith('readonly ') ? `(${text})` : text;
  }
}

function printWords(words: readonly unknown[]): string {
  const literals = words.map((word) => (typeof word === 'string' ? quote(word) : JSON.stringify(word)));
  const isOpen = words.length > 1 && words.every((word) => typeof word === 'string');
  return [...literals, ...(isOpen ? [OPEN] : [])].join(' | ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export function commentOf({ description }: { readonly description?: string }, indent: string): string {
  if (description === undefined) return '';
  return `${indent}/** ${description.replaceAll('*/', '*\\/')} */\n`;
}

function isWorthAName({ type, enum: words, anyOf, allOf }: JsonSchema): boolean {
  return type === 'object' || words !== undefined || anyOf !== undefined || allOf !== undefined;
}

/** The same for schemas that print the same: those of the protocol, and what becomes of them in an OpenAPI document. */
function keyOf(schema: JsonSchema): string {
  return JSON.stringify(canonical(schema));
}

function canonical(value: unknown, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (isMap) return [[key, canonical(inner)]];
    if (SILENT.has(key)) return [];
    if (key === 'const') return [['enum', [inner]]];
    if (key === 'required') return [[key, [...(inner as string[])].sort()]];
    if (key === 'patternProperties') return [['additionalProperties', canonical(Object.values(inner as object)[0])]];
    // Either way other keys are there, or they are not: nobody is kept from reading them.
    if (key === 'additionalProperties' && typeof inner === 'boolean') return [];
    return [[key, canonical(inner, key === 'properties')]];
  });
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
