/** Connectors of a run: documents of the repository, read as a server reads them. */
import { parseScopedIdentifier, qualifySecrets, readConnector, type DocumentOwner } from '@bridle/pipeline';
import type { Repository } from '../repository/repository.ts';
import type { RepositoryFile } from '../repository/repository-file.ts';
import { LOCAL_SCOPE } from './local-settings.ts';

export interface LocalConnector {
  readonly identifier: string;
  readonly type: string;
  /** Its references to secrets as a project writes them. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** What its spec refers to. */
  readonly secrets: readonly string[];
}

export type FoundConnector =
  | { readonly kind: 'found'; readonly connector: LocalConnector }
  | { readonly kind: 'missing'; readonly message: string };

const missing = (message: string): FoundConnector => ({ kind: 'missing', message });

export function findConnector(repository: Repository, reference: string): FoundConnector {
  const { scope, identifier } = parseScopedIdentifier(reference);
  const file = repository.findFile('connector', identifier, scope);
  if (file === undefined) {
    return missing(`The connector ${reference} is not there: no file below .harness/ holds a connector ${identifier}.`);
  }
  const owner = ownerOf(file);
  const read = readConnector(file.text, owner);
  if (read.kind === 'invalid') {
    const why = read.objections.map(({ field, reason }) => `${field} ${reason}`).join('; ');
    return missing(`The connector ${reference} cannot be used (${file.path}): ${why}.`);
  }
  const { type, spec: written } = read.content;
  const { spec, references } = qualifySecrets(type, written, owner);
  return { kind: 'found', connector: { identifier, type, spec, secrets: references } };
}

/** As the document says; one that says nothing is the project's. */
function ownerOf(file: RepositoryFile): DocumentOwner {
  const [orgIdentifier, projectIdentifier] = [file.field('orgIdentifier'), file.field('projectIdentifier')];
  if (orgIdentifier === undefined && projectIdentifier === undefined) {
    return { orgIdentifier: LOCAL_SCOPE.orgIdentifier, projectIdentifier: LOCAL_SCOPE.projectIdentifier };
  }
  return {
    ...(orgIdentifier === undefined ? {} : { orgIdentifier }),
    ...(projectIdentifier === undefined ? {} : { projectIdentifier }),
  };
}
