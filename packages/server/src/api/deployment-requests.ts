/** What requests about services, environments and infrastructures say, and what is answered when that does not work. */
import { asProjectsWrite, levelOf } from '@bridle/pipeline';
import type { FastifyRequest } from 'fastify';
import { stringify } from 'yaml';
import type { GivenDocument, SaveDeploymentResult } from '../intake/save-deployment-document.ts';
import type { DeploymentKey, DeploymentKind, DeploymentRow } from '../store/deployment-documents.ts';
import { type OwnerScope } from '../store/owner-scope.ts';
import { describeOwner, noOwner, ownerOf, staleVersion } from './answers.ts';
import { invalidYaml } from './diagnostics.ts';
import { ApiError, invalidRequest, notFound, RequestError } from './errors.ts';
import { mismatch } from './pipeline-routes.ts';

export interface DeploymentWords {
  readonly kind: DeploymentKind;
  readonly word: string;
  /** Root key of the YAML that is made where the request brings none; absent = it has to bring it. */
  readonly root?: string;
}

export interface DeploymentBody {
  readonly identifier: string;
  readonly orgIdentifier?: string | null;
  readonly projectIdentifier?: string | null;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly tags?: Record<string, string> | null;
  readonly yaml?: string | null;
  readonly type?: string | null;
  /** Of an infrastructure. */
  readonly environmentRef?: string | null;
}

interface OwnerWords {
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}

/** The body may name the scope too; the query decides where both do, and they must agree. */
export function bodyOwner(
  request: FastifyRequest,
  query: OwnerWords,
  body: Pick<DeploymentBody, 'orgIdentifier' | 'projectIdentifier'>,
  word: string,
): OwnerScope {
  const wordOf = (field: 'orgIdentifier' | 'projectIdentifier'): string => {
    const inQuery = query[field] ?? '';
    const inBody = body[field] ?? '';
    if (inQuery !== '' && inBody !== '' && inQuery !== inBody) {
      throw invalidRequest(`The body of the ${word} has the ${field} ${inBody}, but the query has ${inQuery}.`);
    }
    return inQuery === '' ? inBody : inQuery;
  };
  return ownerOf(request, {
    orgIdentifier: wordOf('orgIdentifier'),
    projectIdentifier: wordOf('projectIdentifier'),
  });
}

export function bodyKey(
  request: FastifyRequest<{ Body: DeploymentBody; Querystring: OwnerWords }>,
  { kind, word }: DeploymentWords,
): DeploymentKey {
  const { identifier, environmentRef } = request.body;
  const owner = bodyOwner(request, request.query, request.body, word);
  const isOwned = kind === 'infrastructure';
  return { owner, kind, identifier, environmentRef: isOwned ? scopedEnvironment(owner, environmentRef ?? '') : '' };
}

export function pathKey(
  request: FastifyRequest<{
    Params: { readonly identifier: string };
    Querystring: OwnerWords & { readonly environmentIdentifier?: string };
  }>,
  { kind }: DeploymentWords,
): DeploymentKey {
  const owner = ownerOf(request, request.query);
  const { environmentIdentifier = '' } = request.query;
  const { identifier } = request.params;
  if (kind !== 'infrastructure') return { owner, kind, identifier, environmentRef: '' };
  if (environmentIdentifier === '') {
    const error = 'is needed: an infrastructure belongs to an environment';
    throw new RequestError('INVALID_REQUEST', `environmentIdentifier: ${error}`, [
      { fieldId: 'environmentIdentifier', error },
    ]);
  }
  return { owner, kind, identifier, environmentRef: scopedEnvironment(owner, environmentIdentifier) };
}

/** An infrastructure belongs to whom its environment belongs to: another scope's environment is not meant. */
export function scopedEnvironment(owner: OwnerScope, reference: string): string {
  const level = levelOf(owner);
  const found = asProjectsWrite(level, reference);
  const named = /^(account|org)\./.exec(found)?.[1] ?? 'project';
  if (named === level) return found;
  throw invalidRequest(
    `The environment ${reference} does not belong to ${describeOwner(owner)}. Send the scope of the environment: its infrastructures belong there too.`,
  );
}

/** Clients may save a name only: the document is made of it then. */
export function givenText(
  { body }: FastifyRequest<{ Body: DeploymentBody; Querystring: OwnerWords }>,
  { word, root }: DeploymentWords,
): GivenDocument {
  const { yaml, type } = body;
  const given = type === undefined || type === null ? {} : { type };
  if (yaml !== undefined && yaml !== null && yaml.trim() !== '') return { yaml, ...given };
  if (root === undefined) throw invalidRequest(`The ${word} has no yaml: its document is needed.`);
  const { identifier, name, description, tags, orgIdentifier, projectIdentifier } = body;
  const document = {
    name: name ?? identifier,
    identifier,
    ...(description === undefined || description === null ? {} : { description }),
    ...(tags === undefined || tags === null ? {} : { tags }),
    ...(typeof orgIdentifier === 'string' && orgIdentifier !== '' ? { orgIdentifier } : {}),
    ...(typeof projectIdentifier === 'string' && projectIdentifier !== '' ? { projectIdentifier } : {}),
    ...(root === 'environment' ? { type: type ?? 'PreProduction' } : {}),
  };
  return { yaml: stringify({ [root]: document }), ...given };
}

export function noDocument({ owner, identifier, kind, environmentRef }: DeploymentKey, words: DeploymentWords): Error {
  const where = kind === 'infrastructure' ? ` of the environment ${environmentRef}` : '';
  const word = `${words.word.charAt(0).toUpperCase()}${words.word.slice(1)}`;
  return notFound(
    `${word} with the given ID: ${identifier}${where} does not exist in ${describeOwner(owner)} or has been deleted.`,
  );
}

export function deleted(outcome: 'deleted' | 'missing' | 'stale', key: DeploymentKey, words: DeploymentWords): true {
  if (outcome === 'missing') throw noDocument(key, words);
  if (outcome === 'stale') throw staleVersion(`The ${words.word} ${key.identifier}`);
  return true;
}

export function saved(result: SaveDeploymentResult, key: DeploymentKey, words: DeploymentWords): DeploymentRow {
  switch (result.kind) {
    case 'saved':
      return result.row;
    case 'invalid':
      throw invalidYaml(result.diagnostics);
    case 'mismatch':
      throw mismatch(words.word, result);
    case 'duplicate':
      throw new ApiError(
        'DUPLICATE_FIELD',
        `The ${words.word} [${key.identifier}] already exists in ${describeOwner(key.owner)}.`,
      );
    case 'noOwner':
      throw noOwner(key.owner);
    case 'noEnvironment':
      throw notFound(
        `Environment with the given ID: ${result.environmentRef} does not exist in ${describeOwner(key.owner)} or has been deleted.`,
      );
    case 'missing':
      throw noDocument(key, words);
    case 'stale':
      throw staleVersion(`The ${words.word} ${key.identifier}`);
  }
}
