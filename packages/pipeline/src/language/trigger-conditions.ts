/** Conditions of webhook triggers (api.md §3.7), as they are written. */
import type { Findings } from './diagnostics.ts';
import { readText, reportKind, warnUnknownKeys } from './read-fields.ts';
import { didYouMean } from './suggest.ts';
import { describeKind, find, isEmpty, type MapNode } from './yaml-node.ts';

export const CONDITION_OPERATORS = [
  'In',
  'Equals',
  'NotEquals',
  'NotIn',
  'Regex',
  'EndsWith',
  'StartsWith',
  'Contains',
  'DoesNotContain',
] as const;
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];

export interface TriggerCondition {
  readonly key: string;
  readonly operator: ConditionOperator;
  readonly value: string;
}

export interface WebhookConditions {
  readonly payloadConditions: readonly TriggerCondition[];
  readonly headerConditions: readonly TriggerCondition[];
  readonly jexlCondition?: string;
}

export const CONDITION_KEYS = ['payloadConditions', 'headerConditions', 'jexlCondition'] as const;

export function readWebhookConditions(spec: MapNode, findings: Findings): WebhookConditions {
  const jexlCondition = readText(spec, 'jexlCondition', 'the webhook', findings)?.trim() ?? '';
  return {
    payloadConditions: readConditions(spec, 'payloadConditions', findings),
    headerConditions: readConditions(spec, 'headerConditions', findings),
    ...(jexlCondition === '' ? {} : { jexlCondition }),
  };
}

function readConditions(spec: MapNode, key: string, findings: Findings): readonly TriggerCondition[] {
  const node = find(spec, key);
  if (node === undefined || isEmpty(node)) return [];
  if (node.kind !== 'list') {
    reportKind(node, `the field ${key}`, 'a list', findings);
    return [];
  }
  return node.items.flatMap((item) => {
    const condition = item.kind === 'map' ? readCondition(item, key, findings) : undefined;
    if (item.kind !== 'map')
      findings.add(
        'TRIGGER_CONDITION_INVALID',
        'run',
        item,
        `A condition of ${key} is a map with key, operator and value, but this is ${describeKind(item)}.`,
      );
    return condition === undefined ? [] : [condition];
  });
}

function readCondition(item: MapNode, list: string, findings: Findings): TriggerCondition | undefined {
  warnUnknownKeys(item, ['key', 'operator', 'value'], `a condition of ${list}`, findings);
  const key = readText(item, 'key', `a condition of ${list}`, findings) ?? '';
  const written = readText(item, 'operator', `a condition of ${list}`, findings) ?? '';
  const operator = CONDITION_OPERATORS.find((known) => known === written);
  if (key === '') findings.add('TRIGGER_CONDITION_INVALID', 'run', item, `A condition of ${list} has no key.`);
  if (operator === undefined) {
    const hint = didYouMean(written, CONDITION_OPERATORS) ?? `It takes ${CONDITION_OPERATORS.join(', ')}.`;
    findings.add(
      'TRIGGER_CONDITION_INVALID',
      'run',
      find(item, 'operator') ?? item,
      `"${written}" is not an operator of trigger conditions.`,
      hint,
    );
  }
  if (key === '' || operator === undefined) return undefined;
  return { key, operator, value: readText(item, 'value', `a condition of ${list}`, findings) ?? '' };
}
