/** Volumes: a temporary one is a shared path of the stage, all others are left to a person. */
import type { Ledger } from '../ledger.ts';
import type { SourceMap, SourceNode } from '../source.ts';
import { itemsOf, mapOf, textOf } from '../source-nodes.ts';

/** What can be shared: absolute, plain, and none of the container's own folders. */
const SHARED = /^\/(?!(?:harness|proc|sys|dev)(?:\/|$))(?!.*(?:^|\/)\.\.(?:\/|$))[^*?[\]\s]+$/;

export class Volumes {
  readonly #ledger: Ledger;
  /** Names of temporary volumes. */
  readonly #temporary = new Set<string>();
  /** The path at which a volume was mounted first. */
  readonly #paths = new Map<string, string>();

  constructor(pipeline: SourceMap, ledger: Ledger) {
    this.#ledger = ledger;
    for (const item of itemsOf(ledger.take(pipeline, 'volumes'))) {
      const map = mapOf(item);
      const name = textOf(ledger.take(map, 'name')) ?? '';
      ledger.tell(item);
      const isTemporary = map?.entries.has('temp') === true;
      ledger.report(
        isTemporary ? 'converted' : 'manual',
        map,
        isTemporary ? 'temp' : 'host',
        isTemporary ? 'It lasts as long as the stage.' : 'Steps mount nothing of the machine.',
      );
      if (isTemporary) {
        this.#temporary.add(name);
        ledger.converted(item, `volume ${name}`, 'It is a shared path of the stage.');
      } else
        ledger.manual(
          item,
          `volume ${name}`,
          'Steps mount nothing of the machine.',
          'Use a cache, or what the container engine offers to its own steps.',
        );
    }
  }

  mount(node: SourceNode | undefined, step: string): void {
    for (const item of itemsOf(node)) {
      const map = mapOf(item);
      this.#ledger.tell(item);
      const name = textOf(this.#ledger.take(map, 'name')) ?? '';
      const path = textOf(this.#ledger.take(map, 'path')) ?? '';
      const first = this.#paths.get(name);
      if (this.#temporary.has(name) && (first === undefined || first === path) && SHARED.test(path)) {
        this.#paths.set(name, path);
        this.#ledger.converted(item, `volume ${name} at ${path}`, 'All containers of the stage see it there.');
      } else {
        const why = first === undefined ? 'It is not mounted.' : `It is mounted at ${first} in all steps.`;
        this.#ledger.manual(item, `volume ${name} at ${path} of ${step}`, why);
      }
    }
  }

  sharedPaths(): readonly string[] {
    return [...new Set(this.#paths.values())];
  }
}
