import { suggest } from '@bridle/pipeline';

/** `Did you mean X? `, or nothing. */
export function suggestLine(word: string, known: readonly string[]): string {
  const nearest = suggest(word, known);
  return nearest === undefined ? '' : `Did you mean ${nearest}? `;
}
