/** Finds the documents that a deployment refers to; what is not loaded yet is collected, what does not exist is reported. */
import { isBlocked, Findings, type Place } from '../diagnostics.ts';
import { describeReference, referenceKey, type DocumentReference, type Documents } from '../documents.ts';
import { loadYaml } from '../load-yaml.ts';
import { findRoot } from '../parse-pipeline.ts';
import { relocate, type MapNode } from '../yaml-node.ts';
import { loadEntity } from './entity-document.ts';

/** `undefined` = not loaded yet, missing or unreadable: noted. */
export class ReferenceLoader {
  readonly #documents: Documents;
  readonly #findings: Findings;
  readonly #reported = new Set<string>();
  /** References that must be loaded before the deployment is known. */
  readonly needs = new Map<string, DocumentReference>();

  constructor(documents: Documents, findings: Findings) {
    this.#documents = documents;
    this.#findings = findings;
  }

  /** The map under the root key of a document that must exist; `place` is where it is referred to. */
  load(reference: DocumentReference, rootKey: string, place: Place): MapNode | undefined {
    const text = this.#find(reference);
    if (text === null) this.#reportMissing(reference, place);
    return typeof text === 'string' ? this.#read(text, reference, rootKey) : undefined;
  }

  /** The same for a document that need not exist. */
  loadIfAny(reference: DocumentReference, rootKey: string): MapNode | undefined {
    const text = this.#find(reference);
    return typeof text === 'string' ? this.#read(text, reference, rootKey) : undefined;
  }

  /** All documents of a list; one without any is reported like one that does not exist. */
  loadAll(reference: DocumentReference, rootKey: string, place: Place): readonly MapNode[] {
    const text = this.#find(reference);
    if (text === undefined) return [];
    const { root, diagnostics } = loadYaml(text ?? '', describeReference(reference));
    this.#addBlocking(diagnostics, reference);
    const items = root?.kind === 'list' ? root.items : [];
    if (items.length === 0) this.#reportMissing(reference, place);
    return items.flatMap((item) => {
      const map = findRoot(item, rootKey, this.#findings);
      // Each stands for a document of its own.
      const own = map === undefined ? undefined : relocate(map, rootKey);
      return own?.kind === 'map' ? [own] : [];
    });
  }

  #find(reference: DocumentReference): string | null | undefined {
    const found = this.#documents.find(reference);
    if (found === undefined) this.needs.set(referenceKey(reference), reference);
    return found === null || found === undefined ? found : found.yaml;
  }

  #read(text: string, reference: DocumentReference, rootKey: string): MapNode | undefined {
    const { map, diagnostics } = loadEntity(text, rootKey, describeReference(reference));
    this.#addBlocking(diagnostics, reference);
    return map;
  }

  /** Warnings about a document are for those who save it. */
  #addBlocking(diagnostics: ReturnType<Findings['list']>, reference: DocumentReference): void {
    const key = referenceKey(reference);
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#findings.addAll(diagnostics.filter((diagnostic) => isBlocked([diagnostic], 'run')));
  }

  #reportMissing(reference: DocumentReference, place: Place): void {
    const line = String(place.range.start.line);
    this.#findings.add(
      'REFERENCE_NOT_FOUND',
      'run',
      place,
      `${reference.kind === 'infrastructures' ? 'There are no' : 'There is no'} ${describeReference(reference)} (line ${line}).`,
      'org. and account. before an identifier name its scope; without them it is the project.',
    );
  }
}

/** Reads a document's map; what blocks the run is kept, each once. */
export function readBlocking<Of>(read: (findings: Findings) => Of, findings: Findings): Of {
  const own = new Findings();
  const entity = read(own);
  findings.addAll(own.list().filter((diagnostic) => isBlocked([diagnostic], 'run')));
  return entity;
}
