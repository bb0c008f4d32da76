/** The runtime inputs of a pipeline: every scalar that is, or contains, `<+input>`, with what a form must know of it. */
import { RE2JS } from 're2js';
import { isApproverChain } from './approver-inputs.ts';
import type { Findings, SourceRange } from './diagnostics.ts';
import { parseRuntimeInput, type RuntimeInput } from './runtime-input.ts';
import { find, findText, type MapNode, type ScalarNode, type YamlNode } from './yaml-node.ts';

export interface InputOwner {
  readonly kind: 'pipeline' | 'stage' | 'stepGroup' | 'step' | 'service' | 'environment' | 'infrastructure';
  readonly identifier: string;
  readonly name: string;
}

export interface InputField {
  /** Identity of the input within this pipeline text, as `pipeline.variables[0].value`. */
  readonly path: string;
  /** Name of the variable or header, else the key, such as `script`. */
  readonly label: string;
  /** The nearest stage, group or step around the field, else the pipeline. */
  readonly owner: InputOwner;
  /** A variable's type; `Any` for every other field. */
  readonly type: 'String' | 'Number' | 'Secret' | 'Any';
  readonly description?: string;
  /** As written: the input with its rules, or the whole text that contains `<+input>`. */
  readonly text: string;
  /** The text merely contains `<+input>`; the value replaces all of it. */
  readonly isWholeText: boolean;
  /** A run needs a value: there is no default, and it is no tree of values that may be empty. */
  readonly required: boolean;
  /** An empty text is no value: a variable says `required: true`. */
  readonly refusesEmpty: boolean;
  readonly default?: string;
  readonly allowedValues?: readonly string[];
  readonly isMany: boolean;
  readonly regex?: string;
  readonly isExecutionInput: boolean;
  readonly range: SourceRange;
}

/** An input with the place it was found at; `stage` is the identifier of the stage around it. */
export interface InputLeaf {
  readonly field: InputField;
  readonly node: ScalarNode;
  readonly stage?: string;
}

interface Context {
  readonly owner: InputOwner;
  readonly stage?: string;
  /** The key of the list whose item is being visited. */
  readonly listKey?: string;
  readonly item?: MapNode;
  /** The fields of an insertion point: its steps or stages may stay away. */
  readonly isInsertion?: true;
}

const OWNER_KINDS = ['stage', 'stepGroup', 'step'] as const;

/** The inputs below the map under `pipeline` that are asked for when a run starts, in the order of the text. */
export function listInputLeaves(pipeline: YamlNode): readonly InputLeaf[] {
  return listAllInputLeaves(pipeline).filter(({ field }) => !field.isExecutionInput);
}

/**
 * The same with those that are asked for when their step or stage is reached (`.executionInput()`). `owner`: of what no
 * stage, group or step around it owns; absent = the pipeline.
 */
export function listAllInputLeaves(
  root: YamlNode,
  owner: InputOwner = ownerOf('pipeline', root),
): readonly InputLeaf[] {
  const leaves: InputLeaf[] = [];
  visit(root, 'pipeline', { owner }, leaves);
  return leaves;
}

function visit(node: YamlNode, key: string, context: Context, leaves: InputLeaf[]): void {
  switch (node.kind) {
    case 'scalar':
      if (typeof node.value === 'string') addLeaf(node, key, context, leaves);
      return;
    case 'list':
      for (const item of node.items) {
        visit(item, key, { ...context, listKey: key, ...(item.kind === 'map' ? { item } : {}) }, leaves);
      }
      return;
    case 'map': {
      const isItem = context.item === node;
      for (const entry of node.entries.values()) {
        const kind = OWNER_KINDS.find((known) => known === entry.key);
        const isOwner = kind !== undefined && find(entry.value, 'identifier') !== undefined;
        const inner: Context = isOwner
          ? {
              owner: ownerOf(kind, entry.value),
              ...(kind === 'stage' ? { stage: findText(entry.value, 'identifier') ?? '' } : stageOf(context)),
            }
          : {
              owner: context.owner,
              ...stageOf(context),
              ...(isItem && context.listKey !== undefined ? { listKey: context.listKey, item: node } : {}),
              ...(key === 'insert' ? { isInsertion: true } : {}),
            };
        visit(entry.value, entry.key, inner, leaves);
      }
    }
  }
}

function stageOf({ stage }: Context): { readonly stage?: string } {
  return stage === undefined ? {} : { stage };
}

function ownerOf(kind: InputOwner['kind'], node: YamlNode): InputOwner {
  const identifier = findText(node, 'identifier') ?? '';
  return { kind, identifier, name: findText(node, 'name') ?? identifier };
}

const VARIABLE_TYPES = ['String', 'Number', 'Secret'] as const;

