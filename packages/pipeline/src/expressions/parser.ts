/**
 * Reads one expression: a Pratt parser over the tokens of tokens.ts.
 *
 * Only expressions: no assignment, statement, lambda, `new` or function definition exists in the syntax tree, so nothing after
 * this file can run one.
 */
import type {
  AccessStep,
  ArithmeticOperator,
  ComparisonOperator,
  ExpressionNode,
  Interpolation,
  Name,
  NestedNode,
  UnaryOperator,
} from './ast.ts';
import { Failure, shorten } from './errors.ts';
import {
  BINDING,
  fixedWord,
  isSymbol,
  SCRIPT_SYMBOLS,
  SCRIPT_WORDS,
  SPELLING,
  startsOperand,
  TERNARY_BINDING,
  UNARY_BINDING,
} from './grammar.ts';
import type { ExpressionSpan } from './lexer.ts';
import { EXPRESSION_LENGTH_MAX, NESTING_DEPTH_MAX, SYNTAX_DEPTH_MAX } from './limits.ts';
import { tokenise, type Token, type TokenPart } from './tokens.ts';

const NOT_A_SCRIPT = 'scripts are not allowed here: only one expression, without assignment, statement or lambda';

/** How deep a program lies in the one around it; the depth of the syntax tree is counted over all of them. */
interface Level {
  readonly nesting: number;
  readonly depth: number;
}
const OUTERMOST: Level = { nesting: 0, depth: 0 };

/** Reads the text of one `<+…>` as a program. */
export function parseSpan(text: string, span: ExpressionSpan, level: Level = OUTERMOST): NestedNode {
  if (level.nesting >= NESTING_DEPTH_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `expressions are nested more than ${NESTING_DEPTH_MAX} deep`, span.start);
  }
  const inner: Level = { nesting: level.nesting + 1, depth: level.depth };
  const program = parseProgram(text, span.start + 2, span.end - 1, span.children, inner);
  return { kind: 'nested', source: text.slice(span.start, span.end), start: span.start, end: span.end, program };
}

/** Reads the text from `from` to `to` as one expression in which `children` are operands. */
export function parseProgram(
  text: string,
  from: number,
  to: number,
  children: readonly ExpressionSpan[],
  level: Level = OUTERMOST,
): ExpressionNode {
  if (to - from > EXPRESSION_LENGTH_MAX) {
    throw new Failure('EXPRESSION_LIMIT', `the expression is longer than ${EXPRESSION_LENGTH_MAX} characters`, from);
  }
  const tokens = tokenise(text, from, to, children);
  if (tokens.length === 1) throw new Failure('EXPRESSION_SYNTAX', 'the expression is empty', from);
  return new Parser(text, tokens, level).program();
}

class Parser {
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private readonly nesting: number;
  private next = 0;
  private depth: number;

  constructor(text: string, tokens: readonly Token[], level: Level) {
    this.text = text;
    this.tokens = tokens;
    this.nesting = level.nesting;
    this.depth = level.depth;
  }

  program(): ExpressionNode {
    const node = this.expression(0);
    if (this.peek().kind !== 'end') throw this.unexpected();
    return node;
  }

  private expression(bindingMin: number): ExpressionNode {
    const depthBefore = this.depth;
    const from = this.peek().start;
    this.deeper();
    let left = this.prefix();
    for (;;) {
      const operator = this.operator();
      const binding = operator === undefined ? undefined : BINDING.get(operator);
      if (operator === undefined || binding === undefined || binding <= bindingMin) break;
      // A chain `a + b + c` nests to the left: each link is one level of the tree.
      this.deeper();
      this.next++;
      left = this.infix(left, operator, binding, from);
    }
    this.depth = depthBefore;
    return left;
  }

  private infix(left: ExpressionNode, spelled: string, binding: number, from: number): ExpressionNode {
    const operator = SPELLING[spelled] ?? spelled;
    switch (operator) {
      case '?': {
        const then = this.expression(0);
        this.expect(':');
        const otherwise = this.expression(TERNARY_BINDING - 1);
        return { kind: 'ternary', condition: left, then, otherwise, source: this.sourceFrom(from) };
      }
      case '?:':
      case '??': {
        const right = this.expression(binding - 1);
        return { kind: 'fallback', operator, left, right, source: this.sourceFrom(from) };
      }
      case '||':
      case '&&': {
        const right = this.expression(binding);
        return { kind: 'logical', operator, left: asLink(left, operator), right, source: this.sourceFrom(from) };
      }
      case '..': {
        const right = this.expression(binding);
        return { kind: 'range', left, right, source: this.sourceFrom(from) };
      }
      default: {
        const right = this.expression(binding);
        const source = this.sourceFrom(from);
        if (binding < 7) return { kind: 'comparison', operator: operator as ComparisonOperator, left, right, source };
        const isFloat = isFloatLiteral(left) || isFloatLiteral(right);
        return {
          kind: 'arithmetic',
          operator: operator as ArithmeticOperator,
          left: asLink(left, operator),
          right,
          isFloat,
          source,
        };
      }
    }
  }

