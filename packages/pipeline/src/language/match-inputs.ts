/**
 * Supplied values ↔ the places that ask for them (pipelines.md §2.4). Maps are matched by key, lists by identifier, name or
 * key wherever parallel groups put the items, other lists by position.
 *
 * Values for what came out of a template may be given in either shape: at the node itself, or below its `template:
 * templateInputs:`, as Harness writes them.
 */
import type { Findings, Place } from './diagnostics.ts';
import { indexItems, listKeyedItems } from './list-items.ts';
import { capitalised } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import { describeKind, find, type ListNode, type MapNode, type ScalarNode, type YamlNode } from './yaml-node.ts';

export type MisfitCode = 'INPUT_NOT_AN_INPUT' | 'INPUT_IDENTIFIER_NOT_FOUND' | 'INPUT_TYPE_MISMATCH';

export interface MatchOptions {
  /** What the values are for: `pipeline`, or a template by its name. */
  readonly whole: string;
  /** Where the values come from, as in `the inputs` (give …). */
  readonly source: string;
  /** Called for what is given and fits no place. */
  readonly onMisfit: (code: MisfitCode, place: Place, message: string, hint?: string) => void;
  /** Called for a key the map does not have; `true` = dealt with. */
  readonly onExtra?: (own: MapNode, key: string, value: YamlNode) => boolean;
}

/** The options of inputs that must fit: each misfit blocks the run. */
export function strictInputs(findings: Findings): MatchOptions {
  return {
    whole: 'pipeline',
    source: 'the inputs',
    onMisfit: (code, place, message, hint) => findings.add(code, 'run', place, message, hint),
  };
}

/** What is given for the places at `paths`, by path and unchecked: may be `<+input>` again, or an empty text. */
export function matchInputs(
  own: YamlNode,
  paths: ReadonlySet<string>,
  given: YamlNode,
  options: MatchOptions,
): ReadonlyMap<string, YamlNode> {
  const matcher = new Matcher(paths, options);
  matcher.match(own, given);
  return matcher.given;
}

class Matcher {
  readonly #paths: ReadonlySet<string>;
  readonly #options: MatchOptions;
  readonly given = new Map<string, YamlNode>();

  constructor(paths: ReadonlySet<string>, options: MatchOptions) {
    this.#paths = paths;
    this.#options = options;
  }

  match(own: YamlNode, given: YamlNode): void {
    // Nothing given: not an input that is supplied, and no reason to complain.
    if (given.kind === 'scalar' && given.value === null) return;
    if (own.kind === 'scalar' && this.#paths.has(own.path)) this.given.set(own.path, given);
    else if (own.kind === 'map' && given.kind === 'map') this.#matchMap(own, given);
    else if (own.kind === 'list' && given.kind === 'list') this.#matchList(own, given);
    else if (own.kind === 'scalar' && given.kind === 'scalar') this.#matchFixed(own, given);
    else {
      this.#misfit(
        'INPUT_TYPE_MISMATCH',
        given,
        `${capitalised(this.#options.source)} give ${describeKind(given)} for ${own.path}, which is ${describeKind(own)} in the ${this.#options.whole}.`,
      );
    }
  }

  #matchMap(own: MapNode, given: MapNode): void {
    for (const { key, keyRange, value } of given.entries.values()) {
      const found = find(own, key);
      const templateInputs = key === 'template' && found === undefined ? find(value, 'templateInputs') : undefined;
      if (found !== undefined) this.match(found, value);
      else if (templateInputs !== undefined) this.match(own, templateInputs);
      else if (!this.#isHandled(own, key, value)) {
        this.#misfit(
          'INPUT_NOT_AN_INPUT',
          { path: value.path, range: keyRange },
          `${value.path} is not a runtime input of this ${this.#options.whole}.`,
          didYouMean(key, [...own.entries.keys()]),
        );
      }
    }
  }

  #isHandled(own: MapNode, key: string, value: YamlNode): boolean {
    if (value.kind === 'scalar' && value.value === null) return true;
    return this.#options.onExtra?.(own, key, value) === true;
  }

  #matchList(own: ListNode, given: ListNode): void {
    const index = indexItems(own);
    if (index === undefined) {
      this.#matchByPosition(own, given);
      return;
    }
    for (const { key, node } of listKeyedItems(given)) {
      const found = key === undefined ? undefined : index.get(key);
      if (found !== undefined) this.match(found, node);
      else this.#reportNotFound(key, own, [...index.keys()], node);
    }
  }

  #reportNotFound(key: string | undefined, own: ListNode, known: readonly string[], node: YamlNode): void {
    if (key === undefined) {
      this.#misfit(
        'INPUT_IDENTIFIER_NOT_FOUND',
        node,
        `This item of ${own.path} has no identifier or name to find it by.`,
      );
      return;
    }
    const nameOf = (text: string): string => text.slice(text.indexOf(' ') + 1);
    const kind = key.slice(0, key.indexOf(' '));
    const what = kind === 'name' || kind === 'key' || kind === 'identifier' ? `item with the ${kind}` : kind;
    this.#misfit(
      'INPUT_IDENTIFIER_NOT_FOUND',
      node,
      `The ${this.#options.whole} has no ${what} ${nameOf(key)} in ${own.path}.`,
      didYouMean(nameOf(key), known.map(nameOf)),
    );
  }

  #matchByPosition(own: ListNode, given: ListNode): void {
    if (own.items.length !== given.items.length) {
      this.#misfit(
        'INPUT_TYPE_MISMATCH',
        given,
        `${own.path} has ${String(own.items.length)} items in the ${this.#options.whole}, and ${this.#options.source} give ${String(given.items.length)}.`,
      );
      return;
    }
    own.items.forEach((item, index) => {
      const other = given.items[index];
      if (other !== undefined) this.match(item, other);
    });
  }

  /** Identifiers and types locate inputs and may be repeated; a value that is not asked for cannot be changed. */
  #matchFixed(own: ScalarNode, given: ScalarNode): void {
    if (own.text === given.text || own.value === given.value) return;
    this.#misfit(
      'INPUT_NOT_AN_INPUT',
      given,
      `${own.path} is "${own.text}" in the ${this.#options.whole} and not a runtime input; ${this.#options.source} give "${given.text}".`,
    );
  }

  #misfit(code: MisfitCode, place: Place, message: string, hint?: string): void {
    this.#options.onMisfit(code, place, message, hint);
  }
}
