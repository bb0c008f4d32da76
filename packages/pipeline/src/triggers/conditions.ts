/**
 * Does a trigger answer to an event? (api.md §3.7)
 *
 * - C1 Every condition must hold: headers first, then payload, then the expression; the first group that does not is named.
 * - C2 All of them are judged, so that the stored event says of each what it saw.
 * - C3 Nothing in the event is ever read as an expression (S9): keys and the expression are the trigger's, values are data.
 */
import { evaluateCondition, resolveText } from '../expressions/evaluate.ts';
import { shorten } from '../expressions/errors.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import { CONDITION_OPERATORS, isConditionOperator, judge } from './operators.ts';
import { triggerScope, type CustomWebhookEvent } from './trigger-scope.ts';

export interface TriggerCondition {
  /** `<+trigger.payload.a.b>`, `<+eventPayload.a.b>`, `<+trigger.header['X-Name']>`; among header conditions also a header's bare name. */
  readonly key: string;
  readonly operator: string;
  readonly value: string;
}

export interface TriggerConditions {
  readonly headerConditions?: readonly TriggerCondition[];
  readonly payloadConditions?: readonly TriggerCondition[];
  /** One program over the event that must give true. */
  readonly jexlCondition?: string;
}

export type ConditionKind = 'header' | 'payload' | 'jexl';

export interface JudgedCondition {
  readonly kind: ConditionKind;
  /** For `jexl` the expression; its operator and value are empty. */
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  /** What the event had there, as text, shortened when long; null = nothing. */
  readonly actual: string | null;
  readonly holds: boolean;
  /** Why it could not be judged. */
  readonly problem?: string;
}

export interface MatchResult {
  readonly matched: boolean;
  readonly results: readonly JudgedCondition[];
  readonly failedKind?: ConditionKind;
  /** One sentence: what did not hold, or that all did. */
  readonly message: string;
}

/** Characters of an event's value kept in a result. */
const ACTUAL_LENGTH_MAX = 1_000;

/** Judges all conditions of a trigger against one event. Never throws. */
export function matchConditions(conditions: TriggerConditions, event: CustomWebhookEvent): MatchResult {
  const scope = triggerScope(event);
  const results = [
    ...(conditions.headerConditions ?? []).map((condition) => judgeCondition('header', condition, scope)),
    ...(conditions.payloadConditions ?? []).flatMap((condition) =>
      isAboutGit(condition) ? [] : [judgeCondition('payload', condition, scope)],
    ),
    ...judgeExpression(conditions.jexlCondition, scope),
  ];
  const failed = results.find((result) => !result.holds);
  if (failed === undefined) {
    return {
      matched: true,
      results,
      message: results.length === 0 ? 'The trigger has no conditions.' : 'All conditions hold.',
    };
  }
  return { matched: false, results, failedKind: failed.kind, message: explain(failed) };
}

/** A custom event has no source branch and no changed files: conditions on them are skipped, as for every event without them. */
function isAboutGit(condition: TriggerCondition): boolean {
  return condition.key === 'sourceBranch' || condition.key === 'changedFiles';
}

function judgeCondition(
  kind: 'header' | 'payload',
  { key, operator, value }: TriggerCondition,
  scope: ExpressionScope,
): JudgedCondition {
  const found = readKey(kind, key, scope);
  const shown = found.actual === null ? null : shorten(found.actual, ACTUAL_LENGTH_MAX);
  const condition = { kind, key, operator, value, actual: shown };
  if (found.problem !== undefined) return { ...condition, holds: false, problem: found.problem };
  if (!isConditionOperator(operator)) {
    const problem = `"${shorten(operator, 60)}" is not an operator; there are ${CONDITION_OPERATORS.join(', ')}`;
    return { ...condition, holds: false, problem };
  }
  const judgement = judge(operator, found.actual, value);
  // What cannot be judged does not hold, whichever way round the operator asks.
  return { ...condition, ...judgement, holds: judgement.holds && judgement.problem === undefined };
}

function readKey(
  kind: 'header' | 'payload',
  key: string,
  scope: ExpressionScope,
): { readonly actual: string | null; readonly problem?: string } {
  if (kind === 'header' && !key.includes('<+')) {
    return readKey(kind, `<+trigger.header[${JSON.stringify(key)}]>`, scope);
  }
  if (!key.includes('<+')) return { actual: null };
  const resolution = resolveText(key, scope, { nulls: 'lenient' });
  if (resolution.error !== undefined) return { actual: null, problem: resolution.error.message };
  return { actual: asText(resolution.value) };
}

function asText(value: Value): string | null {
  if (value === null || typeof value === 'string') return value;
  return JSON.stringify(value);
}

function judgeExpression(expression: string | undefined, scope: ExpressionScope): readonly JudgedCondition[] {
  if (expression === undefined || expression.trim() === '') return [];
  const result = evaluateCondition(expression, scope);
  const judged = { kind: 'jexl', key: expression, operator: '', value: '', actual: asText(result.value) } as const;
  if (result.error !== undefined) return [{ ...judged, holds: false, problem: result.error.message }];
  if (result.value === null) {
    // The exact text of api.md §3.7.
    return [
      { ...judged, holds: false, problem: `Expression ${expression} was evaluated to null. Expected type is Boolean` },
    ];
  }
  return [{ ...judged, holds: result.holds }];
}

function explain(failed: JudgedCondition): string {
  switch (failed.kind) {
    case 'jexl':
      return failed.problem ?? `The condition ${shorten(failed.key)} is false.`;
    case 'header':
    case 'payload': {
      const what = failed.kind === 'header' ? 'header condition' : 'payload condition';
      if (failed.problem !== undefined)
        return `The ${what} on ${shorten(failed.key)} cannot be judged: ${failed.problem}.`;
      const saw = failed.actual === null ? 'the event has no such value' : `the event has "${shorten(failed.actual)}"`;
      return `The ${what} ${shorten(failed.key)} ${failed.operator} "${shorten(failed.value)}" does not hold: ${saw}.`;
    }
  }
}
