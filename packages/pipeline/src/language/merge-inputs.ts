/**
 * Supplied inputs → one value per runtime input (pipelines.md §2.2, §2.4).
 *
 * Inputs mean nothing by themselves: they are values for places of a pipeline. So they are first matched against it, which
 * gives a map from the input's path to its value; several documents are folded by letting the later one win per input.
 * That makes the fold associative, and folding a document with itself changes nothing.
 */
import { Findings, START_OF_TEXT, type Diagnostic } from './diagnostics.ts';
import { describeOwner, findViolation, listInputLeaves, type InputField, type InputLeaf } from './input-fields.ts';
import { NO_INPUTS_YAML, printInputs } from './input-template.ts';
import { indexItems, listKeyedItems } from './list-items.ts';
import { loadYaml } from './load-yaml.ts';
import { findRoot } from './parse-pipeline.ts';
import { printYaml } from './print-yaml.ts';
import { capitalised, isLate } from './read-fields.ts';
import { isNumberText } from './read-variables.ts';
import { didYouMean } from './suggest.ts';
import {
  describeKind,
  find,
  isEmpty,
  type ListNode,
  type MapNode,
  type ScalarNode,
  type YamlNode,
} from './yaml-node.ts';

/** Values by the path of their input. */
export type SuppliedInputs = ReadonlyMap<string, YamlNode>;

/**
 * What supplied expressions are known to give, by their text as it stands in the inputs. Such a value is checked like one
 * that is written down, while the expression stays: data that looks like an expression must not become one (S9).
 */
export type KnownValues = ReadonlyMap<string, string>;
const NOTHING_KNOWN: KnownValues = new Map();

export interface ReadInputs {
  readonly supplied: SuppliedInputs;
  /** Paths of inputs whose value was refused: reported, so not missing too. */
  readonly refused: ReadonlySet<string>;
  /** The same inputs printed anew; `pipeline: {}` when there are none. */
  readonly inputYaml: string;
}

/** Reads one input document against the pipeline's inputs. The empty text supplies nothing. */
export function readInputs(
  pipeline: MapNode,
  leaves: readonly InputLeaf[],
  inputYaml: string,
  findings: Findings,
  known: KnownValues = NOTHING_KNOWN,
): ReadInputs {
  const nothing: ReadInputs = { supplied: new Map(), refused: new Set(), inputYaml: NO_INPUTS_YAML };
  if (inputYaml.trim() === '') return nothing;
  const { root, diagnostics } = loadYaml(inputYaml, 'inputs');
  for (const { message, range } of diagnostics.filter(({ blocks }) => blocks !== 'nothing')) {
    findings.add(
      'INPUT_YAML_INVALID',
      'run',
      { path: '', range },
      `The inputs are not valid YAML (line ${String(range.start.line)}): ${message}`,
    );
  }
  if (diagnostics.some(({ blocks }) => blocks !== 'nothing')) return nothing;
  const given = root?.kind === 'map' ? find(root, 'pipeline') : undefined;
  if (root?.kind !== 'map' || given === undefined) {
    const place = root ?? { path: '', range: START_OF_TEXT };
    findings.add(
      'INPUT_ROOT_MISSING',
      'run',
      place,
      'The inputs must be a map with the key pipeline.',
      'Write pipeline: on the first line and the inputs below it, as in the template.',
    );
    return nothing;
  }
  for (const { key, keyRange, value } of root.entries.values()) {
    if (key !== 'pipeline')
      findings.add(
        'INPUT_NOT_AN_INPUT',
        'run',
        { path: value.path, range: keyRange },
        `The key ${key} beside pipeline is not an input.`,
      );
  }
  if (isEmpty(given)) return nothing;
  const matcher = new Matcher(leaves, findings, known);
  matcher.match(pipeline, given);
  return {
    supplied: matcher.supplied,
    refused: matcher.refused,
    inputYaml: printYaml({ ...root, entries: new Map([...root.entries].filter(([key]) => key === 'pipeline')) }),
  };
}

/**
 * Folds input documents in their order, the later one winning per input, to one input YAML. Broken documents and keys that
 * are no inputs are reported and left out.
 */
export function mergeInputYaml(
  yaml: string,
  inputYamls: readonly string[],
): { readonly inputYaml: string; readonly diagnostics: readonly Diagnostic[] } {
  const findings = new Findings('inputs');
  const pipeline = findRoot(loadYaml(yaml).root, 'pipeline', new Findings());
  if (pipeline === undefined) return { inputYaml: NO_INPUTS_YAML, diagnostics: [] };
  const leaves = listInputLeaves(pipeline);
  const folded = new Map<string, YamlNode>();
  for (const inputYaml of inputYamls) {
    for (const [path, value] of readInputs(pipeline, leaves, inputYaml, findings).supplied) folded.set(path, value);
  }
  return { inputYaml: printInputs(pipeline, folded), diagnostics: findings.list() };
}

class Matcher {
  readonly #fields: ReadonlyMap<string, InputField>;
  readonly #findings: Findings;
  readonly #known: KnownValues;
  readonly supplied = new Map<string, YamlNode>();
  readonly refused = new Set<string>();

  constructor(leaves: readonly InputLeaf[], findings: Findings, known: KnownValues) {
    this.#fields = new Map(leaves.map(({ field }) => [field.path, field]));
    this.#findings = findings;
    this.#known = known;
  }

