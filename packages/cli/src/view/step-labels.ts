/** What stands before the lines of a step's log: `build/unit`, the identifiers from its stage down. */
import { pathOf, type RunTree } from './run-tree.ts';

export class StepLabels {
  readonly #tree: RunTree;
  /** Logs have many lines, and a place never changes. */
  readonly #labels = new Map<string, string>();

  constructor(tree: RunTree) {
    this.#tree = tree;
  }

  of(id: string): string {
    const known = this.#labels.get(id);
    if (known !== undefined) return known;
    const node = this.#tree.find(id);
    if (node === undefined) return id;
    const label = pathOf(node)
      .map(({ state }) => state.identifier)
      .join('/');
    this.#labels.set(id, label);
    return label;
  }
}
