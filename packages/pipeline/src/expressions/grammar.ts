/** The words and signs of the grammar, and how strongly its operators bind. */
import type { Token } from './tokens.ts';

/** How strongly an operator binds; the words are JEXL's other spelling, needed where `>` would close the expression. */
export const BINDING: ReadonlyMap<string, number> = new Map([
  ...['?', '?:'].map((symbol) => [symbol, 1] as const),
  ['??', 2] as const,
  ...['||', 'or'].map((symbol) => [symbol, 3] as const),
  ...['&&', 'and'].map((symbol) => [symbol, 4] as const),
  ...['==', '!=', 'eq', 'ne'].map((symbol) => [symbol, 5] as const),
  ...['<', '>', '<=', '>=', 'lt', 'gt', 'le', 'ge', '=~', '!~', '=^', '!^', '=$', '!$'].map(
    (symbol) => [symbol, 6] as const,
  ),
  ['..', 7] as const,
  ...['+', '-'].map((symbol) => [symbol, 8] as const),
  ...['*', '/', '%', 'div', 'mod'].map((symbol) => [symbol, 9] as const),
]);
export const UNARY_BINDING = 10;
export const TERNARY_BINDING = 1;

export const SPELLING: Readonly<Record<string, string>> = {
  ...{ or: '||', and: '&&', eq: '==', ne: '!=', lt: '<', gt: '>', le: '<=', ge: '>=', div: '/', mod: '%', not: '!' },
};
export const SCRIPT_WORDS: ReadonlySet<string> = new Set([
  'new',
  'var',
  'let',
  'const',
  'function',
  'return',
  'for',
  'while',
  'do',
  'if',
  'import',
]);
export const SCRIPT_SYMBOLS: ReadonlySet<string> = new Set(['=', ';', '->', '=>']);

/** The text of a word that is not built from expressions. */
export function fixedWord(token: Token | undefined): string | undefined {
  const [first] = token?.kind === 'word' && token.parts.length === 1 ? token.parts : [];
  return typeof first === 'string' ? first : undefined;
}

export function isSymbol(token: Token | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.symbol === symbol;
}

/** Tells `empty x` from a path whose root is called `empty`. */
export function startsOperand(token: Token | undefined): boolean {
  if (token === undefined || token.kind === 'end') return false;
  return token.kind !== 'symbol' || token.symbol === '(' || token.symbol === '[' || token.symbol === '{';
}
