/**
 * Compares the codes that the program can answer with the codes that docs/ERRORS.md describes. Whoever adds a code writes
 * its paragraph; whoever removes one removes it.
 *
 * A code counts as described when it stands, in backticks, in the first cell of a table row or in a heading.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const PAGE = 'docs/ERRORS.md';
/** Files that export a list or record named `…_CODES`. */
const SOURCES = [
  'packages/pipeline/src/language/diagnostic-codes.ts',
  'packages/protocol/src/error-codes.ts',
  'packages/launcher/src/errors.ts',
  'packages/delegate/src/ends.ts',
  'packages/server/src/store/start-error-codes.ts',
  'packages/server/src/backup/backup-error.ts',
] as const;

const CODE = /^[A-Z][A-Z0-9_]+$/;

const problems: string[] = [];
const owners = new Map<string, string>();
for (const source of SOURCES) {
  const codes = await codesOf(source);
  if (codes.length === 0) problems.push(`${source} is missing, or exports no list of codes`);
  for (const code of codes) owners.set(code, source);
}

const described = describedCodes();
for (const [code, source] of owners) {
  if (!described.has(code)) problems.push(`${code} (${source}) is not described in ${PAGE}`);
}
for (const code of described)
  if (!owners.has(code)) problems.push(`${code} is described in ${PAGE}, but nothing answers it`);

if (problems.length > 0) {
  for (const problem of problems) console.error(`errors: ${problem}`);
  process.exitCode = 1;
} else {
  console.log(`errors: ${owners.size} codes, all described in ${PAGE}`);
}

async function codesOf(source: string): Promise<readonly string[]> {
  if (!existsSync(source)) return [];
  const exported: unknown = await import(pathToFileURL(resolve(source)).href);
  return Object.entries(exported as Readonly<Record<string, unknown>>)
    .filter(([name]) => name.endsWith('_CODES'))
    .flatMap(([, list]) => (Array.isArray(list) ? list.map(String) : Object.keys(list as object)))
    .filter((code) => CODE.test(code));
}

function describedCodes(): ReadonlySet<string> {
  if (!existsSync(PAGE)) {
    problems.push(`${PAGE} is missing`);
    return new Set();
  }
  const found = new Set<string>();
  for (const line of readFileSync(PAGE, 'utf8').split('\n')) {
    const place = /^#{2,}\s+(.*)$/.exec(line)?.[1] ?? /^\|([^|]*)\|/.exec(line)?.[1] ?? '';
    for (const [, code] of place.matchAll(/`([^`]+)`/g)) if (code !== undefined && CODE.test(code)) found.add(code);
  }
  return found;
}