function addLeaf(node: ScalarNode, key: string, context: Context, leaves: InputLeaf[]): void {
  const parsed = parseRuntimeInput(node.text);
  if (parsed.kind === 'none') return;
  if (context.listKey === 'approverInputs' && key === 'defaultValue' && isApproverChain(node.text)) return;
  const { input } = parsed;
  const item = key === 'value' ? context.item : undefined;
  const variable = context.listKey === 'variables' ? item : undefined;
  const description = findText(variable, 'description');
  const written = findText(variable, 'type');
  const fallback = input.default ?? findText(variable, 'default') ?? (context.isInsertion === true ? '' : undefined);
  const label = findText(item, 'name') ?? findText(item, 'key') ?? key;
  const field: InputField = {
    path: node.path,
    label,
    owner: context.owner,
    type: variable === undefined ? 'Any' : (VARIABLE_TYPES.find((known) => known === written) ?? 'String'),
    ...(description === undefined ? {} : { description }),
    text: node.text,
    isWholeText: parsed.kind === 'text',
    required: fallback === undefined && !isAskedByDocument(key, context),
    refusesEmpty: findText(variable, 'required') === 'true',
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(input.allowedValues === undefined ? {} : { allowedValues: input.allowedValues }),
    isMany: input.isMany,
    ...(input.regex === undefined ? {} : { regex: input.regex }),
    isExecutionInput: input.isExecutionInput,
    range: node.range,
  };
  leaves.push({ field, node, ...stageOf(context) });
}

/** Trees of values for documents of a deployment: what they must hold, and whether anything, is said by the document. */
const DOCUMENT_INPUTS: readonly string[] = ['serviceInputs', 'environmentInputs', 'serviceOverrideInputs'];

function isAskedByDocument(key: string, { listKey }: Context): boolean {
  return DOCUMENT_INPUTS.includes(key) || (key === 'inputs' && listKey === 'infrastructureDefinitions');
}

/** Reports inputs that cannot be asked for as they are written. */
export function checkInputLeaves(leaves: readonly InputLeaf[], findings: Findings): void {
  for (const { field, node } of leaves) {
    if (field.isWholeText) {
      findings.add(
        'INPUT_IN_TEXT',
        'nothing',
        node,
        `This text of ${describeOwner(field.owner)} contains <+input> and is asked for as a whole when the pipeline runs.`,
        'Ask for a variable instead, and use it here as <+pipeline.variables.NAME>.',
      );
    }
    if (field.regex !== undefined && compileRegex(field.regex) === undefined) {
      findings.add(
        'INPUT_GRAMMAR',
        'run',
        node,
        `"${field.regex}" is not a regular expression that Bridle understands.`,
        'Look-ahead and back references are not supported.',
      );
    }
    const violation =
      field.default === undefined || field.default.includes('<+') ? undefined : findViolation(field.default, field);
    if (violation !== undefined) {
      findings.add(
        'INPUT_DEFAULT_NOT_ALLOWED',
        'nothing',
        node,
        `The default "${String(field.default)}" ${violation.text}.`,
        'A run must then supply a value.',
      );
    }
  }
}

export function describeOwner({ kind, identifier }: InputOwner): string {
  if (kind === 'pipeline') return 'the pipeline';
  return `the ${kind === 'stepGroup' ? 'step group' : kind} ${identifier}`;
}

export interface Violation {
  readonly code: 'INPUT_NOT_ALLOWED' | 'INPUT_REGEX_MISMATCH';
  /** Completes a sentence about the value. */
  readonly text: string;
}

type Rules = Pick<RuntimeInput, 'allowedValues' | 'isMany' | 'regex'>;

/** Which rule a fixed value breaks. Rules that hold expressions cannot be checked before the run and break nothing. */
export function findViolation(value: string, { allowedValues, isMany, regex }: Rules): Violation | undefined {
  if (allowedValues !== undefined && !allowedValues.some((allowed) => allowed.includes('<+'))) {
    if (!(isMany ? isChoice(value, allowedValues) : allowedValues.includes(value))) {
      return { code: 'INPUT_NOT_ALLOWED', text: `is not among the allowed values ${allowedValues.join(', ')}` };
    }
  }
  const pattern = regex === undefined ? undefined : compileRegex(regex);
  if (pattern !== undefined && !pattern.matches(value))
    return { code: 'INPUT_REGEX_MISMATCH', text: `does not match ${String(regex)}` };
  return undefined;
}

/** Nobody chooses more at once, or from values with more commas; looking on would only take time. */
const CHOICE_PARTS_MAX = 1000;
const VALUE_PARTS_MAX = 50;

/** Is the text some of these values, joined by commas? A value may hold commas itself. */
function isChoice(text: string, allowedValues: readonly string[]): boolean {
  const allowed = new Set(allowedValues);
  const longest = allowedValues.reduce((most, value) => Math.max(most, value.split(',').length), 1);
  const partsMax = Math.min(longest, VALUE_PARTS_MAX);
  const parts = text.split(',');
  if (parts.length > CHOICE_PARTS_MAX) return false;
  /** Whether the first so many parts are a choice. */
  const isReached = [true];
  for (let end = 1; end <= parts.length; end += 1) {
    isReached[end] = false;
    for (let from = Math.max(0, end - partsMax); from < end; from += 1) {
      const value = parts.slice(from, end).join(',').trim();
      if (isReached[from] === true && allowed.has(value)) isReached[end] = true;
    }
  }
  return isReached[parts.length] === true;
}

/** Longer patterns are refused: their compiled size grows with them. */
const REGEX_LENGTH_MAX = 1000;

function compileRegex(regex: string): RE2JS | undefined {
  if (regex.length > REGEX_LENGTH_MAX) return undefined;
  try {
    return RE2JS.compile(regex);
  } catch {
    // re2js throws on a pattern it does not know: the user's mistake, not ours.
    return undefined;
  }
}
