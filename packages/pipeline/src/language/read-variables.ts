/** Variables of a pipeline, stage or step group (pipelines.md §1.7). */
import type { Value } from '../expressions/values.ts';
import type { Findings } from './diagnostics.ts';
import type { Variable } from './model.ts';
import { awaitsInput, isLate, readFlag, readText, reportKind, warnUnknownKeys } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import { find, isEmpty, type MapNode, type ScalarNode, type YamlNode } from './yaml-node.ts';

export const VARIABLE_NAME = /^[a-zA-Z_][0-9a-zA-Z_.$-]{0,127}$/;
export const VARIABLE_TYPES = ['String', 'Number', 'Secret'] as const;
export const VARIABLE_KEYS = ['name', 'type', 'value', 'default', 'required', 'description'] as const;

export function readVariables(map: MapNode, what: string, findings: Findings): readonly Variable[] {
  const node = find(map, 'variables');
  if (node === undefined || isEmpty(node) || awaitsInput(node)) return [];
  if (node.kind !== 'list') {
    reportKind(node, `the field variables of ${what}`, 'a list', findings);
    return [];
  }
  const variables: Variable[] = [];
  const names = new Set<string>();
  for (const item of node.items) {
    if (item.kind !== 'map') {
      reportKind(item, `a variable of ${what}`, 'a map with name, type and value', findings);
      continue;
    }
    const variable = readVariable(item, what, findings);
    if (variable === undefined) continue;
    if (names.has(variable.name)) {
      findings.add(
        'VARIABLE_DUPLICATE',
        'run',
        find(item, 'name') ?? item,
        `The variable ${variable.name} of ${what} is defined twice.`,
        'Remove or rename one of the two.',
      );
      continue;
    }
    names.add(variable.name);
    variables.push(variable);
  }
  return variables;
}

function readVariable(item: MapNode, owner: string, findings: Findings): Variable | undefined {
  const name = readText(item, 'name', `a variable of ${owner}`, findings);
  if (name === undefined || name === '') {
    findings.add('FIELD_MISSING', 'run', item, `A variable of ${owner} has no name.`);
    return undefined;
  }
  const what = `the variable ${name} of ${owner}`;
  warnUnknownKeys(item, VARIABLE_KEYS, what, findings);
  if (!VARIABLE_NAME.test(name)) {
    findings.add(
      'VARIABLE_NAME_INVALID',
      'run',
      find(item, 'name') ?? item,
      `"${name}" is not a variable name: it begins with a letter or underscore and goes on with letters, digits and _ . $ -`,
    );
  }
  const type = readType(item, what, findings);
  const description = readText(item, 'description', what, findings);
  const required = readFlag(item, 'required', what, findings);
  const node = [find(item, 'value'), find(item, 'default')].find((candidate) => !isEmpty(candidate));
  if (node === undefined && required) {
    findings.add(
      'VARIABLE_VALUE_MISSING',
      'run',
      find(item, 'value') ?? item,
      `The variable ${name} of ${owner} is required and has no value.`,
    );
  }
  return {
    name,
    type,
    value: readValue(node, type, what, findings),
    required,
    ...(description === undefined ? {} : { description }),
    path: item.path,
    range: item.range,
  };
}

function readType(item: MapNode, what: string, findings: Findings): Variable['type'] {
  const text = readText(item, 'type', what, findings);
  const place = find(item, 'type') ?? item;
  if (text === undefined || text === '') {
    findings.add(
      'VARIABLE_TYPE_MISSING',
      'nothing',
      item,
      `The type of ${what} is missing; it is read as String.`,
      'Add type: String.',
    );
    return 'String';
  }
  const type = VARIABLE_TYPES.find((known) => known === text);
  if (type === undefined) {
    findings.add(
      'VARIABLE_TYPE_UNKNOWN',
      'nothing',
      place,
      `The type ${text} of ${what} is unknown; it is read as String.`,
      didYouMean(text, VARIABLE_TYPES),
    );
    return 'String';
  }
  return type;
}

function readValue(node: YamlNode | undefined, type: Variable['type'], what: string, findings: Findings): Value {
  if (node === undefined) return '';
  if (node.kind !== 'scalar') {
    reportKind(node, what, type === 'Number' ? 'a number' : 'text', findings);
    return '';
  }
  return type === 'Number' ? readNumber(node, what, findings) : node.text;
}

function readNumber(node: ScalarNode, what: string, findings: Findings): Value {
  if (isLate(node.text)) return node.text;
  if (isNumberText(node.text)) return typeof node.value === 'number' ? node.value : Number(node.text);
  findings.add(
    'VARIABLE_NOT_A_NUMBER',
    'run',
    node,
    `${what.charAt(0).toUpperCase()}${what.slice(1)} is a Number, but its value is "${node.text}".`,
  );
  return 0;
}

export function isNumberText(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
