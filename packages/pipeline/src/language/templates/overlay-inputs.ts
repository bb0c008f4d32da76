/**
 * `templateInputs` over the body of a template (pipelines.md §1.10): only where the template asks for a value. A value that
 * is `<+input>` again becomes an input of whatever holds the link.
 */
import { checkValue } from '../check-value.ts';
import type { Findings } from '../diagnostics.ts';
import { listAllInputLeaves, type InputField, type InputLeaf, type InputOwner } from '../input-fields.ts';
import { matchInputs } from '../match-inputs.ts';
import { printChain, splitChain, splitValues, type ChainLink } from '../runtime-input.ts';
import { find, keyPath, mapEntries, relocate, replaceAt, type MapNode, type YamlNode } from '../yaml-node.ts';

export interface Overlay {
  readonly body: MapNode;
  readonly given: YamlNode;
  /** Around inputs that belong to no step, group or stage of the body. */
  readonly owner: InputOwner;
  /** The template, as in `template org.build 1.2`. */
  readonly template: string;
  /** Makes a supplied value ready for its place: links in it are expanded. */
  readonly prepare: (value: YamlNode, path: string) => YamlNode;
}

export function overlayInputs({ body, given, owner, template, prepare }: Overlay, findings: Findings): MapNode {
  const outOfSync = (place: YamlNode, message: string, hint?: string): void =>
    findings.add('TEMPLATE_INPUTS_OUT_OF_SYNC', 'nothing', place, message, hint);
  const leaves = listAllInputLeaves(body, owner);
  const defaults = new Map<string, YamlNode>();
  const supplied = matchInputs(body, new Set(leaves.map(({ field }) => field.path)), given, {
    whole: template,
    source: 'the templateInputs',
    onMisfit: (_, place, message, hint) => findings.add('TEMPLATE_INPUTS_OUT_OF_SYNC', 'nothing', place, message, hint),
    // A variable without a default may be given one by who uses the template.
    onExtra: (own, key, value) => {
      if (key !== 'default' || find(own, 'value') === undefined) return false;
      defaults.set(own.path, value);
      return true;
    },
  });
  const values = new Map<string, YamlNode>();
  for (const leaf of leaves) {
    const value = supplied.get(leaf.field.path);
    if (value !== undefined) values.set(leaf.field.path, place(leaf, value));
  }
  const overlaid = replaceAt(body, values);
  return overlaid.kind === 'map' && defaults.size > 0 ? withDefaults(overlaid, defaults) : asMap(overlaid, body);

  function place({ field }: InputLeaf, value: YamlNode): YamlNode {
    if (value.kind === 'scalar' && value.text.includes('<+input>')) {
      const { text, lost } = joinInputs(field, value.text);
      for (const what of lost)
        outOfSync(value, `The ${template} has ${what} of its own for ${field.path}, and that holds.`);
      return { ...value, value: text, text, path: field.path };
    }
    const checked = checkValue(field, value, findings) ?? value;
    return prepare(relocate(checked, field.path), field.path);
  }
}

function asMap(node: YamlNode, otherwise: MapNode): MapNode {
  return node.kind === 'map' ? node : otherwise;
}

function withDefaults(map: MapNode, defaults: ReadonlyMap<string, YamlNode>): MapNode {
  const visit = (node: YamlNode): YamlNode => {
    switch (node.kind) {
      case 'scalar':
        return node;
      case 'list':
        return { ...node, items: node.items.map(visit) };
      case 'map': {
        const visited = mapEntries(node, visit);
        const value = defaults.get(node.path);
        if (value === undefined) return visited;
        const entry = { key: 'default', keyRange: value.range, value: relocate(value, keyPath(node.path, 'default')) };
        return { ...visited, entries: new Map([...visited.entries, ['default', entry]]) };
      }
    }
  };
  return asMap(visit(map), map);
}

type Kind = 'default' | 'allowed' | 'regex' | 'executionInput';

/**
 * The input that comes of a template's input and the `<+input>` given for it. The template's default holds, unless it is
 * asked for during the run; so do its rules, but a choice among its allowed values may be narrowed.
 */
export function joinInputs(
  field: Pick<InputField, 'text' | 'default' | 'isExecutionInput'>,
  given: string,
): { readonly text: string; readonly lost: readonly string[] } {
  const own = splitChain(field.text);
  const more = splitChain(given);
  // A text that merely contains <+input>: there are no rules to join.
  if (own === undefined || more === undefined) return { text: more === undefined ? given : field.text, lost: [] };
  const lost: string[] = [];
  const pick = (kind: Kind, isOwnKept: (mine: ChainLink, other: ChainLink) => boolean, what: string): ChainLink[] => {
    const mine = own.find((link) => kindOf(link) === kind);
    const other = more.find((link) => kindOf(link) === kind);
    if (mine === undefined || other === undefined) return [mine ?? other].filter((link) => link !== undefined);
    if (!isOwnKept(mine, other)) return [other];
    if (mine.argument !== other.argument) lost.push(what);
    return [mine];
  };
  const chain = [
    ...pick('default', () => !field.isExecutionInput, 'a default'),
    ...pick('allowed', (mine, other) => !isNarrower(other, mine), 'allowed values'),
    ...pick('regex', () => true, 'a regular expression'),
    ...pick('executionInput', () => true, 'executionInput'),
  ];
  // A default that stands beside the input, as variables have them, is the template's too.
  const hasOwnDefault = own.some((link) => kindOf(link) === 'default');
  const isBesides = !hasOwnDefault && field.default !== undefined && !field.isExecutionInput;
  const kept = isBesides ? chain.filter((link) => kindOf(link) !== 'default') : chain;
  if (kept.length < chain.length) lost.push('a default');
  const isSame = kept.length === own.length && kept.every((link) => own.includes(link));
  return { text: isSame ? field.text : printChain(kept), lost };
}

function kindOf({ method }: ChainLink): Kind {
  return method === 'allowedValues' || method === 'selectOneFrom' || method === 'selectManyFrom' ? 'allowed' : method;
}

function isNarrower(some: ChainLink, all: ChainLink): boolean {
  const known = splitValues(all.argument);
  return splitValues(some.argument).every((value) => known.includes(value));
}
