/**
 * What a connector's spec is made of, as data: it is checked by it, and the references to secrets in it are found by it.
 * Lenient: what is unknown is kept. Objections name fields, never values: somebody may have pasted a password.
 */

export type Field = FieldKind & { readonly isRequired?: true };

type FieldKind =
  | { readonly kind: 'text' | 'boolean' | 'integer' | 'texts' | 'anything' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** A reference to a secret: `id`, `org.id`, `account.id`. */
  | { readonly kind: 'secret' }
  | { readonly kind: 'map'; readonly fields: Fields }
  | { readonly kind: 'maps'; readonly fields: Fields }
  | Choice;

/** `{ type, spec }`: the type says what the spec is made of. */
interface Choice {
  readonly kind: 'choice';
  readonly options: Readonly<Record<string, Fields | Choice>>;
}

export interface Fields {
  readonly of: Readonly<Record<string, Field>>;
  /** One of each group must be there. */
  readonly oneOf?: readonly (readonly string[])[];
}

export interface FieldObjection {
  readonly field: string;
  /** A sentence's end, as in `<field>: is missing`. */
  readonly reason: string;
}

export interface CheckedSpec {
  readonly objections: readonly FieldObjection[];
  /** Fields that are kept and have no effect. */
  readonly unknown: readonly string[];
  /** Where secrets are referred to. */
  readonly secrets: readonly SecretField[];
}

export interface SecretField {
  /** Keys below the spec. */
  readonly path: readonly (string | number)[];
  readonly field: string;
  readonly reference: string;
}

type Document = Readonly<Record<string, unknown>>;

/** One word after another, with dots, as references and their identifiers are written. */
export const SECRET_REFERENCE = /^(?:account\.|org\.)?[a-zA-Z_][0-9a-zA-Z_$-]{0,127}$/;

export function checkFields(fields: Fields, value: unknown, field: string): CheckedSpec {
  const check = new Check();
  check.map(fields, value, field, []);
  return check;
}

class Check implements CheckedSpec {
  readonly objections: FieldObjection[] = [];
  readonly unknown: string[] = [];
  readonly secrets: SecretField[] = [];

  map(fields: Fields, value: unknown, field: string, path: readonly (string | number)[]): void {
    if (!isMap(value)) return this.#object(field, 'is no map');
    for (const [name, each] of Object.entries(fields.of)) {
      const given = value[name];
      if (isAbsent(given)) {
        if (each.isRequired === true) this.#object(`${field}.${name}`, 'is missing');
      } else this.#value(each, given, `${field}.${name}`, [...path, name]);
    }
    for (const group of fields.oneOf ?? []) {
      if (group.every((name) => isAbsent(value[name]))) this.#object(`${field}.${group.join(' or ')}`, 'is missing');
    }
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(fields.of, name)) this.unknown.push(`${field}.${name}`);
    }
  }

  #value(each: Field, value: unknown, field: string, path: readonly (string | number)[]): void {
    switch (each.kind) {
      case 'text':
        if (typeof value !== 'string' && typeof value !== 'number') this.#object(field, 'is no text');
        break;
      case 'boolean':
        if (typeof value !== 'boolean' && value !== 'true' && value !== 'false') {
          this.#object(field, 'is neither true nor false');
        }
        break;
      case 'integer':
        if (!/^\d{1,9}$/.test(String(value))) this.#object(field, 'is no number');
        break;
      case 'texts':
        if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
          this.#object(field, 'is no list of texts');
        }
        break;
      case 'words':
        if (!each.words.includes(String(value))) this.#object(field, `is none of ${each.words.join(', ')}`);
        break;
      case 'secret':
        if (typeof value !== 'string' || !SECRET_REFERENCE.test(value)) {
          this.#object(
            field,
            'is no reference to a secret: its identifier, after "org." or "account." where it belongs there',
          );
        } else this.secrets.push({ path, field, reference: value });
        break;
      case 'map':
        this.map(each.fields, value, field, path);
        break;
      case 'maps':
        if (!Array.isArray(value)) this.#object(field, 'is no list');
        else value.forEach((item, index) => this.map(each.fields, item, `${field}[${index}]`, [...path, index]));
        break;
      case 'anything':
        break;
      case 'choice':
        this.#choice(each.options, value, field, path);
        break;
    }
  }

  #choice(options: Choice['options'], value: unknown, field: string, path: readonly (string | number)[]): void {
    if (!isMap(value)) return this.#object(field, 'is no map');
    const { type, spec } = value;
    if (isAbsent(type)) return this.#object(`${field}.type`, 'is missing');
    if (typeof type !== 'string' || !Object.hasOwn(options, type)) {
      return this.#object(`${field}.type`, `is none of ${Object.keys(options).join(', ')}`);
    }
    const fields = options[type] ?? { of: {} };
    if ('kind' in fields) return this.#choice(fields.options, spec, `${field}.spec`, [...path, 'spec']);
    if (
      isAbsent(spec) &&
      fields.oneOf === undefined &&
      Object.values(fields.of).every((each) => each.isRequired !== true)
    ) {
      return;
    }
    this.map(fields, spec ?? {}, `${field}.spec`, [...path, 'spec']);
  }

  #object(field: string, reason: string): void {
    this.objections.push({ field, reason });
  }
}

export function isMap(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
