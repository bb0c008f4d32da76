/**
 * `.bridle.yaml` in a repository: which organization and project its pipelines belong to, and by which of the user's profiles
 * they are reached. It names no address and no token: whoever writes a repository must not decide where somebody's token goes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { UsageError } from '../command-line/usage-error.ts';
import { findFolders } from '../repository/find-folders.ts';
import type { Layer } from './settings.ts';

export const PROJECT_FILE = '.bridle.yaml';
const KEYS = ['org', 'project', 'profile'] as const;

export interface ProjectFile {
  readonly layer: Layer;
  readonly profile?: { readonly name: string; readonly from: string };
}

/** The nearest one, from the folder up to the root of its repository. @throws UsageError */
export function readProjectFile(folder: string): ProjectFile {
  const path = find(folder, findFolders(folder).root);
  if (path === undefined) return { layer: {} };
  const { org, project, profile } = contentOf(path);
  return {
    layer: {
      ...(org === undefined ? {} : { org: { value: org, from: path } }),
      ...(project === undefined ? {} : { project: { value: project, from: path } }),
    },
    ...(profile === undefined ? {} : { profile: { name: profile, from: path } }),
  };
}

function find(folder: string, root: string): string | undefined {
  const path = join(folder, PROJECT_FILE);
  if (existsSync(path)) return path;
  const above = dirname(folder);
  return folder === root || above === folder ? undefined : find(above, root);
}

function contentOf(path: string): Readonly<Partial<Record<(typeof KEYS)[number], string>>> {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message.split('\n', 1)[0] ?? ''}`);
  }
  if (typeof content !== 'object' || Array.isArray(content)) throw new UsageError(`${path} is no map.`);
  for (const [key, value] of Object.entries(content as object)) {
    if (!KEYS.some((known) => known === key)) {
      throw new UsageError(
        `${path} has "${key}", which it may not have.`,
        `It may hold ${KEYS.join(', ')}. Addresses and tokens are of the user: see "bridle help connection".`,
      );
    }
    if (typeof value !== 'string' || value === '') throw new UsageError(`${path}: ${key} is no text.`);
  }
  return content as Record<string, string>;
}
