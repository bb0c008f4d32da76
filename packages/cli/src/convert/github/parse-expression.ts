/** Expressions of GitHub Actions, as in `${{ github.ref == 'refs/heads/main' && !cancelled() }}`. */

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** A context and what is asked of it; a name that is no constant is an expression. */
  | { readonly kind: 'reference'; readonly names: readonly (string | Expression)[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

export type BinaryOperator = '&&' | '||' | '==' | '!=' | '<' | '<=' | '>' | '>=';

const TOKEN =
  /\s*(?:(?<number>-?\d+(?:\.\d+)?(?:e[-+]?\d+)?|0x[0-9a-f]+)|'(?<text>(?:[^']|'')*)'|(?<name>[A-Za-z_][\w-]*)|(?<sign>&&|\|\||==|!=|<=|>=|[<>!().,[\]*]))/iy;
/** Deeper ones are written by nobody. */
const DEPTH_MAX = 100;
/** From the loosest to the tightest. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [['||'], ['&&'], ['==', '!='], ['<', '<=', '>', '>=']];

interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign';
  readonly text: string;
}

/** `undefined` for what is no expression. */
export function parseExpression(text: string): Expression | undefined {
  const tokens = readTokens(text);
  if (tokens === undefined) return undefined;
  const parser = new Parser(tokens);
  const expression = parser.binary(0);
  return parser.isAtEnd() ? expression : undefined;
}

function readTokens(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const source = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const groups = TOKEN.exec(source)?.groups;
    if (groups === undefined) return undefined;
    for (const kind of ['number', 'text', 'name', 'sign'] as const) {
      const found = groups[kind];
      if (found !== undefined) tokens.push({ kind, text: kind === 'text' ? found.replaceAll("''", "'") : found });
    }
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  binary(level: number): Expression | undefined {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.binary(level + 1);
    for (let operator = this.#sign(operators); operator !== undefined; operator = this.#sign(operators)) {
      const right = this.binary(level + 1);
      if (left === undefined || right === undefined) return undefined;
      left = { kind: 'binary', operator: operators.find((known) => known === operator) ?? '==', left, right };
    }
    return left;
  }

  #unary(): Expression | undefined {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) return undefined;
    const found = this.#sign(['!']) === undefined ? this.#primary() : this.#not();
    this.#depth -= 1;
    return found;
  }

  #not(): Expression | undefined {
    const operand = this.#unary();
    return operand === undefined ? undefined : { kind: 'not', operand };
  }

  #primary(): Expression | undefined {
    if (this.#sign(['(']) !== undefined) {
      const inner = this.binary(0);
      return this.#sign([')']) === undefined ? undefined : inner;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'sign') return undefined;
    this.#at += 1;
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'literal', value: token.text };
    const constant = CONSTANTS.get(token.text);
    if (constant !== undefined) return { kind: 'literal', value: constant.value };
    return this.#sign(['(']) === undefined ? this.#reference(token.text) : this.#call(token.text);
  }

  #call(name: string): Expression | undefined {
    const args: Expression[] = [];
    while (this.#sign([')']) === undefined) {
      if (args.length > 0 && this.#sign([',']) === undefined) return undefined;
      const arg = this.binary(0);
      if (arg === undefined) return undefined;
      args.push(arg);
    }
    return { kind: 'call', name, args };
  }

  #reference(root: string): Expression | undefined {
    const names: (string | Expression)[] = [root];
    for (let sign = this.#sign(['.', '[']); sign !== undefined; sign = this.#sign(['.', '['])) {
      if (sign === '.') {
        const token = this.#tokens[this.#at];
        if (token === undefined || (token.kind !== 'name' && token.text !== '*')) return undefined;
        this.#at += 1;
        names.push(token.text);
        continue;
      }
      const index = this.#sign(['*']) === undefined ? this.binary(0) : undefined;
      if (this.#sign([']']) === undefined) return undefined;
      if (index === undefined) names.push('*');
      else names.push(index.kind === 'literal' ? String(index.value) : index);
    }
    return { kind: 'reference', names };
  }

  #sign(signs: readonly string[]): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || !signs.includes(token.text)) return undefined;
    this.#at += 1;
    return token.text;
  }
}

const CONSTANTS: ReadonlyMap<string, { readonly value: boolean | null }> = new Map([
  ['true', { value: true }],
  ['false', { value: false }],
  ['null', { value: null }],
]);
