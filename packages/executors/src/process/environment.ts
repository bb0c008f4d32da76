/**
 * The environment of a step's process.
 *
 * - V1 Nothing of the delegate's own environment gets in but a short list of harmless names and what the operator added; never a
 *   name that starts with `BRIDLE_`.
 * - V2 What is declared wins: own variables of the step over those of its task over what is inherited.
 */
import { delimiter } from 'node:path';

const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  // Without these a Windows program does not start.
  'SystemRoot',
  'ComSpec',
  'PATHEXT',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ProgramFiles',
] as const;

const OWN_PREFIX = 'BRIDLE_';

/** Linux refuses a longer `NAME=value` (MAX_ARG_STRLEN, the terminating NUL included). */
const VARIABLE_BYTES_MAX = 128 * 1024 - 1;
/** Well below what the kernel takes for arguments and environment together (a quarter of an 8 MiB stack). */
const ENVIRONMENT_BYTES_MAX = 1_536 * 1024;

export type StepEnvironment =
  | { readonly kind: 'usable'; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * @param layers - from the weakest to the strongest
 */
export function makeEnvironment(
  inheritedNames: readonly string[],
  layers: readonly Readonly<Record<string, string>>[],
): StepEnvironment {
  return checkEnvironment({ ...inheritedEnvironment(inheritedNames), ...Object.assign({}, ...layers) });
}

/** Can a process be given these? */
export function checkEnvironment(variables: Readonly<Record<string, string>>): StepEnvironment {
  let total = 0;
  for (const [name, value] of Object.entries(variables)) {
    const problem = problemOf(name, value);
    if (problem !== undefined) return { kind: 'refused', message: problem };
    total += Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
  }
  if (total > ENVIRONMENT_BYTES_MAX) {
    return {
      kind: 'refused',
      message: `The environment of the step has ${total} bytes; at most ${ENVIRONMENT_BYTES_MAX} can be handed to a process.`,
    };
  }
  return { kind: 'usable', variables };
}

/** What a step gets of this process's environment. */
export function inheritedEnvironment(more: readonly string[]): Record<string, string> {
  const taken: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined || name.startsWith(OWN_PREFIX)) continue;
    if (!isInherited(name) && !more.includes(name)) continue;
    taken[name] = name === 'PATH' ? withoutPackageFolders(value) : value;
  }
  return taken;
}

function isInherited(name: string): boolean {
  return INHERITED.some((known) => known === name) || name.startsWith('LC_');
}

/** `npm start` puts the product's own tools in front of the search path; a step must find the user's. */
function withoutPackageFolders(searchPath: string): string {
  const isOurs = /[\\/](node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/;
  return searchPath
    .split(delimiter)
    .filter((folder) => !isOurs.test(folder))
    .join(delimiter);
}

function problemOf(name: string, value: string): string | undefined {
  if (name === '' || name.includes('=') || name.includes('\0')) {
    return `"${name.replaceAll('\0', '\\0')}" cannot be the name of an environment variable.`;
  }
  if (value.includes('\0'))
    return `The environment variable ${name} holds a NUL character, which no process can be given.`;
  const bytes = Buffer.byteLength(name) + 1 + Buffer.byteLength(value);
  if (bytes > VARIABLE_BYTES_MAX) {
    return `The environment variable ${name} has ${bytes} bytes; a process can be given at most ${VARIABLE_BYTES_MAX}. Write it to a file instead.`;
  }
  return undefined;
}
