/** The options that were given, by their long name without dashes (`secrets-file`). */
export class Options {
  readonly #values: ReadonlyMap<string, OptionValue>;

  constructor(values: ReadonlyMap<string, OptionValue>) {
    this.#values = values;
  }

  /** Of an option with one value; `undefined` = not given. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Of an option that may come several times, in their order. */
  texts(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value : [];
  }

  /** The same with another value for one of them. */
  with(name: string, value: OptionValue): Options {
    return new Options(new Map([...this.#values, [name, value]]));
  }

  /** The same as if these had not been given. */
  without(...names: readonly string[]): Options {
    return new Options(new Map([...this.#values].filter(([name]) => !names.includes(name))));
  }

  isOn(name: string): boolean {
    return this.#values.get(name) === true;
  }

  /** By its `--no-…`; an option that was not given is neither on nor off. */
  isOff(name: string): boolean {
    return this.#values.get(name) === false;
  }

  /** Of `--json[=fields]`: `undefined` = not given, empty = all fields. */
  fields(name = 'json'): readonly string[] | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value === false) return undefined;
    const fields = typeof value === 'string' ? value.split(',').map((field) => field.trim()) : [];
    return fields.filter((field) => field !== '');
  }
}

export type OptionValue = string | boolean | string[];
