/** What a job of GitLab is made of: `default`, the jobs it extends, `!reference`. */
import type { Ledger } from '../ledger.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../source.ts';
import { flagOf, mapOf, textOf, textsOf } from '../source-nodes.ts';

/** GitLab's own limits. */
const EXTENDS_LEVELS_MAX = 11;
const REFERENCE_LEVELS_MAX = 10;

/** Keys of a job that `default` may give. */
export const DEFAULT_KEYS = [
  'after_script',
  'artifacts',
  'before_script',
  'cache',
  'hooks',
  'id_tokens',
  'image',
  'interruptible',
  'retry',
  'services',
  'tags',
  'timeout',
] as const;

export class Resolver {
  readonly #root: SourceMap;
  readonly #ledger: Ledger;
  readonly #replaced = new Set<SourceEntry>();

  constructor(root: SourceMap, ledger: Ledger) {
    this.#root = root;
    this.#ledger = ledger;
  }

  /** The job with everything it gets from elsewhere; places are those of where it is written. */
  job(entry: SourceEntry): SourceMap | undefined {
    const own = mapOf(entry.value);
    if (own === undefined) return undefined;
    const extended = mapOf(this.#references(this.#extend(own, entry, 0), 0));
    return extended === undefined ? undefined : this.#withDefaults(extended);
  }

  /** Entries that another one has taken the place of, wherever they are used. */
  replaced(): readonly SourceEntry[] {
    return [...this.#replaced].filter((entry) => !this.#ledger.isRead(entry));
  }

  #extend(map: SourceMap, at: SourceEntry, level: number): SourceMap {
    const from = this.#ledger.takeEntry(map, 'extends');
    if (from === undefined) return map;
    if (level >= EXTENDS_LEVELS_MAX) {
      this.#ledger.manual(
        from,
        `extends of ${at.key}`,
        `It goes through more than ${String(EXTENDS_LEVELS_MAX)} levels.`,
      );
      return map;
    }
    let base: SourceMap | undefined;
    for (const name of textsOf(from.value)) {
      const found = this.#root.entries.get(name);
      const other = mapOf(found?.value);
      if (found === undefined || other === undefined) {
        this.#ledger.manual(
          from,
          `extends: ${name}`,
          'It is not in this file.',
          'Convert the file with what it includes written into it.',
        );
        continue;
      }
      const whole = this.#extend(other, found, level + 1);
      base = base === undefined ? whole : this.#merge(base, whole);
    }
    const names = textsOf(from.value).join(', ');
    if (base !== undefined)
      this.#ledger.converted(from, `extends: ${names}`, 'What it takes from there is written out.');
    return base === undefined ? map : this.#merge(base, map);
  }

  /** Maps are merged, everything else is replaced. */
  #merge(base: SourceMap, over: SourceMap): SourceMap {
    const entries = new Map(base.entries);
    entries.delete('extends');
    for (const [key, entry] of over.entries) {
      const before = entries.get(key);
      const [low, high] = [mapOf(before?.value), mapOf(entry.value)];
      if (before !== undefined && (low === undefined || high === undefined)) this.#replaced.add(before);
      entries.set(key, low === undefined || high === undefined ? entry : { ...entry, value: this.#merge(low, high) });
      if (before !== undefined && low !== undefined && high !== undefined) this.#ledger.takeEntry(base, key);
    }
    return { ...over, entries };
  }

  /** `!reference [job, key]`, wherever it stands. */
  #references(node: SourceNode, level: number): SourceNode {
    if (node.kind === 'list' && node.tag === '!reference') {
      const found = this.#follow(textsOf(node));
      if (found === undefined || level >= REFERENCE_LEVELS_MAX) {
        this.#ledger.manual(node, `!reference [${textsOf(node).join(', ')}]`, 'It leads to nothing in this file.');
        return { kind: 'scalar', text: '', value: null, place: node.place };
      }
      this.#ledger.tell(node);
      this.#ledger.converted(node, `!reference [${textsOf(node).join(', ')}]`, 'What it leads to is written out.');
      return this.#references(found, level + 1);
    }
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.#references(item, level)) };
    if (node.kind === 'scalar') return node;
    const entries = [...node.entries].map(
      ([key, entry]) => [key, { ...entry, value: this.#references(entry.value, level) }] as const,
    );
    return { ...node, entries: new Map(entries) };
  }

  #follow(names: readonly string[]): SourceNode | undefined {
    let at: SourceNode | undefined = this.#root;
    for (const name of names) {
      const map: SourceMap | undefined = mapOf(at);
      at = this.#ledger.take(map, name);
    }
    return at;
  }

  #withDefaults(job: SourceMap): SourceMap {
    const inherit = mapOf(this.#ledger.take(job, 'inherit'));
    const wanted = this.#ledger.takeEntry(inherit, 'default');
    if (wanted !== undefined)
      this.#ledger.converted(
        wanted,
        `inherit default: ${textOf(wanted.value) ?? textsOf(wanted.value).join(', ')}`,
        'What it takes from there is written out.',
      );
    const only = wanted?.value.kind === 'list' ? textsOf(wanted.value) : undefined;
    if ((wanted !== undefined && flagOf(wanted.value) === false) || job.entries.has('trigger')) return job;
    const entries = new Map(job.entries);
    const defaults = mapOf(this.#ledger.take(this.#root, 'default'));
    for (const key of DEFAULT_KEYS) {
      const found = defaults?.entries.get(key) ?? this.#root.entries.get(key);
      if (found === undefined || entries.has(key) || (only !== undefined && !only.includes(key))) continue;
      entries.set(key, { ...found, value: this.#references(found.value, 0) });
    }
    return { ...job, entries };
  }
}
