/**
 * Where a stage asks for all inputs of a document at once (`serviceInputs: <+input>` beside a fixed `serviceRef`): the tree
 * of the document in that place, so that a form can ask for what is in it. Only for what is shown to people: a run takes the
 * values as one tree and gives them to the document (`fill-inputs.ts`).
 */
import { Findings } from '../diagnostics.ts';
import { parseScopedIdentifier, type DocumentReference, type Documents } from '../documents.ts';
import { isLate } from '../read-fields.ts';
import { find, findText, relocate, replaceAt, walk, type MapNode, type YamlNode } from '../yaml-node.ts';
import { INFRASTRUCTURE_ROOT } from './infrastructure-document.ts';
import { ReferenceLoader } from './load-references.ts';

export interface PlacedInputs {
  readonly map: MapNode;
  /** Not empty = ask again with these. */
  readonly needsDocuments: readonly DocumentReference[];
}

/** `pipeline` is the map under `pipeline`, its templates expanded. */
export function placeDocumentInputs(pipeline: MapNode, documents: Documents): PlacedInputs {
  const placer = new Placer(documents);
  walk(pipeline, (node) => {
    const stage = find(node, 'stage');
    if (findText(stage, 'type') === 'Deployment') placer.visit(find(stage, 'spec'));
  });
  const map = placer.placed.size === 0 ? pipeline : replaceAt(pipeline, placer.placed);
  return { map: map.kind === 'map' ? map : pipeline, needsDocuments: placer.needsDocuments() };
}

class Placer {
  readonly #loader: ReferenceLoader;
  readonly placed = new Map<string, YamlNode>();

  constructor(documents: Documents) {
    // What does not exist is said when a run is started.
    this.#loader = new ReferenceLoader(documents, new Findings());
  }

  needsDocuments(): readonly DocumentReference[] {
    return [...this.#loader.needs.values()];
  }

  visit(spec: YamlNode | undefined): void {
    for (const use of [find(spec, 'service'), ...itemsOf(find(find(spec, 'services'), 'values'))]) this.#service(use);
    for (const use of [
      find(spec, 'environment'),
      ...itemsOf(find(find(spec, 'environments'), 'values')),
      ...itemsOf(find(find(spec, 'environmentGroup'), 'environments')),
    ])
      this.#environment(use);
  }

  #service(use: YamlNode | undefined): void {
    const ref = fixedText(use, 'serviceRef');
    if (ref === undefined) return;
    const reference = { kind: 'service', ...parseScopedIdentifier(ref) } as const;
    this.#place(find(use, 'serviceInputs'), reference, 'service', ['serviceDefinition']);
  }

  #environment(use: YamlNode | undefined): void {
    const environmentRef = fixedText(use, 'environmentRef');
    if (environmentRef === undefined) return;
    const { scope, identifier } = parseScopedIdentifier(environmentRef);
    const reference = { kind: 'environment', scope, identifier } as const;
    const keys = ['identifier', 'type', 'variables', 'overrides'];
    this.#place(find(use, 'environmentInputs'), reference, 'environment', keys);
    for (const item of itemsOf(find(use, 'infrastructureDefinitions'))) {
      const own = fixedText(item, 'identifier');
      if (own === undefined) continue;
      const infrastructure = { kind: 'infrastructure', scope, identifier: own, environmentRef } as const;
      this.#place(find(item, 'inputs'), infrastructure, INFRASTRUCTURE_ROOT, ['identifier', 'type', 'spec']);
    }
  }

  /** `keys` are those that a stage may give. */
  #place(asked: YamlNode | undefined, reference: DocumentReference, rootKey: string, keys: readonly string[]): void {
    if (asked?.kind !== 'scalar' || asked.text.trim() !== '<+input>') return;
    const map = this.#loader.loadIfAny(reference, rootKey);
    if (map === undefined) return;
    const entries = new Map([...map.entries].filter(([key]) => keys.includes(key)));
    this.placed.set(asked.path, relocate({ ...map, entries }, asked.path));
  }
}

function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'list' ? node.items : [];
}

function fixedText(node: YamlNode | undefined, key: string): string | undefined {
  const text = findText(node, key);
  return text === undefined || text === '' || isLate(text) ? undefined : text;
}
