/** The documents that the words of a command line name. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';
import { readText } from './choose-pipeline.ts';
import { listYamlFiles } from './find-folders.ts';
import { findRootKey, makeRepositoryFile, readRepositoryFile, type RepositoryFile } from './repository-file.ts';
import { openRepository, openRepositoryOf, type Repository } from './repository.ts';
import { isNotUtf8, readUtf8 } from './read-utf8.ts';

export interface NamedFile {
  readonly file: RepositoryFile;
  readonly repository: Repository;
  /** It came by standard input; `file.path` is no file. */
  readonly isStandardInput: boolean;
}

const STANDARD_INPUT = '-';

/**
 * Files as they are named, folders as the documents below them, `-` as standard input; nothing = all of `.harness/`.
 * @throws UsageError
 */
export function listNamedFiles(folder: string, names: readonly string[]): readonly NamedFile[] {
  return names.length === 0 ? listAll(folder) : names.flatMap((name) => listNamed(folder, name));
}

function listAll(folder: string): readonly NamedFile[] {
  const repository = openRepository(folder);
  const files = readAll(repository.harnessFolders);
  if (files.length > 0) return files.map((file) => ({ file, repository, isStandardInput: false }));
  throw new UsageError('There is no .harness folder with documents here or above.', 'Name the files.', 5);
}

function listNamed(folder: string, name: string): readonly NamedFile[] {
  if (name === STANDARD_INPUT) return [readStandardInput(folder)];
  const path = resolve(folder, name);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [named(path, readText(path, name))];
  const files = readAll([path]);
  if (files.length === 0) throw new UsageError(`${name} holds no documents of Bridle.`, undefined, 5);
  return files.map((file) => ({ file, repository: openRepositoryOf(file.path), isStandardInput: false }));
}

function readAll(folders: readonly string[]): readonly RepositoryFile[] {
  return folders.flatMap(listYamlFiles).flatMap((path) => readRepositoryFile(path) ?? []);
}

/** Whoever names a file means a document of ours: what has no root key that we know is judged as a pipeline. */
function named(path: string, text: string): NamedFile {
  const file = makeRepositoryFile(path, findRootKey(text) ?? 'pipeline', text);
  return { file, repository: openRepositoryOf(path), isStandardInput: false };
}

function readStandardText(): string {
  try {
    return readUtf8(0);
  } catch (error) {
    if (isNotUtf8(error)) throw new UsageError('Standard input is not UTF-8.');
    throw error;
  }
}

/** For editors: the text as it stands there, with the repository around the caller. */
function readStandardInput(folder: string): NamedFile {
  const { file } = named(resolve(folder, '(standard input)'), readStandardText());
  return { file, repository: openRepository(folder), isStandardInput: true };
}