  private prefix(): ExpressionNode {
    const token = this.peek();
    if (token.kind === 'symbol' && (token.symbol === '!' || token.symbol === '-' || token.symbol === '+')) {
      this.next++;
      return this.unary(token.symbol, token.start);
    }
    const word = fixedWord(token);
    const following = this.tokens[this.next + 1];
    if (word === 'not' && !isSymbol(following, '.')) {
      this.next++;
      return this.unary('!', token.start);
    }
    if ((word === 'empty' && startsOperand(following)) || (word === 'size' && isSymbol(following, '('))) {
      this.next++;
      return this.unary(word, token.start);
    }
    return this.postfix(this.primary(), token.start);
  }

  private unary(operator: UnaryOperator, from: number): ExpressionNode {
    const operand = this.expression(UNARY_BINDING);
    if (operator === '-' && operand.kind === 'literal' && typeof operand.value === 'number')
      return { ...operand, value: -operand.value };
    return { kind: 'unary', operator, operand, source: this.sourceFrom(from) };
  }

  private primary(): ExpressionNode {
    const token = this.peek();
    switch (token.kind) {
      case 'number':
        this.next++;
        return { kind: 'literal', value: token.value, isFloat: token.isFloat };
      case 'text':
        this.next++;
        return this.textNode(token.parts, token.start);
      case 'nested':
        this.next++;
        return this.nested(token.span);
      case 'word':
        return this.word(token);
      case 'symbol':
        this.next++;
        if (token.symbol === '(') return this.closed(this.expression(0), ')');
        if (token.symbol === '[') return { kind: 'list', items: this.items(']'), isSet: false };
        if (token.symbol === '{') return this.braces();
        this.next--;
        throw this.unexpected();
      case 'end':
        throw this.unexpected();
    }
  }

  private word(token: Token & { readonly kind: 'word' }): ExpressionNode {
    const word = fixedWord(token);
    const following = this.tokens[this.next + 1];
    const isRead = isSymbol(following, '.');
    if (word === 'true' || word === 'false' || word === 'null') {
      this.next++;
      return { kind: 'literal', value: word === 'null' ? null : word === 'true', isFloat: false };
    }
    if (word !== undefined && SCRIPT_WORDS.has(word) && !isRead && following?.kind !== 'end') {
      throw new Failure('EXPRESSION_SYNTAX', NOT_A_SCRIPT, token.start);
    }
    if (isSymbol(following, '(')) {
      throw new Failure(
        'EXPRESSION_FUNCTION',
        `there is no function ${shorten(word ?? 'of this name')}()`,
        token.start,
      );
    }
    this.next++;
    return { kind: 'path', root: this.name(token.parts), steps: [], source: this.text.slice(token.start, token.end) };
  }

  /** Members, indexes and calls behind an operand. Reads of a name gather in one node; a call starts a new one. */
  private postfix(first: ExpressionNode, from: number): ExpressionNode {
    const depthBefore = this.depth;
    let target = first;
    let steps: AccessStep[] = [];
    const read = (): ExpressionNode => {
      if (steps.length === 0) return target;
      const source = this.sourceFrom(from);
      if (target.kind === 'path' && target.steps.length === 0) return { ...target, steps, source };
      return { kind: 'access', target, steps, source };
    };
    for (;;) {
      if (isSymbol(this.peek(), '[')) {
        this.next++;
        const index = this.expression(0);
        this.expect(']');
        steps.push({ kind: 'index', index });
      } else if (isSymbol(this.peek(), '.')) {
        const token = this.tokens[this.next + 1];
        if (token?.kind !== 'word' && token?.kind !== 'text') {
          this.next++;
          throw this.unexpected();
        }
        if (isSymbol(this.tokens[this.next + 2], '(')) {
          const before = read();
          const method = fixedWord(token);
          if (method === undefined)
            throw new Failure('EXPRESSION_SYNTAX', 'the name of a method is fixed', token.start);
          this.next += 3;
          this.deeper();
          const args = this.items(')');
          target = { kind: 'call', target: before, method, args, source: this.sourceFrom(from) };
          steps = [];
        } else {
          this.next += 2;
          steps.push({ kind: 'member', name: this.name(token.parts) });
        }
      } else break;
      if (steps.length > SYNTAX_DEPTH_MAX) throw this.tooDeep();
    }
    this.depth = depthBefore;
    return read();
  }

