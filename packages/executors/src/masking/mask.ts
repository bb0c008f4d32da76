/** The secrets of one step, and everything through which they could leave. */
import type { LogSink, SecretMask } from '../executor.ts';
import { Automaton } from './automaton.ts';
import { formsOf } from './forms.ts';
import { MaskedStream, type Patterns } from './masked-stream.ts';

/** Of one step. */
const SECRETS_MAX = 1_000;
/** Of one secret. */
const SECRET_BYTES_MAX = 256 * 1024;
/** All forms of all secrets of one step together; each byte takes about twenty of memory. */
const FORM_BYTES_MAX = 8 * 1024 * 1024;

/** More secrets, or larger ones, than can be kept out of a log. The step must not run; the text is for its author. */
export class MaskLimitPassed extends Error {
  override readonly name = 'MaskLimitPassed';
}

export class Mask implements SecretMask {
  readonly #verbatim = new Map<string, Buffer>();
  readonly #encoded = new Map<string, Buffer>();
  readonly #secrets = new Set<string>();
  readonly #listeners = new Set<(plaintext: Uint8Array) => void>();
  #formBytes = 0;
  #patterns: Patterns | undefined = { verbatim: undefined, encoded: undefined };

  /**
   * From the next byte on, and in what logs hold back at the moment.
   * @throws MaskLimitPassed
   */
  add(plaintext: Uint8Array | string): void {
    const secret = Buffer.from(plaintext);
    const key = secret.toString('latin1');
    if (this.#secrets.has(key)) return;
    if (secret.length > SECRET_BYTES_MAX) {
      throw new MaskLimitPassed(
        `A secret has ${secret.length} bytes; at most ${SECRET_BYTES_MAX} can be kept out of the log.`,
      );
    }
    if (this.#secrets.size >= SECRETS_MAX) {
      throw new MaskLimitPassed(`The step has more than ${SECRETS_MAX} secrets; no more can be kept out of the log.`);
    }
    this.#secrets.add(key);
    for (const listen of this.#listeners) listen(secret);
    const { verbatim, encoded } = formsOf(secret);
    for (const form of verbatim) this.#keep(this.#verbatim, form);
    for (const form of encoded) this.#keep(this.#encoded, form);
    if (this.#formBytes > FORM_BYTES_MAX) {
      throw new MaskLimitPassed('The secrets of the step are too large together to be kept out of the log.');
    }
  }

  /** Tells of every secret, those of now and those to come, until the answer is called. */
  onSecret(listen: (plaintext: Uint8Array) => void): () => void {
    for (const key of this.#secrets) listen(Buffer.from(key, 'latin1'));
    this.#listeners.add(listen);
    return () => void this.#listeners.delete(listen);
  }

  /** A log that gets only what may be seen. Call `end` when nothing more comes. */
  wrap(sink: LogSink): MaskedLog {
    return new MaskedLog(this.#stream(), sink);
  }

  /** A text with every form of a secret masked: a failure's message, a value for the server. */
  text(text: string): string {
    const bytes = Buffer.from(text);
    const masked = this.#bytes(bytes);
    // Untouched texts stay what they are, broken surrogates included.
    return bytes.equals(masked) ? text : masked.toString();
  }

  /** True when some form of a secret occurs in the text. */
  occursIn(text: string): boolean {
    const bytes = Buffer.from(text);
    return !bytes.equals(this.#bytes(bytes));
  }

  #bytes(bytes: Buffer): Buffer {
    const stream = this.#stream();
    return Buffer.concat([stream.push(bytes), stream.end()]);
  }

  #stream(): MaskedStream {
    return new MaskedStream(() => this.#current());
  }

  #keep(forms: Map<string, Buffer>, form: Buffer): void {
    const key = form.toString('latin1');
    if (forms.has(key)) return;
    forms.set(key, form);
    this.#formBytes += form.length;
    this.#patterns = undefined;
  }

  /** Built when somebody looks: secrets come in groups. */
  #current(): Patterns {
    this.#patterns ??= { verbatim: automatonOf(this.#verbatim), encoded: automatonOf(this.#encoded) };
    return this.#patterns;
  }
}

/** The log of a step on its way out. */
export class MaskedLog implements LogSink {
  readonly #stream: MaskedStream;
  readonly #sink: LogSink;

  constructor(stream: MaskedStream, sink: LogSink) {
    this.#stream = stream;
    this.#sink = sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const masked = this.#stream.push(bytes);
    if (masked.length > 0) await this.#sink.write(masked);
  }

  /** Writes what is held back. Safe to call again. */
  async end(): Promise<void> {
    const rest = this.#stream.end();
    if (rest.length > 0) await this.#sink.write(rest);
  }
}

function automatonOf(forms: ReadonlyMap<string, Buffer>): Automaton | undefined {
  return forms.size === 0 ? undefined : new Automaton([...forms.values()]);
}
