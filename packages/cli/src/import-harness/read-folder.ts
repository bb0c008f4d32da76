/** The documents of an export folder: as `bridle export` writes one, or as Harness keeps documents in git. */
import { existsSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';
import { shownPath } from '../diagnostics/sources.ts';
import {
  givenDocument,
  inOrderOfNeed,
  placeKey,
  splitFile,
  type DefaultPlace,
  type GivenDocument,
  type Piece,
} from '../documents/given-documents.ts';
import { listYamlFiles } from '../repository/find-folders.ts';
import { readRepositoryFile } from '../repository/repository-file.ts';
import type { Found, Unread } from './found.ts';

/** @throws UsageError where there is no such folder, or nothing in it */
export function readFolder(folder: string, given: string, usual: Omit<DefaultPlace, 'level'>): Found {
  const root = resolve(folder, given);
  if (!existsSync(root)) throw new UsageError(`There is no folder ${given}.`, undefined, 5);
  const paths = statSync(root).isDirectory() ? listYamlFiles(root) : [root];
  if (paths.length === 0) throw new UsageError(`${given} holds no YAML documents.`, undefined, 5);
  const documents = new Map<string, GivenDocument>();
  const unread: Unread[] = [];
  for (const path of paths) {
    const file = readRepositoryFile(path);
    if (file === undefined) {
      const reason = 'It is no document that Bridle knows.';
      unread.push({ source: shownPath(path, folder), reason, isRefused: false });
      continue;
    }
    const defaults = placeOfPath(relative(root, path), usual);
    for (const piece of splitFile(file, folder)) {
      const taken = take(piece, defaults);
      if (taken === undefined) continue;
      if ('reason' in taken) {
        unread.push(taken);
        continue;
      }
      const key = placeKey(taken.place);
      const other = documents.get(key);
      if (other === undefined) documents.set(key, taken);
      else unread.push({ source: taken.source, reason: `${other.source} is the same document.`, isRefused: true });
    }
  }
  return { documents: inOrderOfNeed([...documents.values()]), unread };
}

function take(piece: Piece, defaults: DefaultPlace): GivenDocument | Unread | undefined {
  try {
    return givenDocument(piece, defaults)[0];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    // It begins with the source, which is told beside it.
    const reason = error.message.replace(`${piece.source}: `, '');
    return { source: piece.source, reason, isRefused: true };
  }
}

/** Harness's own layout says in the path what the text may leave out: `orgs/default/projects/shop/pipelines/release.yaml`. */
export function placeOfPath(path: string, usual: Omit<DefaultPlace, 'level'>): DefaultPlace {
  const parts = path.split(sep).slice(0, -1);
  const after = (word: string): string | undefined => {
    const index = parts.indexOf(word);
    return index < 0 ? undefined : parts[index + 1];
  };
  const org = after('orgs');
  const project = after('projects');
  if (org !== undefined && project !== undefined) return { org, project, level: 'project' };
  if (org !== undefined) return { org, project: usual.project, level: 'org' };
  return { ...usual, level: parts.includes('account') ? 'account' : 'project' };
}
