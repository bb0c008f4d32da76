/**
 * The documents of a repository, found where Harness keeps them: in `.harness/` folders, by what they are and not by where
 * they lie. Nothing is read before it is asked for.
 */
import { dirname } from 'node:path';
import {
  describeReference,
  type DocumentReference,
  type Documents,
  type DocumentScope,
  type StoredDocument,
  keepWrittenNumbers,
} from '@bridle/pipeline';
import { Document, parseDocument, YAMLSeq } from 'yaml';
import { findFolders, listYamlFiles, type FoundFolders } from './find-folders.ts';
import { readRepositoryFile, type RepositoryFile, type RootKey } from './repository-file.ts';

export class Repository implements Documents {
  /** The folder that is the working tree of the builds. */
  readonly root: string;
  /** From the nearest to the outermost. */
  readonly harnessFolders: readonly string[];
  #files: readonly RepositoryFile[] | undefined;
  readonly #sources = new Map<string, RepositoryFile>();

  constructor({ root, harness }: FoundFolders) {
    this.root = root;
    this.harnessFolders = harness;
  }

  list(rootKey: RootKey): readonly RepositoryFile[] {
    // A nested folder is part of an outer one only when it lies inside of it, which `.harness` folders beside sources do not.
    this.#files ??= this.harnessFolders.flatMap(listYamlFiles).flatMap((path) => readRepositoryFile(path) ?? []);
    return this.#files.filter((file) => file.rootKey === rootKey);
  }

  /** The document of that identifier that the scope sees; `undefined` = there is none. */
  findFile(rootKey: RootKey, identifier: string, scope: DocumentScope = 'project'): RepositoryFile | undefined {
    return this.#matching(rootKey, scope, { identifier })[0];
  }

  find(reference: DocumentReference): StoredDocument | null {
    switch (reference.kind) {
      case 'template':
        return this.#findTemplate(reference);
      case 'service':
      case 'environment':
        return this.#findOne(reference, reference.kind, { identifier: reference.identifier });
      case 'infrastructure': {
        const { identifier, environmentRef } = reference;
        return this.#findOne(reference, 'infrastructureDefinition', { identifier, environmentRef });
      }
      case 'serviceOverrides': {
        const { environmentRef, serviceRef } = reference;
        return this.#findOne(reference, 'serviceOverrides', { environmentRef, serviceRef });
      }
      case 'infrastructures': {
        const { environmentRef } = reference;
        const files = this.#matching('infrastructureDefinition', reference.scope, { environmentRef });
        return files.length === 0 ? null : { yaml: joinDocuments(files) };
      }
      // Those of a server; repositories have none.
      case 'file':
      case 'variables':
        return null;
    }
  }

  /** The file behind a document that a diagnostic names. */
  fileOfDocument(name: string): RepositoryFile | undefined {
    return this.#sources.get(name);
  }

  #findOne(reference: DocumentReference, rootKey: RootKey, wanted: Fields): StoredDocument | null {
    const [file] = this.#matching(rootKey, reference.scope, wanted);
    if (file === undefined) return null;
    this.#sources.set(describeReference(reference), file);
    return { yaml: file.text };
  }

  /** Files know no stable version; the highest one is what a server would be told to take. */
  #findTemplate(reference: Extract<DocumentReference, { readonly kind: 'template' }>): StoredDocument | null {
    const { identifier, versionLabel } = reference;
    const wanted = { identifier, ...(versionLabel === undefined ? {} : { versionLabel }) };
    const [file] = this.#matching('template', reference.scope, wanted).toSorted((one, other) =>
      VERSIONS.compare(other.field('versionLabel') ?? '', one.field('versionLabel') ?? ''),
    );
    const found = file?.field('versionLabel');
    if (file === undefined || found === undefined) return null;
    this.#sources.set(describeReference({ ...reference, versionLabel: found }), file);
    return { yaml: file.text, versionLabel: found };
  }

  /** The nearest folder first; those that name their place before those that do not, which may be of any. */
  #matching(rootKey: RootKey, scope: DocumentScope, wanted: Fields): readonly RepositoryFile[] {
    const fits = this.list(rootKey).filter((file) =>
      Object.entries(wanted).every(([name, value]) => file.field(name) === value),
    );
    const placed = fits.filter((file) => scopeOf(file) === scope);
    return placed.length > 0 ? placed : fits.filter((file) => scopeOf(file) === undefined);
  }
}

type Fields = Readonly<Record<string, string>>;

/** `1.10` comes after `1.9`. */
const VERSIONS = new Intl.Collator('en', { numeric: true });

/** Where the document says that it is kept; a file that says nothing may be kept anywhere. */
export function scopeOf(file: RepositoryFile): DocumentScope | undefined {
  if (file.field('projectIdentifier') !== undefined) return 'project';
  return file.field('orgIdentifier') === undefined ? undefined : 'org';
}

/** What `deployToAll` asks for: one YAML list of all of them. */
function joinDocuments(files: readonly RepositoryFile[]): string {
  const list = new YAMLSeq();
  const customTags = keepWrittenNumbers;
  list.items = files.map(({ text }) => parseDocument(text, { customTags }).contents);
  const document = new Document(undefined, { customTags });
  document.contents = list;
  return document.toString({ lineWidth: 0 });
}

/** The repository around an absolute folder. */
export function openRepository(folder: string): Repository {
  return new Repository(findFolders(folder));
}

/** The repository around a file: what lies beside it counts before what lies around the caller. */
export function openRepositoryOf(file: string): Repository {
  return openRepository(dirname(file));
}
