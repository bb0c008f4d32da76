/**
 * Where compilations find the documents that a pipeline refers to. Made for one request or one batch of events: what was read
 * is kept for so long, so that all that is compiled together sees the same documents.
 */
import {
  referenceKey,
  type DocumentReference,
  type ProjectScope,
  type StoredDocument,
  keepWrittenNumbers,
} from '@bridle/pipeline';
import { Document, parseDocument, YAMLSeq } from 'yaml';
import type { Database, Transaction } from '../store/database.ts';
import { ownerColumns, ownerSeenFrom } from '../store/owner-scope.ts';
import { findInputSets, type InputSetRow } from '../store/input-sets.ts';
import { findStoredFilesByPath } from '../store/stored-files.ts';
import { findVariableTexts } from '../store/variables.ts';
import {
  findReferencedDeploymentDocuments,
  findReferencedTemplates,
  TOO_LARGE,
  type DeploymentReference,
  type FileReference,
  type FoundDeploymentDocument,
} from '../store/referenced-documents.ts';

/** What is in a stored file; `undefined` = it is gone, or no text of at most so many bytes. */
export type ReadStoredText = (fileKey: string, bytesMax: number) => Promise<string | undefined>;

/** A script of a step (P1). */
const SCRIPT_BYTES_MAX = 1_048_576;

/** `null` = there is none. */
export type FoundDocument = StoredDocument | null;

export class DocumentSource {
  readonly #db: Database | Transaction;
  readonly #readText: ReadStoredText | undefined;
  readonly #documents = new Map<string, FoundDocument>();
  readonly #inputSets = new Map<string, InputSetRow | undefined>();

  /** @param readText - needed by what starts executions, whose scripts may be stored files */
  constructor(db: Database | Transaction, readText?: ReadStoredText) {
    this.#db = db;
    this.#readText = readText;
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
    const others = await findReferencedDeploymentDocuments(this.#db, scope, possible.filter(isOfDeployments));
    const asked = possible.filter((reference) => reference.kind === 'variables');
    const variables = await findVariableTexts(
      this.#db,
      asked.map((reference) => ownerSeenFrom(scope, reference.scope)),
    );
    const files = possible.filter((reference) => reference.kind === 'file');
    const scripts = await this.#findScripts(scope, files);
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
    files.forEach((reference, index) => {
      const yaml = scripts[index];
      if (yaml !== undefined) this.#documents.set(keyOf(reference), { yaml });
    });
    return references.map((reference) => this.#documents.get(keyOf(reference)) ?? null);
  }

  async #findScripts(
    scope: ProjectScope,
    references: readonly FileReference[],
  ): Promise<readonly (string | undefined)[]> {
    if (references.length === 0) return [];
    if (this.#readText === undefined) throw new Error('A file is asked for where no files can be read.');
    const wanted = references.map(({ scope: level, path }) => ({ owner: ownerSeenFrom(scope, level), path }));
    const rows = await findStoredFilesByPath(this.#db, wanted);
    const texts: (string | undefined)[] = [];
    for (const { owner, path } of wanted) {
      const name = JSON.stringify([ownerColumns(owner), path]);
      const row = rows.find((each) => JSON.stringify([ownerColumns(each.owner), each.path]) === name);
      const isSmall = row?.fileKey !== undefined && row.bytes <= SCRIPT_BYTES_MAX;
      texts.push(isSmall ? await this.#readText(row.fileKey, SCRIPT_BYTES_MAX) : undefined);
    }
    return texts;
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

function isOfDeployments(reference: DocumentReference): reference is DeploymentReference {
  return !['template', 'variables', 'file'].includes(reference.kind);
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
  list.items = found.map(
    ({ yaml }) => parseDocument(yaml, { uniqueKeys: false, customTags: keepWrittenNumbers }).contents,
  );
  const document = new Document(undefined, { customTags: keepWrittenNumbers });
  document.contents = list;
  return document.toString({ lineWidth: 0 });
}
