/** One YAML document of a repository, told by its root key. What it says of itself is read when it is asked for. */
import { parse } from 'yaml';
import { readUtf8 } from './read-utf8.ts';

/** Root keys of the documents that Bridle knows, and of what a server keeps beside them. */
export const ROOT_KEYS = [
  'pipeline',
  'template',
  'inputSet',
  'overlayInputSet',
  'trigger',
  'service',
  'environment',
  'infrastructureDefinition',
  'serviceOverrides',
  'connector',
  'secret',
  'variable',
  'project',
  'organization',
  'test',
] as const;

export type RootKey = (typeof ROOT_KEYS)[number];

export interface RepositoryFile {
  /** Absolute. */
  readonly path: string;
  readonly rootKey: RootKey;
  readonly text: string;
  /** A text below the root key; `undefined` where there is none, or where the document is no YAML. */
  field(name: string): string | undefined;
}

/** Files of other kinds, and files that cannot be read, are none of ours. */
export function readRepositoryFile(path: string): RepositoryFile | undefined {
  let text;
  try {
    text = readUtf8(path);
  } catch {
    return undefined; // a link to nowhere, a file without permission or no text: whoever names it hears of it
  }
  const rootKey = findRootKey(text);
  return rootKey === undefined ? undefined : makeRepositoryFile(path, rootKey, text);
}

export function makeRepositoryFile(path: string, rootKey: RootKey, text: string): RepositoryFile {
  let fields: ReadonlyMap<string, string> | undefined;
  return {
    path,
    rootKey,
    text,
    field: (name) => {
      fields ??= readFields(text, rootKey);
      return fields.get(name);
    },
  };
}

/** By its first line without indent that is neither comment nor marker: reading all files of a repository must be quick. */
export function findRootKey(text: string): RootKey | undefined {
  const [, key] = /^(?!#|---|%)["']?([A-Za-z]+)["']?[ \t]*:/m.exec(text) ?? [];
  return ROOT_KEYS.find((known) => known === key);
}

function readFields(text: string, rootKey: RootKey): ReadonlyMap<string, string> {
  const root = parseLoosely(text);
  const body: unknown = isRecord(root) ? root[rootKey] : undefined;
  if (!isRecord(body)) return new Map();
  const inner = isRecord(body['pipeline']) ? body['pipeline'] : {};
  // An input set says below `pipeline` which one it is for.
  const entries = { pipelineIdentifier: inner['identifier'], ...body };
  return new Map(
    Object.entries(entries).flatMap(([name, value]) =>
      typeof value === 'string' && !NOTHING.has(value) ? [[name, value] as const] : [],
    ),
  );
}

/** What YAML takes for no value. */
const NOTHING: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);

function parseLoosely(text: string): unknown {
  try {
    // By texts, which are what is read: `1.10` is no number here.
    return parse(text, { schema: 'failsafe', logLevel: 'silent', strict: false, uniqueKeys: false });
  } catch {
    return undefined; // its reader says what is wrong with it
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
