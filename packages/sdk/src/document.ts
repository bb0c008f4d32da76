/** Pipelines, triggers and the like are documents: their text, or what it would say. JSON is YAML, too. */
export type Document = string | Readonly<Record<string, unknown>>;

export function documentText(document: Document): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}
