/** Cuts one expression into tokens. Expressions nested in it arrive as found by lexer.ts and become tokens or parts of tokens. */
import { Failure } from './errors.ts';
import type { ExpressionSpan } from './lexer.ts';

export type TokenPart = string | ExpressionSpan;

export type Token = TokenBody & { readonly start: number; readonly end: number };

type TokenBody =
  | { readonly kind: 'number'; readonly value: number; readonly isFloat: boolean }
  | { readonly kind: 'text'; readonly parts: readonly TokenPart[] }
  | { readonly kind: 'word'; readonly parts: readonly TokenPart[] }
  | { readonly kind: 'nested'; readonly span: ExpressionSpan }
  | { readonly kind: 'symbol'; readonly symbol: string }
  | { readonly kind: 'end' };

/** Longest first, so that `=~` is not read as `=` and `~`. */
const SYMBOLS = [
  ...['?:', '??', '==', '!=', '=~', '!~', '=^', '!^', '=$', '!$', '<=', '>=', '&&', '||', '..', '->', '=>'],
  ...['+', '-', '*', '/', '%', '<', '>', '!', '?', ':', '.', ',', '(', ')', '[', ']', '{', '}', '=', ';'],
];

const NUMBER = /(\d+)(\.\d+)?([eE][+-]?\d+)?([lLhHdDfFbB](?![\w$]))?/y;

/** The text from `from` up to `to`; `children` are the expressions nested directly in it. */
export function tokenise(
  text: string,
  from: number,
  to: number,
  children: readonly ExpressionSpan[],
): readonly Token[] {
  const cursor: Cursor = { text, at: from, to, children, nextChild: 0 };
  const tokens: Token[] = [];
  for (;;) {
    while (cursor.at < to && isBlank(text.charCodeAt(cursor.at))) cursor.at++;
    const start = cursor.at;
    if (start >= to) break;
    tokens.push({ ...nextToken(cursor, isDot(tokens.at(-1))), start, end: cursor.at });
  }
  tokens.push({ kind: 'end', start: to, end: to });
  return tokens;
}

interface Cursor {
  readonly text: string;
  at: number;
  readonly to: number;
  readonly children: readonly ExpressionSpan[];
  nextChild: number;
}

function nextToken(cursor: Cursor, afterDot: boolean): TokenBody {
  const child = childHere(cursor);
  if (child !== undefined && !afterDot) {
    passChild(cursor, child);
    return { kind: 'nested', span: child };
  }
  const character = cursor.text.charCodeAt(cursor.at);
  if (child !== undefined || isWordCharacter(character)) {
    return isDigit(character) && !afterDot ? readNumber(cursor) : readWord(cursor);
  }
  if (character === 0x22 || character === 0x27) return readText(cursor);
  return readSymbol(cursor);
}

/** A name may be built: `s1<+strategy.identifierPostFix>`. */
function readWord(cursor: Cursor): TokenBody {
  const parts: TokenPart[] = [];
  let fixedFrom = cursor.at;
  while (cursor.at < cursor.to) {
    const child = childHere(cursor);
    if (child !== undefined) {
      if (cursor.at > fixedFrom) parts.push(cursor.text.slice(fixedFrom, cursor.at));
      parts.push(child);
      passChild(cursor, child);
      fixedFrom = cursor.at;
    } else if (isWordCharacter(cursor.text.charCodeAt(cursor.at))) cursor.at++;
    else break;
  }
  if (cursor.at > fixedFrom) parts.push(cursor.text.slice(fixedFrom, cursor.at));
  return { kind: 'word', parts };
}

