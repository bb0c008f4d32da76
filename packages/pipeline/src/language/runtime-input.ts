/**
 * The grammar of runtime inputs (pipelines.md §2.1): `<+input>` followed by `.default(v)`, `.allowedValues(a,b)`,
 * `.selectOneFrom(a,b)`, `.selectManyFrom(a,b)`, `.regex(re)` and `.executionInput()` in any order. Only a scalar that is
 * this from end to end takes a default and rules; a text that merely contains `<+input>` is asked for as a whole.
 */

export interface RuntimeInput {
  readonly default?: string;
  /** From `allowedValues`, `selectOneFrom` or `selectManyFrom`. */
  readonly allowedValues?: readonly string[];
  /** Several of the allowed values may be chosen; they are joined by commas. */
  readonly isMany: boolean;
  /** Java-style pattern; the whole value must match. */
  readonly regex?: string;
  readonly isExecutionInput: boolean;
}

export type InputText =
  | { readonly kind: 'input'; readonly input: RuntimeInput }
  /** The text merely contains `<+input>`. */
  | { readonly kind: 'text'; readonly input: RuntimeInput }
  | { readonly kind: 'none' };

const INPUT = '<+input>';
const METHODS = ['default', 'allowedValues', 'selectOneFrom', 'selectManyFrom', 'regex', 'executionInput'] as const;
type Method = (typeof METHODS)[number];
const BARE: RuntimeInput = { isMany: false, isExecutionInput: false };

export function parseRuntimeInput(text: string): InputText {
  if (!text.includes(INPUT)) return { kind: 'none' };
  const links = splitChain(text);
  if (links === undefined) return { kind: 'text', input: BARE };
  return { kind: 'input', input: links.reduce(withLink, BARE) };
}

/** One method of an input, as `.default(x)` with its argument as written. */
export interface ChainLink {
  readonly method: Method;
  readonly argument: string;
}

/** The methods after `<+input>`, or `undefined` when the text is not an input from end to end. */
export function splitChain(text: string): readonly ChainLink[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith(INPUT)) return undefined;
  const links: ChainLink[] = [];
  for (let rest = trimmed.slice(INPUT.length); rest !== '';) {
    const method = METHODS.find((name) => rest.startsWith(`.${name}(`));
    if (method === undefined) return undefined;
    const from = method.length + 2;
    const end = findEnd(rest, from);
    if (end === undefined) return undefined;
    links.push({ method, argument: rest.slice(from, end) });
    rest = rest.slice(end + 1);
  }
  return links;
}

export function printChain(links: readonly ChainLink[]): string {
  return INPUT + links.map(({ method, argument }) => `.${method}(${argument})`).join('');
}

/** The closing parenthesis: the first one after which the chain ends or goes on, so that arguments may hold parentheses. */
function findEnd(rest: string, from: number): number | undefined {
  for (let end = rest.indexOf(')', from); end !== -1; end = rest.indexOf(')', end + 1)) {
    const isEnd = end === rest.length - 1 || METHODS.some((name) => rest.startsWith(`.${name}(`, end + 1));
    if (isEnd) return end;
  }
  return undefined;
}

function withLink(input: RuntimeInput, { method, argument }: ChainLink): RuntimeInput {
  switch (method) {
    case 'default':
      return { ...input, default: unquote(argument) };
    case 'allowedValues':
    case 'selectOneFrom':
      return { ...input, allowedValues: splitValues(argument) };
    case 'selectManyFrom':
      return { ...input, allowedValues: splitValues(argument), isMany: true };
    case 'regex':
      return { ...input, regex: argument };
    case 'executionInput':
      return { ...input, isExecutionInput: true };
  }
}

/** Parts of a comma list: `\'…\'` keeps commas, and so does an expression. */
const VALUE_PART = /\\'(?:[^\\]|\\(?!'))*\\'|<\+[^<>]*>|[^,]/gs;

/** Splits `a, \'b,c\', d` into its values. */
export function splitValues(text: string): readonly string[] {
  const values: string[] = [];
  let current = '';
  let index = 0;
  for (const match of text.matchAll(VALUE_PART)) {
    for (; index < match.index; index += 1) {
      values.push(current);
      current = '';
    }
    current += match[0];
    index = match.index + match[0].length;
  }
  for (; index < text.length; index += 1) {
    values.push(current);
    current = '';
  }
  return [...values, current].map(unquote);
}

/** Removes `\'…\'`, or the double quotes and escapes of a JSON text. */
function unquote(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length >= 4 && trimmed.startsWith("\\'") && trimmed.endsWith("\\'")) return trimmed.slice(2, -2);
  if (trimmed.length >= 2 && trimmed.startsWith('"') && trimmed.endsWith('"')) {
    try {
      const parsed: unknown = JSON.parse(trimmed);
      if (typeof parsed === 'string') return parsed;
    } catch {
      // Not a JSON text after all: the quotes belong to the value.
    }
  }
  return trimmed;
}
