/** Identifiers and names for what the source names more freely (pipelines.md §1.2). */
import { isIdentifier } from '@bridle/pipeline';

const LENGTH_MAX = 128;
/** Room for what makes a name unique. */
const STEM_LENGTH_MAX = 110;

/** A usable identifier that looks like the text. */
export function toIdentifier(text: string, otherwise: string): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/[^0-9a-zA-Z_]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, STEM_LENGTH_MAX);
  if (plain === '') return otherwise;
  const begun = /^\d/.test(plain) ? `_${plain}` : plain;
  return isIdentifier(begun) ? begun : `${begun}_`;
}

/** Gives out identifiers, each once. */
export class Identifiers {
  readonly #taken = new Set<string>();

  take(text: string, otherwise: string): string {
    const stem = toIdentifier(text, otherwise);
    let identifier = stem;
    for (let count = 2; this.#taken.has(identifier); count++) identifier = `${stem}_${String(count)}`;
    this.#taken.add(identifier);
    return identifier;
  }
}

/** A name without the characters that Harness refuses; what remains of it, or the other. */
export function toName(text: string, otherwise: string): string {
  const plain = text
    .replaceAll(/\$\{\{[^]*?\}\}/g, ' ')
    .replaceAll(/[^-0-9a-zA-Z_\s.]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[^a-zA-Z_0-9.-]+/, '')
    .trim()
    .slice(0, LENGTH_MAX);
  return plain === '' ? otherwise : plain;
}
