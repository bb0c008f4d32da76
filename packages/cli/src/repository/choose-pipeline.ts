/** Which pipeline a command is about. */
import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';
import { findRootKey, makeRepositoryFile, type RepositoryFile } from './repository-file.ts';
import { openRepository, openRepositoryOf, type Repository } from './repository.ts';
import { isNotUtf8, readUtf8 } from './read-utf8.ts';

export interface ChosenPipeline {
  readonly file: RepositoryFile;
  readonly repository: Repository;
}

/**
 * The file that was named, by path or by the identifier of a pipeline of the repository; without a name, the only pipeline
 * there is.
 * @param folder - where the command was called
 * @throws UsageError
 */
export function choosePipeline(folder: string, given: string | undefined): ChosenPipeline {
  if (given === undefined) return chooseOnly(folder);
  const path = resolve(folder, given);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return chooseOnly(path);
  if (found === undefined) return chooseByIdentifier(folder, given);
  const text = readText(path, given);
  const rootKey = findRootKey(text);
  if (rootKey !== undefined && rootKey !== 'pipeline') {
    throw new UsageError(`${given} holds no pipeline, but a document of the kind ${rootKey}.`);
  }
  return { file: makeRepositoryFile(path, 'pipeline', text), repository: openRepositoryOf(path) };
}

/** @throws UsageError */
export function readText(path: string, shown: string): string {
  try {
    return readUtf8(path);
  } catch (error) {
    if (isNotUtf8(error)) throw new UsageError(`${shown} is not UTF-8.`, 'Save it as UTF-8.');
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = WHY[reason] ?? `cannot be read (${reason})`;
    throw new UsageError(`${shown} ${why}.`, undefined, reason === 'ENOENT' ? 5 : 2);
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read by you',
  EISDIR: 'is a folder',
};

function chooseOnly(folder: string): ChosenPipeline {
  const repository = openRepository(folder);
  const files = nearest(repository);
  const [file, ...others] = files;
  if (file === undefined) {
    const where =
      repository.harnessFolders.length === 0 ? 'There is no .harness folder' : 'No pipeline is in .harness/';
    throw new UsageError(`${where} here or above.`, 'Name a pipeline file, or let "bridle init" write a first one.', 5);
  }
  if (others.length > 0) {
    throw new UsageError(
      `There are ${files.length} pipelines here: name one of them.`,
      files.map((each) => `  ${relative(folder, each.path)}`).join('\n'),
    );
  }
  return { file, repository };
}

/** The pipelines of the first `.harness` folder on the way up that has any: a part of a repository has its own. */
function nearest(repository: Repository): readonly RepositoryFile[] {
  const files = repository.list('pipeline');
  const own = repository.harnessFolders.map((harness) => files.filter(({ path }) => path.startsWith(harness + sep)));
  return own.find((each) => each.length > 0) ?? [];
}

function chooseByIdentifier(folder: string, given: string): ChosenPipeline {
  const repository = openRepository(folder);
  const file = repository.list('pipeline').find((each) => each.field('identifier') === given);
  if (file !== undefined) return { file, repository };
  const known = repository.list('pipeline').flatMap((each) => each.field('identifier') ?? []);
  throw new UsageError(
    `${given} is neither a file nor a pipeline of this repository.`,
    known.length === 0 ? undefined : `Pipelines: ${known.join(', ')}.`,
    5,
  );
}
