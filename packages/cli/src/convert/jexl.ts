/** Pieces of Harness expressions. */

/**
 * A translated expression: the text is an operand of a program (`<+matrix.os>`, `"main"`, `(a && b)`), or there is none and
 * the reason says why. `remark` = it means nearly the same, and this is the difference.
 */
export type Operand =
  | { readonly kind: 'operand'; readonly text: string; readonly isBoolean?: true; readonly remark?: string }
  | { readonly kind: 'none'; readonly why: string };

export function operand(text: string, remark?: string): Operand {
  return { kind: 'operand', text, ...(remark === undefined ? {} : { remark }) };
}

export function truth(text: string, remark?: string): Operand {
  return { kind: 'operand', text, isBoolean: true, ...(remark === undefined ? {} : { remark }) };
}

export function none(why: string): Operand {
  return { kind: 'none', why };
}

/** A text literal. */
export function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A path below a root; names that are no identifiers are asked for by `get`. */
export function path(root: string, ...names: readonly string[]): string {
  return `<+${[root, ...names.map((name) => (PLAIN.test(name) ? name : `get(${quote(name)})`))].join('.')}>`;
}

/** The text of a field: one reference stands as it is, a program is put in delimiters. */
export function asText(text: string): string {
  return /^<\+(?:[^<>"]|"[^"<>]*")*>$/.test(text) ? text : `<+${text}>`;
}

export function remarks(...operands: readonly Operand[]): string | undefined {
  const texts = operands.flatMap((item) => (item.kind === 'operand' && item.remark !== undefined ? [item.remark] : []));
  return texts.length === 0 ? undefined : [...new Set(texts)].join(' ');
}

/** Both must hold; a missing one holds. */
export function bothHold(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return `${inParentheses(left)} && ${inParentheses(right)}`;
}

/** Around what binds less than a comparison. */
export function inParentheses(text: string): string {
  return /&&|\|\||\?/.test(text) && !isEnclosed(text) ? `(${text})` : text;
}

/** Its first parenthesis closes at its end. */
function isEnclosed(text: string): boolean {
  if (!text.startsWith('(')) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') at = endOfText(text, at);
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return at === text.length - 1;
  }
  return false;
}

function endOfText(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at;
}

const BUILD = 'pipeline.properties.ci.codebase.build';
/** What is built, known from the start of the run: `branch`, `tag` or `PR`. */
export const BUILD_TYPE = `<+${BUILD}.type>`;
/** Of a build of a branch, null for the others. */
export const BUILD_BRANCH = `<+${BUILD}.spec.branch>`;
export const BUILD_TAG = `<+${BUILD}.spec.tag>`;

/** A glob of branches and files as a pattern for `=~`: `*` stays within a folder, `**` does not. */
export function globToPattern(glob: string): string {
  let pattern = '';
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at);
    if (character === '*') {
      const isDeep = glob.charAt(at + 1) === '*';
      if (isDeep) at += 1;
      pattern += isDeep ? '.*' : '[^/]*';
    } else if (character === '?') pattern += '[^/]';
    else if (character === '{' && glob.includes('}', at)) pattern += '(?:';
    else if (character === '}') pattern += ')';
    else if (character === ',' && isInBraces(glob, at)) pattern += '|';
    else pattern += character.replaceAll(/[.+^$()|\\]/g, String.raw`\$&`);
  }
  return pattern;
}

function isInBraces(glob: string, at: number): boolean {
  return glob.lastIndexOf('{', at) > glob.lastIndexOf('}', at) && glob.includes('}', at);
}

export function isGlob(text: string): boolean {
  return /[*?{[]/.test(text);
}

/** The operand is one of the names, some of which may be globs. */
export function isOneOf(text: string, names: readonly string[]): string {
  const tests = names.map((name) =>
    isGlob(name) ? `${text} =~ ${quote(`^${globToPattern(name)}$`)}` : `${text} == ${quote(name)}`,
  );
  return tests.length === 1 ? (tests[0] ?? 'false') : `(${tests.join(' || ')})`;
}