  match(own: YamlNode, given: YamlNode): void {
    // Nothing given: not an input that is supplied, and no reason to complain.
    if (given.kind === 'scalar' && given.value === null) return;
    const field = own.kind === 'scalar' ? this.#fields.get(own.path) : undefined;
    if (field !== undefined) this.#supply(field, given);
    else if (own.kind === 'map' && given.kind === 'map') this.#matchMap(own, given);
    else if (own.kind === 'list' && given.kind === 'list') this.#matchList(own, given);
    else if (own.kind === 'scalar' && given.kind === 'scalar') this.#matchFixed(own, given);
    else {
      this.#findings.add(
        'INPUT_TYPE_MISMATCH',
        'run',
        given,
        `The inputs give ${describeKind(given)} for ${own.path}, which is ${describeKind(own)} in the pipeline.`,
      );
    }
  }

  #supply(field: InputField, given: YamlNode): void {
    // An input that is still asked for: the template was sent back as it came.
    if (given.kind === 'scalar' && given.text.includes('<+input>')) return;
    const value = checkValue(field, given, this.#findings, this.#known);
    if (value === undefined) this.refused.add(field.path);
    else this.supplied.set(field.path, value);
  }

  #matchMap(own: MapNode, given: MapNode): void {
    for (const { key, keyRange, value } of given.entries.values()) {
      const found = find(own, key);
      if (found !== undefined) this.match(found, value);
      else if (!(value.kind === 'scalar' && value.value === null)) {
        this.#findings.add(
          'INPUT_NOT_AN_INPUT',
          'run',
          { path: value.path, range: keyRange },
          `${value.path} is not a runtime input of this pipeline.`,
          didYouMean(key, [...own.entries.keys()]),
        );
      }
    }
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
    const add = (message: string, hint?: string): void =>
      this.#findings.add('INPUT_IDENTIFIER_NOT_FOUND', 'run', node, message, hint);
    if (key === undefined) {
      add(`This item of ${own.path} has no identifier or name to find it by.`);
      return;
    }
    const nameOf = (text: string): string => text.slice(text.indexOf(' ') + 1);
    const kind = key.slice(0, key.indexOf(' '));
    const what = kind === 'name' || kind === 'key' || kind === 'identifier' ? `item with the ${kind}` : kind;
    add(`The pipeline has no ${what} ${nameOf(key)} in ${own.path}.`, didYouMean(nameOf(key), known.map(nameOf)));
  }

  #matchByPosition(own: ListNode, given: ListNode): void {
    if (own.items.length !== given.items.length) {
      this.#findings.add(
        'INPUT_TYPE_MISMATCH',
        'run',
        given,
        `${own.path} has ${String(own.items.length)} items in the pipeline, and the inputs give ${String(given.items.length)}.`,
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
    this.#findings.add(
      'INPUT_NOT_AN_INPUT',
      'run',
      given,
      `${own.path} is "${own.text}" in the pipeline and not a runtime input; the inputs give "${given.text}".`,
    );
  }
}

/** The value as it enters the pipeline, or `undefined` with a report. */
export function checkValue(
  field: InputField,
  given: YamlNode,
  findings: Findings,
  known: KnownValues = NOTHING_KNOWN,
): YamlNode | undefined {
  const what = `${field.label} of ${describeOwner(field.owner)}`;
  const value = field.isMany && given.kind === 'list' ? joinMany(given) : given;
  const hasRules = field.allowedValues !== undefined || field.regex !== undefined;
  if (value === undefined || (value.kind !== 'scalar' && (field.type !== 'Any' || hasRules))) {
    findings.add(
      'INPUT_TYPE_MISMATCH',
      'run',
      given,
      `The input ${what} takes one value, but it is ${describeKind(given)}.`,
    );
    return undefined;
  }
  if (value.kind !== 'scalar') return value;
  const data = known.get(value.text);
  const text = data ?? value.text;
  if (text === '' && field.refusesEmpty) {
    findings.add('INPUT_MISSING', 'run', given, `The input ${what} is required and cannot be empty.`);
    return undefined;
  }
  if (data === undefined && isLate(text)) {
    const isListed = field.allowedValues?.includes(text) === true && field.regex === undefined;
    if (hasRules && !isListed) {
      findings.add(
        'INPUT_NOT_CHECKED',
        'nothing',
        given,
        `The input ${what} is an expression; its value is not known yet and not checked against the rules of the input.`,
      );
    }
    return value;
  }
  if (field.type === 'Number' && !isNumberText(text)) {
    findings.add('INPUT_TYPE_MISMATCH', 'run', given, `The input ${what} is a Number, but it is "${text}".`);
    return undefined;
  }
  const violation = findViolation(text, field);
  if (violation !== undefined) {
    findings.add(
      violation.code,
      'run',
      given,
      `${capitalised(`the input ${what}`)} is "${text}", which ${violation.text}.`,
    );
    return undefined;
  }
  return value;
}

/** Several chosen values become one text, joined by commas. */
function joinMany(list: ListNode): ScalarNode | undefined {
  const texts = list.items.map((item) => (item.kind === 'scalar' ? item.text : undefined));
  if (texts.includes(undefined)) return undefined;
  const text = texts.join(',');
  return { kind: 'scalar', value: text, text, style: 'quoted', path: list.path, range: list.range };
}
