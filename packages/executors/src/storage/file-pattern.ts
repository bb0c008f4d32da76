/**
 * Patterns of files, as authors write them: `dist/*.tgz`, `**` for any number of folders, `?`, `[a-z]`, `{a,b}`. Names that begin with a
 * dot are names like any other. Matching one name takes time in proportion to its length times the pattern's.
 */

/** Alternatives of braces in one pattern. */
const ALTERNATIVES_MAX = 1_000;

type Token =
  | { readonly kind: 'text'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'anyCharacter' }
  | { readonly kind: 'set'; readonly isNegated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/** One level of a path. */
export type PatternSegment =
  | { readonly kind: 'literal'; readonly name: string }
  | { readonly kind: 'folders' }
  | { readonly kind: 'names'; matches(name: string): boolean };

/** Reads one level of a pattern. */
export function parseSegment(name: string): PatternSegment {
  if (name === '**') return { kind: 'folders' };
  if (!/[*?[]/.test(name)) return { kind: 'literal', name };
  const tokens = tokensOf(name);
  return { kind: 'names', matches: (candidate) => matches(tokens, Array.from(candidate)) };
}

/** The patterns that braces stand for, the innermost first, so that nested ones come out right; `undefined` when there are too many. */
export function expandBraces(pattern: string): readonly string[] | undefined {
  const open = [pattern];
  const done = new Set<string>();
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    const found = /\{([^{}]*,[^{}]*)\}/.exec(current);
    if (found === null) done.add(current);
    else {
      const before = current.slice(0, found.index);
      const after = current.slice(found.index + found[0].length);
      for (const choice of (found[1] ?? '').split(',')) open.push(`${before}${choice}${after}`);
    }
    if (open.length + done.size > ALTERNATIVES_MAX) return undefined;
  }
  return [...done];
}

function tokensOf(text: string): readonly Token[] {
  const characters = Array.from(text);
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'any') tokens.push({ kind: 'any' });
    } else if (character === '?') tokens.push({ kind: 'anyCharacter' });
    else if (character === '[' && characters.indexOf(']', at + 2) !== -1) {
      const end = characters.indexOf(']', at + 2);
      tokens.push(setOf(characters.slice(at + 1, end)));
      at = end;
    } else tokens.push({ kind: 'text', character });
  }
  return tokens;
}

function setOf(inner: readonly string[]): Token {
  const isNegated = inner[0] === '!' || inner[0] === '^';
  const characters = isNegated ? inner.slice(1) : inner;
  const ranges: [string, string][] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const from = characters[at] ?? '';
    const to = characters[at + 2];
    if (characters[at + 1] === '-' && to !== undefined) {
      ranges.push([from, to]);
      at += 2;
    } else ranges.push([from, from]);
  }
  return { kind: 'set', isNegated, ranges };
}

/** Goes back to the last `*` only: earlier ones need not be tried again. */
function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  let at = 0;
  let token = 0;
  let lastAny: { readonly token: number; at: number } | undefined;
  while (at < name.length) {
    const current = tokens[token];
    if (current?.kind === 'any') {
      token += 1;
      lastAny = { token, at };
    } else if (current !== undefined && takes(current, name[at] ?? '')) {
      token += 1;
      at += 1;
    } else if (lastAny !== undefined) {
      lastAny.at += 1;
      ({ token, at } = lastAny);
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === 'any');
}

function takes(token: Exclude<Token, { kind: 'any' }> | { readonly kind: 'any' }, character: string): boolean {
  switch (token.kind) {
    case 'any':
    case 'anyCharacter':
      return true;
    case 'text':
      return token.character === character;
    case 'set':
      return token.ranges.some(([from, to]) => from <= character && character <= to) !== token.isNegated;
  }
}
