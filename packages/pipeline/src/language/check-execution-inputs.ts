/**
 * Values that a person supplies for a node that waits for them (`.executionInput()`, pipelines.md §2.3): shown as a template,
 * and checked before the engine gets them.
 */
import type { Value } from '../expressions/values.ts';
import { findViolation } from './input-fields.ts';
import { reduce } from './input-template.ts';
import { loadYaml } from './load-yaml.ts';
import type { ExecutionInput } from './node-parts.ts';
import { fromValue, printYaml } from './print-yaml.ts';
import { isLate } from './read-fields.ts';
import { isNumberText } from './read-variables.ts';
import { describeKind, find, findText, toValue, type ListNode, type YamlNode } from './yaml-node.ts';

export interface CheckedExecutionInputs {
  /** What was supplied, by path joined with `.`; what has a default may be absent. */
  readonly values: Readonly<Record<string, Value>>;
  /** Empty = the values may be used. `path` is that of the input, or of what was not asked for. */
  readonly problems: readonly InputProblem[];
}

export interface InputProblem {
  readonly path: string;
  readonly message: string;
}

const OWNERS = ['step', 'stage', 'stepGroup'] as const;
/** Keys that say where a value belongs. */
const LOCATORS: readonly string[] = ['identifier', 'name', 'key', 'type'];

/**
 * `supplied`: the filled template, as YAML text or as data; with or without its root key, or flat with dotted paths as keys.
 */
export function checkExecutionInputs(inputs: readonly ExecutionInput[], supplied: Value): CheckedExecutionInputs {
  const { root, problems } = load(supplied);
  if (root === undefined) return { values: {}, problems };
  const values: [string, Value][] = [];
  const places = new Set<string>();
  for (const input of inputs) {
    const path = input.path.join('.');
    const given = find(root, path) ?? findAt(root, input.path);
    if (given !== undefined) places.add(given.path);
    const isGiven = given !== undefined && !isAsked(given);
    const result = isGiven ? check(input, given) : missing(input);
    if (result.kind === 'problem') problems.push({ path, message: result.message });
    else if (result.kind === 'value') values.push([path, result.value]);
  }
  problems.push(...unasked(root, places, true));
  return { values: Object.fromEntries(values), problems };
}

function load(supplied: Value): { readonly root?: YamlNode; readonly problems: InputProblem[] } {
  const loaded = typeof supplied === 'string' ? loadYaml(supplied, 'inputs') : undefined;
  const broken = loaded?.diagnostics.find(({ blocks }) => blocks !== 'nothing');
  if (broken !== undefined) {
    const { line } = broken.range.start;
    return {
      problems: [{ path: '', message: `The inputs are not valid YAML (line ${String(line)}): ${broken.message}` }],
    };
  }
  const tree = loaded === undefined ? fromValue(supplied, '') : (loaded.root ?? fromValue({}, ''));
  if (tree.kind !== 'map')
    return { problems: [{ path: '', message: `The inputs are ${describeKind(tree)}, not a map.` }] };
  const owner = OWNERS.map((key) => find(tree, key)).find((node) => node?.kind === 'map');
  return { root: tree.entries.size === 1 && owner !== undefined ? owner : tree, problems: [] };
}

/** Nothing was put in the place of the template's `<+input>`. */
function isAsked(node: YamlNode): boolean {
  return node.kind === 'scalar' && (node.value === null || node.text.includes('<+input>'));
}

/** Items of lists by what names them, or by their position: as the engine finds them. */
function findAt(node: YamlNode | undefined, [key, ...rest]: readonly string[]): YamlNode | undefined {
  if (key === undefined || node === undefined) return node;
  return findAt(node.kind === 'list' ? findItem(node, key) : find(node, key), rest);
}

function findItem(list: ListNode, key: string): YamlNode | undefined {
  return list.items.find((item) => nameOf(item) === key) ?? (/^\d+$/.test(key) ? list.items[Number(key)] : undefined);
}

function nameOf(item: YamlNode): string | undefined {
  return findText(item, 'identifier') ?? findText(item, 'name') ?? findText(item, 'key');
}

type Checked =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'default' };

const problem = (message: string): Checked => ({ kind: 'problem', message });

function missing({ required, default: fallback }: ExecutionInput): Checked {
  return required && fallback === undefined ? problem('A value is required.') : { kind: 'default' };
}

function check(input: ExecutionInput, given: YamlNode): Checked {
  if (input.type === 'Object') return { kind: 'value', value: toValue(given) };
  const text =
    given.kind === 'list' && input.isMultiple === true ? joined(given) : given.kind === 'scalar' && given.text;
  if (text === undefined || text === false) return problem(`One value is asked for, but it is ${describeKind(given)}.`);
  if (text === '' && input.required) return problem('A value is required.');
  // What an expression gives is known when the node begins.
  if (isLate(text)) return { kind: 'value', value: text };
  if (input.type === 'Number') {
    if (!isNumberText(text)) return problem(`A number is asked for, but it is "${text}".`);
    return withRules(input, text, Number(text));
  }
  // Numbers are kept as they are spelled: 1.10 is another version than 1.1.
  return withRules(input, text, given.kind === 'scalar' && typeof given.value === 'boolean' ? given.value : text);
}

function withRules({ allowedValues, isMultiple, regex }: ExecutionInput, text: string, value: Value): Checked {
  const violation = findViolation(text, {
    isMany: isMultiple === true,
    ...(allowedValues === undefined ? {} : { allowedValues }),
    ...(regex === undefined ? {} : { regex }),
  });
  return violation === undefined ? { kind: 'value', value } : problem(`"${text}" ${violation.text}.`);
}

function joined({ items }: ListNode): string | undefined {
  return items.every((item) => item.kind === 'scalar') ? items.map(({ text }) => text).join(',') : undefined;
}

/** What was supplied beside the places that ask, and beside what locates them. */
function unasked(node: YamlNode, places: ReadonlySet<string>, isOnTheWay: boolean): readonly InputProblem[] {
  if (places.has(node.path)) return [];
  switch (node.kind) {
    case 'scalar':
      return node.value === null ? [] : [{ path: node.path, message: 'This is not asked for.' }];
    case 'list':
      return node.items.flatMap((item) => unasked(item, places, leadsTo(item, places)));
    case 'map':
      return [...node.entries.values()].flatMap(({ key, value }) =>
        isOnTheWay && LOCATORS.includes(key) && value.kind === 'scalar'
          ? []
          : unasked(value, places, leadsTo(value, places)),
      );
  }
}

function leadsTo({ path }: YamlNode, places: ReadonlySet<string>): boolean {
  return [...places].some((place) => place.startsWith(`${path}.`) || place.startsWith(`${path}[`));
}

/** The waiting node, as far as its template needs it. */
export interface WaitingNode {
  readonly kind: 'step' | 'stage';
  readonly identifier: string;
  readonly type: string;
  readonly spec?: Value;
  readonly variables?: Value;
}

/** What a waiting node asks for, as YAML to be filled in: rooted at `step` or `stage`, with what locates the inputs. */
export function printExecutionInputTemplate(node: WaitingNode, inputs: readonly ExecutionInput[]): string {
  const { kind, identifier, type, spec = {}, variables = [] } = node;
  const tree = fromValue({ [kind]: { identifier, type, spec, variables } }, '');
  const leaves = inputs.flatMap(({ path }) => {
    const leaf = findAt(find(tree, kind), path);
    return leaf === undefined ? [] : [[leaf.path, leaf] as const];
  });
  const reduced = reduce(tree, new Map(leaves));
  return reduced === undefined ? '' : printYaml(reduced);
}
