/**
 * Inputs that are asked for when their node is reached (`.executionInput()`, pipelines.md §2.3). The node's text keeps them;
 * the engine puts the supplied values in their place.
 */
import type { Value } from '../expressions/values.ts';
import type { StepDefinition } from '../steps/step-definition.ts';
import type { Findings } from './diagnostics.ts';
import type { InputOwner } from './input-fields.ts';
import type { ExecutionInput } from './node-parts.ts';
import { isLate } from './read-fields.ts';
import { specSchema, type SchemaView } from './read-spec.ts';
import { parseRuntimeInput, type RuntimeInput } from './runtime-input.ts';
import { find, findText, type ListNode, type MapNode, type ScalarNode, type YamlNode } from './yaml-node.ts';

export interface ExecutionInputOwner {
  readonly kind: InputOwner['kind'];
  /** As in `the step build`. */
  readonly what: string;
  /** Of a step whose type Bridle runs. */
  readonly definition?: StepDefinition;
}

interface Leaf {
  readonly node: ScalarNode;
  readonly keys: readonly string[];
  readonly input: RuntimeInput;
  /** The variable whose value it is. */
  readonly variable?: MapNode;
}

/** `map` is the owner's own; what belongs to stages, groups and steps below it is left to them. */
export function readExecutionInputs(
  map: MapNode,
  owner: ExecutionInputOwner,
  findings: Findings,
): readonly ExecutionInput[] {
  const leaves: Leaf[] = [];
  for (const { key, value } of map.entries.values()) visit(value, [key], undefined, leaves);
  return leaves.flatMap((leaf) => {
    const reason = misplacement(leaf, owner);
    if (reason === undefined) return [describe(leaf, owner)];
    findings.add(
      'EXECUTION_INPUT_MISPLACED',
      'run',
      leaf.node,
      `${leaf.keys.join('.')} of ${owner.what} cannot be asked for during the run: ${reason}.`,
      'Ask for it when the run starts: remove .executionInput().',
    );
    return [];
  });
}

const OWNERS: readonly string[] = ['stage', 'stepGroup', 'step'];

function visit(node: YamlNode, keys: readonly string[], item: MapNode | undefined, leaves: Leaf[]): void {
  switch (node.kind) {
    case 'scalar': {
      const parsed = parseRuntimeInput(node.text);
      if (parsed.kind !== 'input' || !parsed.input.isExecutionInput) return;
      const isVariable = keys.length === 3 && keys[0] === 'variables' && keys[2] === 'value';
      const variable = isVariable && item !== undefined ? { variable: item } : {};
      leaves.push({ node, keys, input: parsed.input, ...variable });
      return;
    }
    case 'list':
      node.items.forEach((inner, index) => {
        visit(inner, [...keys, itemKey(node, index, keys)], inner.kind === 'map' ? inner : item, leaves);
      });
      return;
    case 'map':
      for (const { key, value } of node.entries.values()) {
        const isOwner = OWNERS.includes(key) && find(value, 'identifier') !== undefined;
        if (!isOwner) visit(value, [...keys, key], item, leaves);
      }
  }
}

/**
 * How the engine finds the item again: variables by their name, others by what names them where that is unique and neither
 * has a dot, by which paths are joined, nor is a number, which means a position.
 */
function itemKey(list: ListNode, index: number, keys: readonly string[]): string {
  const item = list.items[index];
  if (keys.length === 1 && keys[0] === 'variables') return findText(item, 'name') ?? String(index);
  const [name] = namesOf(item).filter((text) => !text.includes('.') && !/^\d+$/.test(text));
  const isUnique = name !== undefined && list.items.filter((other) => namesOf(other).includes(name)).length === 1;
  return isUnique ? name : String(index);
}

function namesOf(item: YamlNode | undefined): readonly string[] {
  return (['identifier', 'name', 'key'] as const)
    .flatMap((key) => findText(item, key) ?? [])
    .filter((text) => text !== '');
}

/** Why it cannot be asked for there; completes "…: ". */
function misplacement({ keys }: Leaf, { kind, definition }: ExecutionInputOwner): string | undefined {
  const [first, second] = keys;
  if (kind === 'stage')
    return first === 'variables' && keys.at(-1) === 'value' ? undefined : 'a stage asks for its variables only';
  if (kind !== 'step') return 'only steps and stages wait for inputs';
  if (first !== 'spec' || second === undefined) return 'a step asks for the fields of its spec only';
  if (second === 'delegateSelectors') return 'the delegate is chosen before the step begins';
  if (keys.some((key) => key.includes('.'))) return 'a key on the way to it has a dot';
  if (definition?.type === 'Barrier') return 'barriers are checked before the run';
  if (definition?.type === 'CustomApproval') return 'its script is run again and again';
  return undefined;
}

function describe({ keys, input, variable }: Leaf, { definition }: ExecutionInputOwner): ExecutionInput {
  const type = variable === undefined ? fieldType(definition, keys.slice(1)) : variableType(variable);
  const text = input.default ?? findText(variable, 'default');
  return {
    path: keys,
    type: type === 'Boolean' ? 'String' : type,
    ...(text === undefined ? {} : { default: typed(text, type) }),
    ...(input.allowedValues === undefined ? {} : { allowedValues: input.allowedValues }),
    ...(input.isMany ? { isMultiple: true } : {}),
    ...(input.regex === undefined ? {} : { regex: input.regex }),
    required: text === undefined || findText(variable, 'required') === 'true',
  };
}

type FieldType = ExecutionInput['type'] | 'Boolean';

function variableType(variable: MapNode): ExecutionInput['type'] {
  const written = findText(variable, 'type');
  return written === 'Number' || written === 'Secret' ? written : 'String';
}

function fieldType(definition: StepDefinition | undefined, keys: readonly string[]): FieldType {
  const field = keys.reduce<SchemaView | undefined>(
    (schema, key) => (schema?.type === 'array' ? schema.items : schema?.properties?.[key]),
    definition === undefined ? undefined : specSchema(definition),
  );
  switch (field?.type) {
    case 'number':
    case 'integer':
      return 'Number';
    case 'array':
    case 'object':
      return 'Object';
    case 'boolean':
      return 'Boolean';
    default:
      return 'String';
  }
}

function typed(text: string, type: FieldType): Value {
  if (isLate(text)) return text;
  if (type === 'Boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const isNumber = type === 'Number' && text.trim() !== '' && Number.isFinite(Number(text));
  return isNumber ? Number(text) : text;
}
