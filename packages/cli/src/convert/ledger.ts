/**
 * Keeps account of the source.
 *
 * - C1 Nothing of the source disappears silently: a key is read by whoever converts it, and whoever reads it writes it to the
 *   output or reports it; what nobody has read is reported as dropped when the books are closed.
 */
import type { ReportItem, ReportLevel } from './result.ts';
import type { Place, SourceEntry, SourceMap, SourceNode } from './source.ts';
import { describe } from './source-nodes.ts';

const UNKNOWN = 'Bridle has nothing that corresponds to it.';

export class Ledger {
  readonly #read = new Set<number>();
  readonly #items: ReportItem[] = [];
  readonly #seen = new Set<string>();

  /** The value of a key, which counts as read. */
  take(map: SourceMap | undefined, key: string): SourceNode | undefined {
    return this.takeEntry(map, key)?.value;
  }

  takeEntry(map: SourceMap | undefined, key: string): SourceEntry | undefined {
    const entry = map?.entries.get(key);
    if (entry !== undefined) this.#read.add(entry.place.offset);
    return entry;
  }

  /** The keys of a map, all of which count as read: they are names, or values that go over as they are. */
  takeAll(map: SourceMap | undefined): readonly SourceEntry[] {
    const entries = [...(map?.entries.values() ?? [])];
    for (const { place } of entries) this.#read.add(place.offset);
    return entries;
  }

  /** Everything at and below the node counts as read. */
  takeWhole(node: SourceNode | undefined): void {
    if (node?.kind === 'list') for (const item of node.items) this.takeWhole(item);
    if (node?.kind !== 'map') return;
    for (const { value } of this.takeAll(node)) this.takeWhole(value);
  }

  converted(at: { readonly place: Place }, what: string, into: string): void {
    this.#add('converted', at.place, what, into);
  }

  emulated(at: { readonly place: Place }, what: string, how: string, hint?: string): void {
    this.#add('emulated', at.place, what, how, hint);
  }

  manual(at: { readonly place: Place }, what: string, why: string, hint?: string): void {
    this.#add('manual', at.place, what, why, hint);
  }

  dropped(at: { readonly place: Place }, what: string, why: string, hint?: string): void {
    this.#add('dropped', at.place, what, why, hint);
  }

  /** Takes a key that is there and reports it with all that is below it. */
  report(level: ReportLevel, map: SourceMap | undefined, key: string, why: string, hint?: string): void {
    const entry = this.takeEntry(map, key);
    if (entry === undefined) return;
    this.takeWhole(entry.value);
    this.#add(level, entry.place, labelOf(entry), why, hint);
  }

  /** Reports every key below the root that nobody has read. */
  close(root: SourceNode): void {
    if (root.kind === 'list') for (const item of root.items) this.close(item);
    if (root.kind !== 'map') return;
    for (const entry of root.entries.values()) {
      if (this.#read.has(entry.place.offset) || this.#isReadBelow(entry.value)) this.close(entry.value);
      else this.#add('dropped', entry.place, labelOf(entry), UNKNOWN);
    }
  }

  /** A key that only its contents were read by: what an alias or a template leads to. */
  #isReadBelow(node: SourceNode): boolean {
    if (node.kind === 'list') return node.items.some((item) => this.#isReadBelow(item));
    if (node.kind !== 'map') return false;
    return [...node.entries.values()].some(
      ({ place, value }) => this.#read.has(place.offset) || this.#isReadBelow(value),
    );
  }

  /** In the order of the source; the same is said once, however often an alias leads to it. */
  items(): readonly ReportItem[] {
    return this.#items.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  #add(level: ReportLevel, { line, column }: Place, what: string, why: string, hint?: string): void {
    const item = { level, line, column, what, why, ...(hint === undefined ? {} : { hint }) };
    const identity = JSON.stringify(item);
    if (this.#seen.has(identity)) return;
    this.#seen.add(identity);
    this.#items.push(item);
  }
}

function labelOf({ key, value }: SourceEntry): string {
  const text = describe(value);
  return text === '' ? `${key}:` : `${key}: ${text}`;
}
