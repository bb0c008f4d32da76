/**
 * Where in a YAML text a cursor is, by lines and indentation: texts that are being typed are often no YAML at that moment.
 * Block style only; inside `{…}`, `[…]` and block texts there is no place.
 */
export interface YamlPlace {
  /** Of the map that the key is in, or of the value. */
  readonly path: readonly (string | number)[];
  readonly kind: 'key' | 'value';
  /** What stands before the cursor of the key or value, and where it begins. */
  readonly typed: string;
  readonly from: number;
}

interface Line {
  readonly indent: number;
  /** Indentation of the dashes of list items that begin on the line. */
  readonly dashes: readonly number[];
  readonly key: string | undefined;
}

const KEY = /^("[^"]*"|'[^']*'|[^\s#'"{}[\],:][^:#{}[\]]*?)\s*:(?=\s|$)/;
const BLOCK_TEXT = /[|>][-+\d]*\s*(?:#.*)?$/;

function readLine(text: string): Line | undefined {
  const dashes: number[] = [];
  let indent = text.length - text.trimStart().length;
  let rest = text.slice(indent);
  if (rest === '' || rest.startsWith('#')) return undefined;
  while (/^-(?:\s|$)/.test(rest)) {
    dashes.push(indent);
    const after = rest.slice(1);
    const blanks = after.length - after.trimStart().length;
    indent += 1 + Math.max(1, blanks);
    rest = after.trimStart();
  }
  const key = KEY.exec(rest)?.[1]?.replace(/^["']|["']$/g, '');
  return { indent, dashes, key };
}

export function placeAt(text: string, offset: number): YamlPlace | undefined {
  const lines = text.slice(0, offset).split('\n');
  const current = lines.pop() ?? '';
  if (/[{}[\]#|>]/.test(current)) return undefined;
  const blank = /^\s*(?:-\s+)*/.exec(current)?.[0] ?? '';
  const rest = current.slice(blank.length);
  const dashes = readLine(`${blank}x`)?.dashes ?? [];
  const above = pathAbove(lines, blank.length, dashes);
  if (above === undefined) return undefined;
  const key = KEY.exec(rest);
  if (key === null) return { path: above, kind: 'key', typed: rest, from: offset - rest.length };
  const typed = rest.slice(key[0].length).trimStart();
  const name = (key[1] ?? '').replace(/^["']|["']$/g, '');
  return { path: [...above, name], kind: 'value', typed, from: offset - typed.length };
}

/** The path of the map at an indentation; `undefined` inside a block text. */
function pathAbove(
  lines: readonly string[],
  column: number,
  ownDashes: readonly number[],
): readonly (string | number)[] | undefined {
  const path: (string | number)[] = [];
  let limit = column;
  let dashes = [...ownDashes];
  let index = 0;
  for (let number = lines.length - 1; number >= -1; number -= 1) {
    const text = number < 0 ? '' : (lines[number] ?? '');
    const line = number < 0 ? { indent: -1, dashes: [], key: undefined } : readLine(text);
    if (line === undefined) continue;
    // Items of the innermost list that is open: count those before, until its key is met.
    for (let dash = dashes.at(-1); dash !== undefined; dash = dashes.at(-1)) {
      const first = line.dashes[0] ?? line.indent;
      if (line.dashes.includes(dash)) {
        index += 1;
        limit = dash + 1;
        break;
      }
      // A list may stand at the indentation of its key.
      if (first > dash || (first === dash && line.key === undefined)) break;
      path.unshift(index);
      index = 0;
      dashes = dashes.slice(0, -1);
      limit = dashes.length > 0 ? limit : dash + (line.indent === dash ? 1 : 0);
      if (dashes.length > 0) continue;
      break;
    }
    if (number < 0 || line.indent >= limit || dashes.length > 0) continue;
    if (line.key === undefined) return undefined;
    if (BLOCK_TEXT.test(text)) return undefined;
    path.unshift(line.key);
    limit = line.indent;
    dashes = [...line.dashes];
  }
  return path;
}
