/**
 * Does a trigger answer to an event? (api.md §3.7)
 *
 * - C1 Every condition must hold: headers first, then payload and branches, then the expression, then changed files; the first
 *   group that does not is named.
 * - C2 All of them are judged, so that the stored event says of each what it saw.
 * - C3 Nothing in the event is ever read as an expression (S9): keys and the expression are the trigger's, values are data.
 */
import { evaluateCondition, resolveText } from '../expressions/evaluate.ts';
import { shorten } from '../expressions/errors.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import { CONDITION_OPERATORS, isConditionOperator, judge } from './operators.ts';
import { changedFiles } from './git/changed-files.ts';
import { gitValues } from './git/git-values.ts';
import { triggerScope, type WebhookEvent } from './trigger-scope.ts';

export interface TriggerCondition {
  /**
   * `<+trigger.payload.a.b>`, `<+eventPayload.a.b>`, `<+trigger.header['X-Name']>`; among header conditions also a header's bare
   * name; of Git events also `sourceBranch`, `targetBranch` and `changedFiles`.
   */
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

export type ConditionKind = 'header' | 'payload' | 'jexl' | 'files';

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

/**
 * Judges all conditions of a trigger against one event. Never throws.
 * @param files - the files that the event changed, where somebody has asked the provider; else as far as the payload says it
 */
export function matchConditions(
  conditions: TriggerConditions,
  event: WebhookEvent,
  files: readonly string[] | undefined = event.git === undefined ? undefined : changedFiles(event.git, event.payload),
): MatchResult {
  const scope = triggerScope(event);
  const ofPayload = conditions.payloadConditions ?? [];
  const results = [
    ...(conditions.headerConditions ?? []).map((condition) => judgeCondition('header', condition, scope)),
    ...ofPayload.flatMap((condition) => judgePayload(condition, event, scope)),
    ...judgeExpression(conditions.jexlCondition, scope),
    ...(event.git === undefined ? [] : ofPayload.filter(isAboutFiles).map((condition) => judgeFiles(condition, files))),
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

/** Conditions on a source branch and on changed files are skipped for events that have none, and those on files come last. */
function judgePayload(
  condition: TriggerCondition,
  { git }: WebhookEvent,
  scope: ExpressionScope,
): readonly JudgedCondition[] {
  if (isAboutFiles(condition)) return [];
  const { sourceBranch = null, targetBranch = null } = git === undefined ? {} : gitValues(git);
  if (condition.key === 'sourceBranch') {
    return sourceBranch === null ? [] : [judgeValue('payload', condition, sourceBranch)];
  }
  if (condition.key === 'targetBranch') return [judgeValue('payload', condition, targetBranch)];
  return [judgeCondition('payload', condition, scope)];
}

function isAboutFiles({ key }: TriggerCondition): boolean {
  return key === 'changedFiles';
}

/** Holds when any file matches; what asks for no match holds when none does. */
function judgeFiles(condition: TriggerCondition, files: readonly string[] | undefined): JudgedCondition {
  const { key, operator, value } = condition;
  if (files === undefined) {
    const problem = 'the event does not say which files it changed';
    return { kind: 'files', key, operator, value, actual: null, holds: false, problem };
  }
  const judged = files.map((file) => judgeValue('files', condition, file));
  const isNegative = operator === 'NotIn' || operator === 'NotEquals' || operator === 'DoesNotContain';
  const decisive = judged.find(({ holds, problem }) => problem !== undefined || holds !== isNegative);
  const holds = isNegative ? decisive === undefined : decisive?.holds === true;
  if (decisive !== undefined) return { ...decisive, holds: decisive.problem === undefined && holds };
  return { ...judgeValue('files', condition, null), actual: shorten(files.join(', '), ACTUAL_LENGTH_MAX), holds };
}

function judgeCondition(
  kind: 'header' | 'payload',
  { key, operator, value }: TriggerCondition,
  scope: ExpressionScope,
): JudgedCondition {
  const found = readKey(kind, key, scope);
  if (found.problem === undefined) return judgeValue(kind, { key, operator, value }, found.actual);
  return { kind, key, operator, value, actual: found.actual, holds: false, problem: found.problem };
}

function judgeValue(
  kind: ConditionKind,
  { key, operator, value }: TriggerCondition,
  actual: string | null,
): JudgedCondition {
  const condition = { kind, key, operator, value, actual: actual === null ? null : shorten(actual, ACTUAL_LENGTH_MAX) };
  if (!isConditionOperator(operator)) {
    const problem = `"${shorten(operator, 60)}" is not an operator; there are ${CONDITION_OPERATORS.join(', ')}`;
    return { ...condition, holds: false, problem };
  }
  const judgement = judge(operator, actual, value);
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
    case 'payload':
    case 'files': {
      const what = failed.kind === 'header' ? 'header condition' : 'payload condition';
      if (failed.problem !== undefined)
        return `The ${what} on ${shorten(failed.key)} cannot be judged: ${failed.problem}.`;
      const saw = failed.actual === null ? 'the event has no such value' : `the event has "${shorten(failed.actual)}"`;
      return `The ${what} ${shorten(failed.key)} ${failed.operator} "${shorten(failed.value)}" does not hold: ${saw}.`;
    }
  }
}
