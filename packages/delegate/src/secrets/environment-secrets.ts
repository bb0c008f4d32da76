/** Secrets in the delegate's own environment: variables that are made for it, and those that its operator has listed. */
import { SECRET_BYTES_MAX, tooLarge, type FoundSecret, type SecretManager } from './secret-manager.ts';

/** Whatever starts so is a secret for steps. */
const PREFIX = 'BRIDLE_SECRET_';
/** The delegate's own settings, its token among them: no list releases them. */
const OWN = /^(?:BRIDLE_(?!SECRET_)|DELEGATE_TOKEN$|ACCOUNT_SECRET$)/;

export class EnvironmentSecrets implements SecretManager {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #released: ReadonlySet<string>;

  constructor(environment: Readonly<Record<string, string | undefined>>, releasedNames: readonly string[]) {
    this.#environment = environment;
    this.#released = new Set(releasedNames);
  }

  async find(name: string): Promise<FoundSecret> {
    if (OWN.test(name) || !(name.startsWith(PREFIX) || this.#released.has(name))) {
      return {
        kind: 'notReleased',
        message: `The variable ${name} of the delegate is not released for steps: its name must start with ${PREFIX}, or the delegate must be started with it in --secret-names.`,
      };
    }
    const value = Object.hasOwn(this.#environment, name) ? this.#environment[name] : undefined;
    if (value === undefined) {
      return { kind: 'missing', message: `The delegate has no variable ${name} in its environment.` };
    }
    const bytes = Buffer.from(value);
    return bytes.length > SECRET_BYTES_MAX
      ? tooLarge(`The variable ${name} of the delegate`)
      : { kind: 'found', bytes };
  }
}
