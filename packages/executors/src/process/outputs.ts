/** Reads what a step left behind as output variables. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** One value; expressions take no longer ones. */
export const OUTPUT_VALUE_BYTES_MAX = 1024 * 1024;
/** All values of one step together. */
export const OUTPUT_TOTAL_BYTES_MAX = 2 * 1024 * 1024;

export type ReadOutputs =
  | { readonly kind: 'read'; readonly values: ReadonlyMap<string, string> }
  /** A limit was passed; the text names it. */
  | { readonly kind: 'refused'; readonly message: string };

/** Reads NAME NUL VALUE NUL …; a missing file has no values. */
export function readCapturedValues(path: string): ReadOutputs {
  const bytes = readLimited(path);
  if (bytes === undefined) return { kind: 'read', values: new Map() };
  if (bytes === 'tooLarge') return tooLarge();
  const values = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = bytes.indexOf(0, at);
    const valueEnd = nameEnd === -1 ? -1 : bytes.indexOf(0, nameEnd + 1);
    if (valueEnd === -1) break; // cut off: the shell could not write it whole
    values.set(bytes.toString('utf8', at, nameEnd), bytes.toString('utf8', nameEnd + 1, valueEnd));
    at = valueEnd + 1;
  }
  return checkSizes(values);
}

/**
 * Reads the file a script may write to by `$DRONE_OUTPUT` or `$HARNESS_OUTPUT_FILE`: `NAME=value` a line, the value bare, in
 * single quotes (as it is) or in double quotes (`\n`, `\r`, `\t`, `\"`, `\\`, `\$`); quoted values may span lines.
 */
export function readOutputFile(path: string): ReadOutputs {
  const bytes = readLimited(path);
  if (bytes === undefined) return { kind: 'read', values: new Map() };
  if (bytes === 'tooLarge') return tooLarge();
  return checkSizes(parseOutputFile(bytes.toString('utf8').replaceAll('\0', '\u{FFFD}')));
}

/** Exported for its tests: the text of an output file to names and values. */
export function parseOutputFile(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const assignment =
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[^])*)"|'([^']*)'|([^\r\n]*))/gm;
  for (const [, name, double, single, bare] of text.matchAll(assignment)) {
    if (name === undefined) continue;
    values.set(name, double === undefined ? (single ?? (bare ?? '').trimEnd()) : unescape(double));
  }
  return values;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescape(text: string): string {
  return text.replaceAll(/\\([^])/g, (_, character: string) => {
    if (character === '"' || character === '\\' || character === '$' || character === '`') return character;
    return ESCAPES[character] ?? `\\${character}`;
  });
}

export function checkSizes(values: ReadonlyMap<string, string>): ReadOutputs {
  let total = 0;
  for (const [name, value] of values) {
    const bytes = Buffer.byteLength(value);
    total += bytes;
    if (bytes > OUTPUT_VALUE_BYTES_MAX) {
      return {
        kind: 'refused',
        message: `The output variable ${name} has ${bytes} bytes; at most ${OUTPUT_VALUE_BYTES_MAX} are kept. Pass large data by a file.`,
      };
    }
  }
  return total > OUTPUT_TOTAL_BYTES_MAX ? tooLarge() : { kind: 'read', values };
}

function tooLarge(): ReadOutputs {
  return {
    kind: 'refused',
    message: `The output variables of the step have more than ${OUTPUT_TOTAL_BYTES_MAX} bytes together. Pass large data by a file.`,
  };
}

/**
 * At most the limit plus what names and separators take. The step may have put anything in the file's place: a link is not followed,
 * since this process may read more than the step may, and a pipe is not waited for.
 */
function readLimited(path: string): Buffer | 'tooLarge' | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const info = fstatSync(file);
    if (info.size === 0 || !info.isFile()) return undefined;
    return info.size > OUTPUT_TOTAL_BYTES_MAX * 2 ? 'tooLarge' : readFileSync(file);
  } finally {
    closeSync(file);
  }
}
