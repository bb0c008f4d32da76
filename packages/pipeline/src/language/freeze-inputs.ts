/**
 * Freezing: the pipeline's text with every runtime input replaced by its value or default. The author's text stays as it
 * is around the inputs, lines included, so that places in it still hold.
 */
import type { Findings } from './diagnostics.ts';
import { describeOwner, type InputLeaf } from './input-fields.ts';
import { checkValue } from './check-value.ts';
import type { ReadInputs, SuppliedInputs } from './merge-inputs.ts';
import { printInline, printYaml } from './print-yaml.ts';
import type { LoadedYaml } from './load-yaml.ts';
import { relocate, replaceAt, type ScalarNode } from './yaml-node.ts';

/** Adds the defaults to what was supplied and reports the inputs that have neither. */
export function completeInputs(
  leaves: readonly InputLeaf[],
  { supplied, refused }: Pick<ReadInputs, 'supplied' | 'refused'>,
  findings: Findings,
): SuppliedInputs {
  const complete = new Map(supplied);
  for (const { field, node } of leaves) {
    if (complete.has(field.path) || refused.has(field.path)) continue;
    if (field.default === undefined) {
      if (!field.required) continue;
      const asked = field.isWholeText ? `the whole text, because it contains <+input>` : `${field.label}`;
      findings.add(
        'INPUT_MISSING',
        'run',
        node,
        `No value for the runtime input ${field.label} of ${describeOwner(field.owner)} (${field.path}).`,
        `Supply ${asked}.`,
      );
      continue;
    }
    const value = checkValue(field, readDefault(field.default, node), findings);
    if (value !== undefined) complete.set(field.path, value);
  }
  return complete;
}

/** `.default(5)` is the number 5 and `.default(x)` the text x; a Number or flag field reads either. */
function readDefault(text: string, { path, range }: ScalarNode): ScalarNode {
  const isTyped = /^(?:true|false|-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?)$/.test(text);
  const value = !isTyped ? text : text === 'true' || text === 'false' ? text === 'true' : Number(text);
  return { kind: 'scalar', value, text, style: isTyped ? 'plain' : 'quoted', path, range };
}

export interface FrozenPipeline {
  /** The author's text with each input replaced. */
  readonly text: string;
  /** The same as a tree. Its places are those of the author's text; what was supplied stands where it was asked for. */
  readonly loaded: LoadedYaml;
}

/** Inputs without a value stay what they are. */
export function freezeInputs(
  yaml: string,
  loaded: LoadedYaml,
  leaves: readonly Pick<InputLeaf, 'node'>[],
  values: SuppliedInputs,
): FrozenPipeline {
  if (leaves.length === 0 || loaded.root === undefined) return { text: yaml, loaded };
  const placed = new Map(
    leaves.flatMap(({ node }) => {
      const value = values.get(node.path);
      return value === undefined ? [] : [[node.path, relocate(value, node.path, node.range)] as const];
    }),
  );
  const root = replaceAt(loaded.root, placed);
  // One place of the text may stand for several places of the tree: then only the expanded tree can hold them all.
  const text = loaded.hasAliases ? printYaml(root) : splice(yaml, leaves, values);
  return { text, loaded: { ...loaded, root } };
}

function splice(yaml: string, leaves: readonly Pick<InputLeaf, 'node'>[], values: SuppliedInputs): string {
  const edits = leaves.toSorted((a, b) => a.node.range.start.offset - b.node.range.start.offset);
  let text = '';
  let at = 0;
  for (const { node } of edits) {
    const value = values.get(node.path);
    const { start, end } = node.range;
    if (value === undefined || start.offset < at) continue;
    const lineBreaks = yaml.slice(start.offset, end.offset).split('\n').length - 1;
    text += yaml.slice(at, start.offset) + printInline(value) + '\n'.repeat(lineBreaks);
    at = end.offset;
  }
  return text + yaml.slice(at);
}
