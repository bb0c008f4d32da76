/**
 * Profiles: servers that somebody has signed in to, by name, in `~/.config/bridle/config.yaml`.
 *
 * Invariants:
 * - K1 The file is written whole or not at all, and only its owner can read it.
 * - K2 What else stands in it, and its comments, stay.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMap, parseDocument, type Document } from 'yaml';
import { UsageError } from '../command-line/usage-error.ts';
import { SETTING_NAMES, type SettingName } from './settings.ts';

export type Profile = Readonly<Partial<Record<SettingName, string>>>;

export interface Config {
  readonly path: string;
  /** The profile that is used where none is named. */
  readonly current: string | undefined;
  readonly profiles: ReadonlyMap<string, Profile>;
}

export const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export function configPath(environment: Readonly<Record<string, string | undefined>>, userHome: string): string {
  const folder = environment['XDG_CONFIG_HOME'];
  // The specification of these folders takes absolute paths only.
  const base = folder !== undefined && folder.startsWith('/') ? folder : join(userHome, '.config');
  return join(base, 'bridle', 'config.yaml');
}

/** @throws UsageError when it is there and cannot be understood */
export function readConfig(path: string): Config {
  const document = readDocument(path);
  const root: unknown = document.toJS() ?? {};
  const { current: named, profiles = {} } = mapOf(root, path, 'the file');
  const current = named ?? undefined;
  if (current !== undefined && typeof current !== 'string') throw broken(path, 'current is no name of a profile');
  return {
    path,
    current,
    profiles: new Map(
      Object.entries(mapOf(profiles, path, 'profiles')).map(([name, value]) => [name, profileOf(name, value, path)]),
    ),
  };
}

/** Writes a profile over the one of this name; the first one there is becomes the current one. */
export function saveProfile(path: string, name: string, profile: Profile, isCurrent: boolean): void {
  const document = readDocument(path);
  document.setIn(['profiles', name], document.createNode(profile));
  if (isCurrent || (document.get('current') ?? undefined) === undefined) document.set('current', name);
  write(path, document);
}

export function useProfile(path: string, name: string): void {
  const document = readDocument(path);
  document.set('current', name);
  write(path, document);
}

export function deleteProfile(path: string, name: string): void {
  const document = readDocument(path);
  document.deleteIn(['profiles', name]);
  // Deleted, it would take the comment above it along.
  if (document.get('current') === name) document.set('current', null);
  write(path, document);
}

function readDocument(path: string): Document {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return parseDocument('{}');
    throw broken(path, (error as Error).message);
  }
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) throw broken(path, problem.message.split('\n', 1)[0] ?? '');
  if (document.contents === null) return parseDocument('{}');
  if (!isMap(document.contents)) throw broken(path, 'it is no map');
  return document;
}

function mapOf(value: unknown, path: string, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw broken(path, `${what} is no map`);
}

function profileOf(name: string, value: unknown, path: string): Profile {
  const found = mapOf(value, path, `profile ${name}`);
  // Without an address its token would go to whichever server is asked.
  if (found['token'] !== undefined && found['url'] === undefined) throw broken(path, `profile ${name} has no url`);
  return Object.fromEntries(
    SETTING_NAMES.flatMap((setting) => {
      const text = found[setting];
      if (text === undefined || text === null || text === '') return [];
      if (typeof text !== 'string' && typeof text !== 'number')
        throw broken(path, `${setting} of profile ${name} is no text`);
      return [[setting, String(text)]];
    }),
  );
}

function write(path: string, document: Document): void {
  const draft = `${path}.${process.pid}.new`;
  // A document that began empty is written in braces otherwise.
  if (isMap(document.contents)) document.contents.flow = false;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(draft, document.toString(), { mode: 0o600, flag: 'wx' });
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
  }
}

function broken(path: string, why: string): UsageError {
  return new UsageError(`${path} cannot be understood: ${why}.`, 'Mend it, or move it away and sign in anew.');
}