function readNumber(cursor: Cursor): TokenBody {
  NUMBER.lastIndex = cursor.at;
  const match = NUMBER.exec(cursor.text);
  const end = cursor.at + (match?.[0].length ?? 0);
  if (match === null || end > cursor.to || isWordCharacter(cursor.text.charCodeAt(end))) {
    throw new Failure(
      'EXPRESSION_SYNTAX',
      'a number or a name is expected; names do not begin with a digit',
      cursor.at,
    );
  }
  cursor.at = end;
  const [, whole = '', fraction, exponent, suffix] = match;
  const value = Number(`${whole}${fraction ?? ''}${exponent ?? ''}`);
  if (!Number.isFinite(value)) throw new Failure('EXPRESSION_SYNTAX', 'the number is too large', end);
  const isFloat = fraction !== undefined || exponent !== undefined || /[dfb]/i.test(suffix ?? '');
  return { kind: 'number', value, isFloat };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** An unknown escape keeps its backslash, so that `"\d+"` and `"\."` reach a regular expression as they are written. */
function readText(cursor: Cursor): TokenBody {
  const { text, to } = cursor;
  const open = cursor.at;
  const quote = text[open];
  const parts: TokenPart[] = [];
  let fixed = '';
  cursor.at++;
  while (cursor.at < to) {
    const child = childHere(cursor);
    const character = text[cursor.at] ?? '';
    if (child !== undefined) {
      if (fixed !== '') parts.push(fixed);
      fixed = '';
      parts.push(child);
      passChild(cursor, child);
    } else if (character === quote) {
      cursor.at++;
      if (fixed !== '') parts.push(fixed);
      return { kind: 'text', parts };
    } else if (character === '\\' && cursor.at + 1 < to && !isChildAt(cursor, cursor.at + 1)) {
      fixed += readEscape(cursor);
    } else {
      fixed += character;
      cursor.at++;
    }
  }
  throw new Failure(
    'EXPRESSION_SYNTAX',
    'a quoted text is not closed (inside <+…> the first ">" ends the expression, also in quotes)',
    open,
  );
}

function readEscape(cursor: Cursor): string {
  const next = cursor.text[cursor.at + 1] ?? '';
  const code =
    next === 'u'
      ? /^[0-9a-fA-F]{4}/.exec(cursor.text.slice(cursor.at + 2, Math.min(cursor.at + 6, cursor.to)))?.[0]
      : undefined;
  if (code !== undefined) {
    cursor.at += 6;
    return String.fromCharCode(Number.parseInt(code, 16));
  }
  cursor.at += 2;
  return ESCAPES[next] ?? `\\${next}`;
}

function readSymbol(cursor: Cursor): TokenBody {
  const { text, at, to } = cursor;
  if (text[at] === '?' && text[at + 1] === '.' && isSafeAccess(cursor)) {
    cursor.at += 2;
    return { kind: 'symbol', symbol: '.' };
  }
  const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at) && at + candidate.length <= to);
  if (symbol === undefined)
    throw new Failure('EXPRESSION_SYNTAX', `"${text.slice(at, at + 1)}" means nothing here`, at);
  cursor.at += symbol.length;
  return { kind: 'symbol', symbol };
}

/** `a?.b` reads like `a.b`: a missing member is null anyway. `a?.5:1` is a ternary. */
function isSafeAccess(cursor: Cursor): boolean {
  const next = cursor.text.charCodeAt(cursor.at + 2);
  return isWordCharacter(next) && !isDigit(next);
}

function childHere(cursor: Cursor): ExpressionSpan | undefined {
  return isChildAt(cursor, cursor.at) ? cursor.children[cursor.nextChild] : undefined;
}

function isChildAt(cursor: Cursor, at: number): boolean {
  return cursor.children[cursor.nextChild]?.start === at;
}

function passChild(cursor: Cursor, child: ExpressionSpan): void {
  cursor.at = child.end;
  cursor.nextChild++;
}

function isDot(token: Token | undefined): boolean {
  return token?.kind === 'symbol' && token.symbol === '.';
}

function isDigit(character: number): boolean {
  return character >= 0x30 && character <= 0x39;
}

function isBlank(character: number): boolean {
  return character <= 0x20 || (character > 0x7f && /\s/.test(String.fromCharCode(character)));
}

/** Letters, digits, `_`, `$`, `@`; of all scripts. */
function isWordCharacter(character: number): boolean {
  return (
    (character >= 0x61 && character <= 0x7a) ||
    (character >= 0x41 && character <= 0x5a) ||
    isDigit(character) ||
    character === 0x5f ||
    character === 0x24 ||
    character === 0x40 ||
    (character > 0x7f && !isBlank(character))
  );
}
