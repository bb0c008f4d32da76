/**
 * Keeps account of the source.
 *
 * - C1 Nothing of the source disappears silently: a key is read by whoever converts it, and whoever reads it writes it to the
 *   output or reports it; what nobody has read is reported as dropped when the books are closed.
 */
import type { ReportItem, ReportLevel } from './result.ts';
import type { Place, SourceEntry, SourceMap, SourceNode } from './source.ts';
import { describe, isNothing, mayBeSecret } from './source-nodes.ts';

/** Why the audit reports a value. */
export const UNEXPECTED = 'It has no effect: it is not of the form that is read here.';
const UNKNOWN = 'Bridle has nothing that corresponds to it.';

export class Ledger {
  readonly #read = new Set<number>();
  /** Where values begin that somebody has read: an alias leads to the same place as its anchor. */
  readonly #values = new Set<number>();
  /** Values that are told of with all that is below them. */
  readonly #told = new Set<number>();
  readonly #items: ReportItem[] = [];
  readonly #seen = new Set<string>();

  /** The value of a key, which counts as read. */
  take(map: SourceMap | undefined, key: string): SourceNode | undefined {
    return this.takeEntry(map, key)?.value;
  }

  takeEntry(map: SourceMap | undefined, key: string): SourceEntry | undefined {
    const entry = map?.entries.get(key);
    if (entry !== undefined) this.#mark(entry);
    return entry;
  }

  /** The keys of a map, all of which count as read: they are names, or values that go over as they are. */
  takeAll(map: SourceMap | undefined): readonly SourceEntry[] {
    const entries = [...(map?.entries.values() ?? [])];
    for (const entry of entries) this.#mark(entry);
    return entries;
  }

  #mark({ place, value }: SourceEntry): void {
    this.#read.add(place.offset);
    this.#markValue(value);
  }

  #markValue(node: SourceNode): void {
    if (node.kind === 'scalar' && node.value === null) return;
    this.#values.add(node.place.offset);
    if (node.kind === 'list') for (const item of node.items) this.#markValue(item);
  }

  /** Everything at and below the node counts as read, and as told of by whoever calls. */
  takeWhole(node: SourceNode | undefined): void {
    if (node !== undefined && !isNothing(node)) this.#told.add(node.place.offset);
    if (node?.kind === 'list') for (const item of node.items) this.takeWhole(item);
    if (node?.kind !== 'map') return;
    for (const { value } of this.takeAll(node)) this.takeWhole(value);
  }

  /** What is said of the node says all of what is below it. */
  tell(node: SourceNode): void {
    this.#told.add(node.place.offset);
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
      if (this.isRead(entry)) this.close(entry.value);
      else {
        this.takeWhole(entry.value);
        this.#add('dropped', entry.place, labelOf(entry), UNKNOWN);
      }
    }
  }

  /** By itself, by an alias or a template that leads to it, or by something below it. */
  isRead({ place, value }: SourceEntry): boolean {
    return this.#read.has(place.offset) || this.#isReadBelow(value);
  }

  #isReadBelow(node: SourceNode): boolean {
    if (this.#values.has(node.place.offset) && !(node.kind === 'scalar' && node.value === null)) return true;
    if (node.kind === 'list') return node.items.some((item) => this.#isReadBelow(item));
    if (node.kind !== 'map') return false;
    return [...node.entries.values()].some((entry) => this.isRead(entry));
  }

  /**
   * Reports values that are neither in the output nor told of, by themselves or by something around them: those that have
   * another form than anybody expected.
   * @param wholes - places of stages, about which items may be that tell of no single value
   */
  audit(root: SourceNode, isInOutput: (text: string) => boolean, wholes: readonly Place[]): void {
    const ignored = new Set(wholes.map(({ offset }) => offset));
    const told = new Set(this.#items.map(({ line, column }) => `${String(line)}:${String(column)}`));
    const isTold = ({ line, column, offset }: Place): boolean =>
      !ignored.has(offset) && told.has(`${String(line)}:${String(column)}`);
    const seen = new Set<number>();
    const visit = (node: SourceNode, key: string): void => {
      // A map begins where its first key does: only its entries say what is told of.
      if (isNothing(node) || this.#told.has(node.place.offset)) return;
      if (node.kind === 'list') {
        for (const item of node.items) visit(item, key);
        return;
      }
      if (node.kind === 'map') {
        for (const entry of node.entries.values()) if (!isTold(entry.place)) visit(entry.value, entry.key);
        return;
      }
      if (seen.has(node.place.offset)) return;
      seen.add(node.place.offset);
      if (node.text === '' || isTold(node.place) || isInOutput(node.text)) return;
      const what = key === '' ? node.text : labelOf({ key, value: node, place: node.place });
      this.#add('dropped', node.place, what, UNEXPECTED);
    };
    visit(root, '');
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
  const text = mayBeSecret(key) && value.kind === 'scalar' && value.value !== null ? '…' : describe(value);
  return text === '' ? `${key}:` : `${key}: ${text}`;
}
