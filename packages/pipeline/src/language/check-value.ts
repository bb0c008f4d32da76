/** One supplied value against its input: kind, emptiness, allowed values, regular expression (pipelines.md §2.2). */
import type { Findings } from './diagnostics.ts';
import { describeOwner, findViolation, type InputField } from './input-fields.ts';
import { capitalised, isLate } from './read-fields.ts';
import { isNumberText } from './read-variables.ts';
import { describeKind, type ListNode, type ScalarNode, type YamlNode } from './yaml-node.ts';

/**
 * What supplied expressions are known to give, by their text as it stands in the inputs. Such a value is checked like one
 * that is written down, while the expression stays: data that looks like an expression must not become one (S9).
 */
export type KnownValues = ReadonlyMap<string, string>;
export const NOTHING_KNOWN: KnownValues = new Map();

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
