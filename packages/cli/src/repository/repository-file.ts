/** One YAML document of a repository, told by its root key. What it says of itself is read when it is asked for. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

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
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined; // a link to nowhere, a file without permission: whoever names it hears that it is not there
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
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [],
    ),
  );
}

function parseLoosely(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent', strict: false, uniqueKeys: false });
  } catch {
    return undefined; // its reader says what is wrong with it
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
