/** Connectors and SSH keys of a run: documents of the repository, read as a server reads them. */
import {
  parseScopedIdentifier,
  qualifySecrets,
  readConnector,
  readSshSpec,
  sshConnector,
  sshLogin,
  withSshKey,
  type DocumentOwner,
  type SshKeySecret,
  type SshSources,
  type TakenConnector,
} from '@bridle/pipeline';
import type { FoundSecret } from '@bridle/executors';
import { parse } from 'yaml';
import type { Repository } from '../repository/repository.ts';
import type { RepositoryFile } from '../repository/repository-file.ts';
import { LOCAL_SCOPE } from './local-settings.ts';

export interface LocalConnector {
  readonly identifier: string;
  readonly type: string;
  /** Its references to secrets as a project writes them. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** What its spec refers to, its login by SSH included. */
  readonly secrets: ReadonlyMap<string, FoundSecret>;
  /** Those of them that have to be given; the others are made of these. */
  readonly needs: readonly string[];
}

export type FoundConnector =
  | { readonly kind: 'found'; readonly connector: LocalConnector }
  | { readonly kind: 'missing'; readonly message: string };

/** @param secret - the plaintext of a reference */
export type FindConnector = (reference: string) => FoundConnector;

const missing = (message: string): FoundConnector => ({ kind: 'missing', message });

export function connectorsOf(repository: Repository, secret: (reference: string) => FoundSecret): FindConnector {
  const sources: SshSources<FoundSecret> = {
    sshKey: (reference) => findSshKey(repository, reference),
    source: secret,
    missing: (message) => ({ kind: 'missing', message }),
  };
  return (reference) => {
    const { scope, identifier } = parseScopedIdentifier(reference);
    const file = repository.findFile('connector', identifier, scope);
    if (file === undefined) return withoutFile(reference, sources);
    const owner = ownerOf(file);
    const read = readConnector(file.text, owner);
    if (read.kind === 'invalid') {
      const why = read.objections.map(({ field, reason }) => `${field} ${reason}`).join('; ');
      return missing(`The connector ${reference} cannot be used (${file.path}): ${why}.`);
    }
    const { type, spec: written } = read.content;
    const { spec, references } = qualifySecrets(type, written, owner);
    const plain = new Map(references.map((each) => [each, secret(each)]));
    const taken = withSshKey({ identifier, type, spec: { ...spec } }, plain, sources);
    return found(taken, sources);
  };
}

function found({ connector, secrets }: TakenConnector<FoundSecret>, sources: SshSources<FoundSecret>): FoundConnector {
  const needs = [...secrets.keys()].filter((reference) => sources.sshKey(reference) === undefined);
  return { kind: 'found', connector: { ...connector, secrets, needs } };
}

/** A step's target may be named by its SSH key alone. */
function withoutFile(reference: string, sources: SshSources<FoundSecret>): FoundConnector {
  const key = sources.sshKey(reference);
  if (key === undefined) {
    const { identifier } = parseScopedIdentifier(reference);
    return missing(`The connector ${reference} is not there: no file below .harness/ holds a connector ${identifier}.`);
  }
  return found(sshConnector(key, sources), sources);
}

/** A document `secret:` of type SSHKey: who signs in, and by which secrets. */
function findSshKey(repository: Repository, reference: string): SshKeySecret | undefined {
  const { scope, identifier } = parseScopedIdentifier(reference);
  const file = repository.findFile('secret', identifier, scope);
  if (file?.field('type') !== 'SSHKey') return undefined;
  const root: unknown = parse(file.text, { logLevel: 'silent' });
  const document = isMap(root) ? root['secret'] : undefined;
  const spec = isMap(document) && isMap(document['spec']) ? document['spec'] : {};
  const read = readSshSpec(spec);
  const login = 'spec' in read ? sshLogin(read.spec) : undefined;
  return login === undefined ? undefined : { login, identifier, owner: ownerOf(file) };
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

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
