/** Finds the text that a diagnostic points into. */
import { isAbsolute, relative } from 'node:path';
import type { Diagnostic } from '@bridle/pipeline';
import type { Repository } from '../repository/repository.ts';
import type { RepositoryFile } from '../repository/repository-file.ts';
import type { DescribedSource } from './describe-diagnostic.ts';

export interface Sources {
  of(diagnostic: Pick<Diagnostic, 'document'>): DescribedSource | undefined;
}

/**
 * @param file - the document that was asked about
 * @param folder - file names are shown as seen from here
 * @param others - further documents by the name that diagnostics have for them, such as `inputs`
 */
export function createSources(
  file: Pick<RepositoryFile, 'path' | 'text'>,
  repository: Repository,
  folder: string,
  others: ReadonlyMap<string, DescribedSource> = new Map(),
): Sources {
  const describe = ({ path, text }: Pick<RepositoryFile, 'path' | 'text'>): DescribedSource => ({
    name: shownPath(path, folder),
    text,
  });
  return {
    of: ({ document }) => {
      if (document === undefined) return describe(file);
      const found = repository.fileOfDocument(document);
      return others.get(document) ?? (found === undefined ? undefined : describe(found));
    },
  };
}

/** As seen from the folder; what lies outside of it by its whole name. */
export function shownPath(path: string, folder: string): string {
  const below = relative(folder, path);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below;
}