  private items(close: string): ExpressionNode[] {
    const items: ExpressionNode[] = [];
    if (this.accept(close)) return items;
    do items.push(this.expression(0));
    while (this.accept(','));
    this.expect(close);
    return items;
  }

  /** `{a, b}` is a set, `{k: v}` a map; `{}` and `{:}` are empty maps. */
  private braces(): ExpressionNode {
    if (this.accept('}')) return { kind: 'map', entries: [] };
    if (this.accept(':')) return this.closed({ kind: 'map', entries: [] }, '}');
    const first = this.expression(TERNARY_BINDING);
    if (!this.accept(':')) {
      const rest = this.accept(',') ? this.items('}') : [];
      if (rest.length === 0) this.expect('}');
      return { kind: 'list', items: [first, ...rest], isSet: true };
    }
    const entries: [ExpressionNode, ExpressionNode][] = [[first, this.expression(0)]];
    while (this.accept(',')) {
      const key = this.expression(TERNARY_BINDING);
      this.expect(':');
      entries.push([key, this.expression(0)]);
    }
    this.expect('}');
    return { kind: 'map', entries };
  }

  private textNode(parts: readonly TokenPart[], from: number): ExpressionNode {
    const name = this.name(parts);
    return typeof name === 'string'
      ? { kind: 'literal', value: name, isFloat: false }
      : { kind: 'text', parts: name, source: this.sourceFrom(from) };
  }

  private name(parts: readonly TokenPart[]): Name {
    const [first = ''] = parts;
    if (parts.length <= 1 && typeof first === 'string') return first;
    const built: Interpolation = parts.map((part) => (typeof part === 'string' ? part : this.nested(part)));
    return built;
  }

  private nested(span: ExpressionSpan): NestedNode {
    return parseSpan(this.text, span, { nesting: this.nesting, depth: this.depth });
  }

  private operator(): string | undefined {
    const token = this.peek();
    return token.kind === 'symbol' ? token.symbol : fixedWord(token);
  }

  /** The text from an offset to the end of the token that was read last. */
  private sourceFrom(from: number): string {
    return this.text.slice(from, this.tokens[this.next - 1]?.end);
  }

  private closed(node: ExpressionNode, close: string): ExpressionNode {
    this.expect(close);
    return node;
  }

  private accept(symbol: string): boolean {
    if (!isSymbol(this.peek(), symbol)) return false;
    this.next++;
    return true;
  }

  private expect(symbol: string): void {
    if (!this.accept(symbol)) throw this.unexpected(`"${symbol}" is expected`);
  }

  private peek(): Token {
    // The last token is `end` and nothing reads past it.
    return this.tokens[this.next] as Token;
  }

  private deeper(): void {
    this.depth++;
    if (this.depth > SYNTAX_DEPTH_MAX) throw this.tooDeep();
  }

  private tooDeep(): Failure {
    return new Failure(
      'EXPRESSION_LIMIT',
      `the expression is nested or chained more than ${SYNTAX_DEPTH_MAX} deep`,
      this.peek().start,
    );
  }

  private unexpected(expected = 'a value is expected'): Failure {
    const token = this.peek();
    if (token.kind === 'end')
      return new Failure('EXPRESSION_SYNTAX', `the expression ends where ${expected}`, token.start);
    if (token.kind === 'symbol' && SCRIPT_SYMBOLS.has(token.symbol))
      return new Failure('EXPRESSION_SYNTAX', NOT_A_SCRIPT, token.start);
    const found = shorten(this.text.slice(token.start, token.end), 60);
    const isAfterValue = this.next > 0 && expected === 'a value is expected';
    const what = isAfterValue ? 'an operator or the end is expected, or a value is missing' : expected;
    return new Failure('EXPRESSION_SYNTAX', `${what}, but ${found} stands here`, token.start);
  }
}

/** The left side of the same operator is a link of the chain. */
function asLink(left: ExpressionNode, operator: string): ExpressionNode {
  return (left.kind === 'logical' || left.kind === 'arithmetic') && left.operator === operator
    ? { ...left, source: undefined }
    : left;
}

function isFloatLiteral(node: ExpressionNode): boolean {
  return node.kind === 'literal' && node.isFloat;
}
