/** Asks for one value on a terminal, by its rules. The library that draws questions is loaded with the first one. */
import { findViolation } from '@bridle/pipeline';
import { stripAnsi } from '@bridle/text';
import type * as Prompts from '@clack/prompts';
import type { Terminal } from '../terminal/terminal.ts';

export interface Question {
  readonly name: string;
  readonly description?: string;
  readonly required: boolean;
  readonly defaultValue?: string;
  readonly allowedValues?: readonly string[];
  /** Several of the allowed values, joined by commas. */
  readonly isMultiple?: boolean;
  readonly regex?: string;
  readonly isNumber?: boolean;
  /** What is typed does not show. */
  readonly isSecret?: boolean;
}

export type Answer<T> =
  | { readonly kind: 'given'; readonly value: T }
  /** By Escape: the question stays open. */
  | { readonly kind: 'left' }
  /** By Ctrl-C. */
  | { readonly kind: 'interrupted' }
  /** It needs no answer any more. */
  | { readonly kind: 'closed' };

/** Rows of a list that are shown at once. */
const OPTIONS_SHOWN_MAX = 10;
const CTRL_C = '\u0003';

/** Asks on one terminal. */
export class Asker {
  readonly #terminal: Terminal;
  readonly #signal: AbortSignal | undefined;

  constructor(terminal: Terminal, signal?: AbortSignal) {
    this.#terminal = terminal;
    this.#signal = signal;
  }

  async value(question: Question): Promise<Answer<string>> {
    const { allowedValues, isMultiple = false, defaultValue } = question;
    const message = messageOf(question);
    // Expressions among the allowed values are known to the run only.
    if (allowedValues === undefined || allowedValues.some((value) => value.includes('<+'))) {
      return this.text(message, {
        isSecret: question.isSecret === true,
        ...(defaultValue === undefined ? {} : { defaultValue }),
        problemOf: (value) => problemOf(question, value),
      });
    }
    if (isMultiple) {
      const chosen = await this.#many(message, allowedValues, defaultValue?.split(',') ?? [], question.required);
      return chosen.kind === 'given' ? { kind: 'given', value: chosen.value.join(',') } : chosen;
    }
    const none = question.required || defaultValue !== undefined ? [] : [{ value: '', label: 'none' }];
    return this.choice(message, [...allowedValues.map((value) => ({ value, label: value })), ...none], defaultValue);
  }

  choice<T extends string>(
    message: string,
    options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[],
    initialValue?: T,
  ): Promise<Answer<T>> {
    return this.#ask(async ({ select }, streams) =>
      select<string>({
        message: shown(message),
        options: options.map(({ value, label, hint }) => ({
          value,
          label: shown(label),
          ...(hint === undefined ? {} : { hint }),
        })),
        maxItems: OPTIONS_SHOWN_MAX,
        showInstructions: false,
        ...(initialValue === undefined ? {} : { initialValue }),
        ...streams,
      }),
    ) as Promise<Answer<T>>;
  }

  text(
    message: string,
    {
      isSecret = false,
      defaultValue,
      placeholder,
      problemOf: validate = () => undefined,
    }: {
      readonly isSecret?: boolean;
      /** Stands there already, to be changed; of a secret it is what Enter means. */
      readonly defaultValue?: string;
      readonly placeholder?: string;
      readonly problemOf?: (value: string) => string | undefined;
    } = {},
  ): Promise<Answer<string>> {
    return this.#ask(async ({ text, password }, streams) => {
      const common = { message: shown(message), ...streams };
      if (isSecret) {
        const value = await password({ ...common, validate: (typed) => validate(typed || (defaultValue ?? '')) });
        return typeof value === 'string' && value === '' ? (defaultValue ?? '') : value;
      }
      return text({
        ...common,
        ...(defaultValue === undefined ? {} : { initialValue: defaultValue }),
        ...(placeholder === undefined ? {} : { placeholder }),
        validate: (typed) => validate(typed ?? ''),
      });
    });
  }

  #many(
    message: string,
    values: readonly string[],
    initialValues: readonly string[],
    required: boolean,
  ): Promise<Answer<readonly string[]>> {
    return this.#ask(async ({ multiselect }, streams) =>
      multiselect<string>({
        message: shown(message),
        options: values.map((value) => ({ value, label: shown(value) })),
        initialValues: initialValues.map((value) => value.trim()).filter((value) => values.includes(value)),
        maxItems: OPTIONS_SHOWN_MAX,
        required,
        ...streams,
      }),
    );
  }

  async #ask<T>(
    ask: (prompts: typeof Prompts, streams: Streams) => Promise<T | typeof Prompts.CANCEL_SYMBOL>,
  ): Promise<Answer<T>> {
    if (isAborted(this.#signal)) return { kind: 'closed' };
    const prompts: typeof Prompts = await import('@clack/prompts');
    const input = this.#terminal.input.stream;
    // Escape and Ctrl-C come back as one and the same from the library.
    let isInterrupted = false;
    const listen = (bytes: Buffer | string): void => {
      isInterrupted = bytes.toString().includes(CTRL_C);
    };
    input.on('data', listen);
    // The library listens to its signal for ever: this one is of one question.
    const closing = new AbortController();
    const close = (): void => closing.abort();
    this.#signal?.addEventListener('abort', close);
    try {
      const value = await ask(prompts, { input, output: this.#terminal.err.stream, signal: closing.signal });
      if (!prompts.isCancel(value)) return { kind: 'given', value };
      if (isAborted(this.#signal)) return { kind: 'closed' };
      return { kind: isInterrupted ? 'interrupted' : 'left' };
    } finally {
      this.#signal?.removeEventListener('abort', close);
      input.off('data', listen);
      // Nobody reads on: the process may end.
      input.pause();
    }
  }
}

/** A question of its own each time: it changes while others are awaited. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

interface Streams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

function messageOf({ name, description, required, regex, defaultValue }: Question): string {
  const hints = [
    ...(description === undefined || description === '' ? [] : [description]),
    ...(regex === undefined ? [] : [`must match ${regex}`]),
    ...(required || defaultValue !== undefined ? [] : ['may be empty']),
  ];
  return hints.length === 0 ? name : `${name} (${hints.join('; ')})`;
}

/** In words that follow on nothing. */
export function problemOf(question: Question, value: string): string | undefined {
  if (value === '') return question.required ? 'A value is needed.' : undefined;
  if (question.isNumber === true && !Number.isFinite(Number(value))) return 'A number is needed.';
  const { allowedValues, isMultiple = false, regex } = question;
  const violation = findViolation(value, {
    isMany: isMultiple,
    ...(allowedValues === undefined ? {} : { allowedValues }),
    ...(regex === undefined ? {} : { regex }),
  });
  return violation === undefined ? undefined : `"${value}" ${violation.text}.`;
}

/** Several lines may be, sequences for the terminal may not. */
function shown(text: string): string {
  return stripAnsi(text)
    .trim()
    .replaceAll('\r', '')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g, ' ');
}
