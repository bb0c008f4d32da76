/** Expressions of `rules: if`, as in `$CI_COMMIT_BRANCH == "main" && $CI_COMMIT_MESSAGE !~ /draft/i`. */
import { inParentheses, none, quote, truth, type Operand } from '../jexl.ts';

export interface RuleNames {
  /** The value of a variable; `undefined` for one that cannot be told before the job starts. */
  variable(name: string): string | undefined;
  /** A comparison with a text, or the mere presence (`undefined`), of a variable that is more than a value here. */
  special(name: string, value: string | undefined): Operand | undefined;
}

type Token =
  | { readonly kind: 'sign'; readonly text: string }
  | { readonly kind: 'variable' | 'text' | 'null'; readonly text: string }
  | { readonly kind: 'pattern'; readonly text: string; readonly flags: string };

const TOKEN =
  /\s*(?:(?<sign>&&|\|\||==|!=|=~|!~|[()])|\$\{?(?<variable>\w+)\}?|"(?<double>[^"]*)"|'(?<single>[^']*)'|\/(?<pattern>(?:[^/\\]|\\.)+)\/(?<flags>[a-z]*)|(?<null>null))/y;

export function translateRule(text: string, names: RuleNames): Operand {
  const tokens = readTokens(text);
  if (tokens === undefined) return none('It cannot be read as an expression.');
  const parser = new Parser(tokens, names);
  const made = parser.either();
  return parser.isAtEnd() ? made : none('It cannot be read as an expression.');
}

function readTokens(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const source = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const groups = TOKEN.exec(source)?.groups;
    if (groups === undefined) return undefined;
    const { sign, variable, double, single, pattern, flags = '' } = groups;
    const quoted = double ?? single;
    if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (variable !== undefined) tokens.push({ kind: 'variable', text: variable });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted });
    else if (pattern !== undefined) tokens.push({ kind: 'pattern', text: pattern, flags });
    else tokens.push({ kind: 'null', text: 'null' });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #names: RuleNames;
  #at = 0;

  constructor(tokens: readonly Token[], names: RuleNames) {
    this.#tokens = tokens;
    this.#names = names;
  }

  isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(): Operand {
    return this.#chain('||', () => this.#chain('&&', () => this.#comparison()));
  }

  #chain(sign: string, next: () => Operand): Operand {
    const parts = [next()];
    while (this.#sign(sign)) parts.push(next());
    const refused = parts.find((part) => part.kind === 'none');
    if (refused !== undefined) return refused;
    const texts = parts.map((part) => (part.kind === 'operand' ? part.text : ''));
    return truth(texts.length === 1 ? (texts[0] ?? '') : texts.map(inParentheses).join(` ${sign} `));
  }

  #sign(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #comparison(): Operand {
    if (this.#sign('(')) {
      const inner = this.either();
      return this.#sign(')') ? inner : none('A parenthesis is not closed.');
    }
    const left = this.#tokens[this.#at];
    if (left === undefined || left.kind === 'sign') return none('Something is missing in it.');
    this.#at += 1;
    for (const sign of ['==', '!=', '=~', '!~']) {
      if (!this.#sign(sign)) continue;
      const right = this.#tokens[this.#at];
      if (right === undefined || right.kind === 'sign') return none('Something is missing in it.');
      this.#at += 1;
      return sign.includes('~') ? this.#match(sign, left, right) : this.#equal(sign, left, right);
    }
    return this.#presence(left);
  }

  #presence(token: Token): Operand {
    if (token.kind !== 'variable') return none('Something that is no variable stands alone in it.');
    const special = this.#names.special(token.text, undefined);
    if (special !== undefined) return special;
    const value = this.#names.variable(token.text);
    return value === undefined ? this.#unknown(token.text) : truth(`(${value} != null && ${value} != "")`);
  }

  #equal(sign: string, left: Token, right: Token): Operand {
    const [variable, other] = left.kind === 'variable' ? [left, right] : [right, left];
    if (variable.kind === 'variable' && other.kind === 'null') {
      const present = this.#presence(variable);
      return present.kind === 'none' || sign === '!=' ? present : truth(`!(${present.text})`);
    }
    if (variable.kind === 'variable' && other.kind === 'text') {
      const special = this.#names.special(variable.text, other.text);
      if (special !== undefined)
        return special.kind === 'none' || sign === '==' ? special : truth(`!(${special.text})`);
    }
    const [from, to] = [this.#value(left), this.#value(right)];
    if (from === undefined || to === undefined) return this.#unknown(left.kind === 'variable' ? left.text : right.text);
    return truth(`${from} ${sign} ${to}`);
  }

  #match(sign: string, left: Token, right: Token): Operand {
    const value = this.#value(left);
    if (value === undefined) return this.#unknown(left.text);
    if (right.kind !== 'pattern') return none('It matches against a pattern that is worked out.');
    // Here a pattern matches the whole text, there a part of it.
    const flags = `(?s${right.flags.includes('i') ? 'i' : ''})`;
    const matched = `${value} =~ ${quote(`${flags}.*(?:${right.text.replaceAll(String.raw`\/`, '/')}).*`)}`;
    return truth(sign === '=~' ? matched : `!(${matched})`);
  }

  #value(token: Token): string | undefined {
    if (token.kind === 'variable') return this.#names.variable(token.text);
    if (token.kind === 'null') return 'null';
    return token.kind === 'text' ? quote(token.text) : undefined;
  }

  #unknown(name: string): Operand {
    return none(`Nothing tells ${name} before the stage begins.`);
  }
}
