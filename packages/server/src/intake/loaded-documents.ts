import { referenceKey, type DocumentReference, type Documents } from '@bridle/pipeline';
import type { FoundDocument } from './document-source.ts';

/** Those that were asked for so far, and what is behind them: nothing more, so that equal requests read the same. */
export class LoadedDocuments implements Documents {
  readonly #found = new Map<string, FoundDocument>();
  readonly #references: DocumentReference[] = [];
  #length = 0;

  find(reference: DocumentReference): FoundDocument | undefined {
    return this.#found.get(referenceKey(reference));
  }

  add(reference: DocumentReference, document: FoundDocument): void {
    this.#found.set(referenceKey(reference), document);
    this.#references.push(reference);
    this.#length += document?.yaml.length ?? 0;
  }

  /** In the order in which they were asked for. */
  get references(): readonly DocumentReference[] {
    return this.#references;
  }

  get size(): number {
    return this.#found.size;
  }

  /** Of all texts. */
  get length(): number {
    return this.#length;
  }

  /** Text that differs whenever any of the documents does. */
  fingerprint(): string {
    return [...this.#found]
      .map(([key, document]) => (document === null ? key : `${key}\0${document.versionLabel ?? ''}\0${document.yaml}`))
      .join('\0\0');
  }
}
