/**
 * Where compilations find the documents that a pipeline refers to. Made for one request or one batch of events: what was read
 * is kept for so long, so that all that is compiled together sees the same documents.
 */
import { referenceKey, type DocumentReference, type ProjectScope, type StoredDocument } from '@bridle/pipeline';
import { Document, parseDocument, YAMLSeq } from 'yaml';
import type { Database, Transaction } from '../store/database.ts';
import { ownerSeenFrom } from '../store/owner-scope.ts';
import { findInputSets, type InputSetRow } from '../store/input-sets.ts';
import { findVariableTexts } from '../store/variables.ts';
import {
  findReferencedDeploymentDocuments,
  findReferencedTemplates,
  TOO_LARGE,
  type FoundDeploymentDocument,
} from '../store/referenced-documents.ts';

/** `null` = there is none. */
export type FoundDocument = StoredDocument | null;

export class DocumentSource {
  readonly #db: Database | Transaction;
  readonly #documents = new Map<string, FoundDocument>();
  readonly #inputSets = new Map<string, InputSetRow | undefined>();

  constructor(db: Database | Transaction) {
    this.#db = db;
  }

  /** What the project sees behind each reference, in their order: one statement per table for those not read before. */
  async find(
    scope: ProjectScope,
    references: readonly DocumentReference[],
  ): Promise<readonly FoundDocument[] | typeof TOO_LARGE> {
    const keyOf = (reference: DocumentReference): string => `${scopeKey(scope)} ${referenceKey(reference)}`;
    const missing = references.filter((reference) => !this.#documents.has(keyOf(reference)));
    const possible = missing.filter((reference) => Object.values(reference).every(mayExist));
    // One after the other: inside a transaction there is one connection only.
    const templates = await findReferencedTemplates(
      this.#db,
      scope,
      possible.filter((reference) => reference.kind === 'template'),
    );
    const others = await findReferencedDeploymentDocuments(
      this.#db,
      scope,
      possible.filter((reference) => reference.kind !== 'template' && reference.kind !== 'variables'),
    );
    const asked = possible.filter((reference) => reference.kind === 'variables');
    const variables = await findVariableTexts(
      this.#db,
      asked.map((reference) => ownerSeenFrom(scope, reference.scope)),
    );
    if (templates === TOO_LARGE || others === TOO_LARGE) return TOO_LARGE;
    for (const reference of missing) this.#documents.set(keyOf(reference), null);
    for (const { reference, versionLabel, yaml } of templates) {
      this.#documents.set(keyOf(reference), { yaml, versionLabel });
    }
    for (const [reference, found] of Map.groupBy(others, (each) => each.reference)) {
      const [first] = found;
      if (first === undefined) continue;
      const yaml = reference.kind === 'infrastructures' ? joinDocuments(found) : first.yaml;
      this.#documents.set(keyOf(reference), { yaml });
    }
    asked.forEach((reference, index) => {
      this.#documents.set(keyOf(reference), { yaml: JSON.stringify({ variable: variables[index] ?? {} }) });
    });
    return references.map((reference) => this.#documents.get(keyOf(reference)) ?? null);
  }

  /** Input sets and overlays of a pipeline, in the order they are named; `undefined` where there is none. */
  async findInputSets(
    scope: ProjectScope,
    pipelineIdentifier: string,
    identifiers: readonly string[],
  ): Promise<readonly (InputSetRow | undefined)[]> {
    const keyOf = (identifier: string): string => `${scopeKey(scope)} ${pipelineIdentifier} ${identifier}`;
    const missing = identifiers.filter((identifier) => !this.#inputSets.has(keyOf(identifier)));
    const rows = await findInputSets(this.#db, scope, pipelineIdentifier, missing.filter(mayExist));
    for (const identifier of missing) this.#inputSets.set(keyOf(identifier), undefined);
    for (const row of rows) this.#inputSets.set(keyOf(row.identifier), row);
    return identifiers.map((identifier) => this.#inputSets.get(keyOf(identifier)));
  }
}

/** References may come from the data of an event: what PostgreSQL cannot hold cannot be there, and must not end the batch. */
function mayExist(text: string): boolean {
  return !text.includes('\0');
}

function scopeKey({ accountId, orgIdentifier, projectIdentifier }: ProjectScope): string {
  return `${accountId}/${orgIdentifier}/${projectIdentifier}`;
}

/** `deployToAll` asks for all infrastructures at once: one YAML list of their documents. */
function joinDocuments(found: readonly FoundDeploymentDocument[]): string {
  const list = new YAMLSeq();
  list.items = found.map(({ yaml }) => parseDocument(yaml).contents);
  const document = new Document();
  document.contents = list;
  return document.toString({ lineWidth: 0 });
}
