/** The documents that files hold, each with the place on a server that it asks for. */
import { isScalar, parseAllDocuments } from 'yaml';
import { UsageError } from '../command-line/usage-error.ts';
import { shownPath } from '../diagnostics/sources.ts';
import { listNamedFiles } from '../repository/named-files.ts';
import { findRootKey, makeRepositoryFile, type RepositoryFile } from '../repository/repository-file.ts';
import { isProjectsOwn, KINDS, kindOfRoot, type Kind, type Place, type Scope } from './kinds.ts';

export interface GivenDocument {
  readonly kind: Kind;
  readonly place: Place;
  readonly text: string;
  /** As it is shown: `.harness/build.yaml`, with the line where a file holds several. */
  readonly source: string;
  readonly file: SourceFile;
}

/** The file that holds it. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
  /** Lines before the document. */
  readonly linesBefore: number;
}

/** Where documents go that do not say it themselves. */
export interface DefaultPlace {
  readonly org: string;
  readonly project: string;
  readonly level: Level;
}

export const LEVELS = ['account', 'org', 'project'] as const;
export type Level = (typeof LEVELS)[number];

/**
 * In the order in which a server must have them.
 * @param names - files, folders, `-`; none = everything in `.harness/`
 * @throws UsageError
 */
export function readGivenDocuments(
  folder: string,
  names: readonly string[],
  defaults: DefaultPlace,
): readonly GivenDocument[] {
  const documents = listNamedFiles(folder, names)
    .flatMap(({ file }) => splitFile(file, folder))
    .flatMap((piece) => givenDocument(piece, defaults));
  if (documents.length === 0) throw new UsageError('There are no documents that a server keeps.', undefined, 5);
  refuseDoubles(documents);
  return inOrderOfNeed(documents);
}

/** What comes later may name what comes before. */
export function inOrderOfNeed(documents: readonly GivenDocument[]): readonly GivenDocument[] {
  const rank = (document: GivenDocument): number => KINDS.findIndex(({ name }) => name === document.kind.name);
  // Sorting keeps the order of those of one kind.
  return documents.toSorted((one, other) => rank(one) - rank(other));
}

/** A document of a file, before it is known where it belongs. */
export interface Piece {
  readonly document: RepositoryFile;
  readonly source: string;
  readonly file: SourceFile;
}

/** A file may hold several documents, with `---` between them. */
export function splitFile(file: RepositoryFile, folder: string): readonly Piece[] {
  const name = shownPath(file.path, folder);
  const documents = parseAllDocuments(file.text, { logLevel: 'silent', strict: false, uniqueKeys: false });
  if (!Array.isArray(documents) || documents.length < 2) {
    return [{ document: file, source: name, file: { name, text: file.text, linesBefore: 0 } }];
  }
  let from = 0;
  return documents.flatMap((document, index): readonly Piece[] => {
    const to = index === documents.length - 1 ? file.text.length : document.range[2];
    const text = file.text.slice(from, to).replace(/^(?:---[ \t]*\r?\n|\s*\n)*/, '');
    const linesBefore = file.text.slice(0, to - text.length).split('\n').length - 1;
    from = to;
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === null)) return [];
    const root = findRootKey(text) ?? 'pipeline';
    return [
      {
        document: makeRepositoryFile(file.path, root, text),
        source: `${name}:${linesBefore + 1}`,
        file: { name, text: file.text, linesBefore },
      },
    ];
  });
}

/** None where it is of a kind that no server keeps. @throws UsageError where it does not say what it is called */
export function givenDocument({ document, source, file }: Piece, defaults: DefaultPlace): readonly GivenDocument[] {
  const kind = kindOfRoot(document.rootKey);
  if (kind === undefined) return [];
  return [{ kind, place: placeOf(document, kind, source, defaults), text: document.text, source, file }];
}

function placeOf(file: RepositoryFile, kind: Kind, source: string, defaults: DefaultPlace): Place {
  const identifier = identifierOf(file, kind, source);
  const { parent, name } = kind;
  const version = name === 'template' ? needed(file, kind, 'versionLabel', source) : undefined;
  return {
    kind: name,
    ...scopeOf(file, kind, defaults),
    identifier,
    ...(parent === undefined ? {} : { parent: needed(file, kind, parent.field, source) }),
    ...(version === undefined ? {} : { version }),
  };
}

function scopeOf(file: RepositoryFile, kind: Kind, { org, project, level }: DefaultPlace): Scope {
  const own = { org: file.field('orgIdentifier'), project: file.field('projectIdentifier') };
  if (kind.name === 'organization') return {};
  if (kind.name === 'project') return { org: own.org ?? org };
  if (isProjectsOwn(kind) || own.project !== undefined) {
    return { org: own.org ?? org, project: own.project ?? project };
  }
  if (own.org !== undefined) return { org: own.org };
  if (level === 'account') return {};
  return level === 'org' ? { org } : { org, project };
}

function identifierOf(file: RepositoryFile, kind: Kind, source: string): string {
  if (kind.name !== 'overrides') return needed(file, kind, 'identifier', source);
  return overridesIdentifier(needed(file, kind, 'environmentRef', source), file.field('serviceRef') ?? '');
}

/** As servers make it of what overrides are about. */
export function overridesIdentifier(environment: string, service: string): string {
  return [environment, service]
    .filter((part) => part !== '')
    .join('_')
    .replaceAll('.', '_');
}

function needed(file: RepositoryFile, { rootKey }: Kind, field: string, source: string): string {
  const value = file.field(field);
  if (value !== undefined && value !== '') return value;
  const inside = field === 'pipelineIdentifier' && rootKey !== 'trigger' ? 'pipeline.identifier' : field;
  throw new UsageError(`${source}: ${rootKey}.${inside} is missing, so it is not known where this document belongs.`);
}

/** What is the same for two documents that are one and the same. */
export function placeKey({ kind, org, project, parent, identifier, version }: Place): string {
  return JSON.stringify([kind, org, project, parent, identifier, version]);
}

/** Whichever came last would win, and nobody would have chosen. */
function refuseDoubles(documents: readonly GivenDocument[]): void {
  const seen = new Map<string, string>();
  for (const { place, source } of documents) {
    const key = placeKey(place);
    const other = seen.get(key);
    if (other !== undefined)
      throw new UsageError(`${other} and ${source} are the same ${place.kind} ${place.identifier}.`);
    seen.set(key, source);
  }
}

/** @throws UsageError for a word that is no level */
export function levelOf(word: string | undefined): Level {
  const level = LEVELS.find((known) => known === (word ?? 'project'));
  if (level === undefined) throw new UsageError(`--level ${word ?? ''} is none.`, `Levels: ${LEVELS.join(', ')}.`);
  return level;
}
