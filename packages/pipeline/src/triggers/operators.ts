/** The operators of trigger conditions (api.md §3.7). */
import { compileRegex } from '../expressions/functions/regular-expressions.ts';
import { Failure } from '../expressions/errors.ts';
import { splitCsv } from './csv.ts';

export const CONDITION_OPERATORS = [
  ...(['In', 'NotIn', 'Equals', 'NotEquals', 'Regex', 'StartsWith', 'EndsWith', 'Contains', 'DoesNotContain'] as const),
] as const;
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number];

/** Whether it holds, or why that cannot be said. */
export type Judgement = { readonly holds: boolean; readonly problem?: string };

export function isConditionOperator(text: string): text is ConditionOperator {
  return (CONDITION_OPERATORS as readonly string[]).includes(text);
}

/**
 * Judges one value of an event; `null` = the event has none, for which every positive operator is false. A blank `value` asks for
 * presence: `Equals` holds for a blank input, `NotEquals` for one that is not, all others always.
 */
export function judge(operator: ConditionOperator, actual: string | null, value: string): Judgement {
  if (value.trim() === '') {
    const isBlank = actual === null || actual.trim() === '';
    return { holds: operator === 'Equals' ? isBlank : operator === 'NotEquals' ? !isBlank : true };
  }
  switch (operator) {
    case 'NotEquals':
      return not(judge('Equals', actual, value));
    case 'NotIn':
      return not(judge('In', actual, value));
    case 'DoesNotContain':
      return not(judge('Contains', actual, value));
    default:
      return actual === null ? { holds: false } : judgePositive(operator, actual, value);
  }
}

function judgePositive(
  operator: 'Equals' | 'In' | 'Contains' | 'StartsWith' | 'EndsWith' | 'Regex',
  actual: string,
  value: string,
): Judgement {
  switch (operator) {
    case 'Equals':
      return { holds: actual === value };
    case 'Contains':
      return { holds: actual.includes(value) };
    case 'StartsWith':
      return { holds: actual.startsWith(value) };
    case 'EndsWith':
      return { holds: actual.endsWith(value) };
    case 'Regex':
      return matchesRegex(value, actual, true);
    case 'In':
      return {
        holds: splitCsv(value).some(
          (element) => element === actual || (element !== '' && matchesRegex(element, actual, false).holds),
        ),
      };
  }
}

/** Full match. An element of a list that is no regular expression is plain text only. */
function matchesRegex(pattern: string, actual: string, dotAll: boolean): Judgement {
  try {
    return { holds: compileRegex(pattern, dotAll).matches(actual) };
  } catch (error) {
    if (error instanceof Failure) return { holds: false, problem: error.message };
    throw error;
  }
}

function not(judgement: Judgement): Judgement {
  return { ...judgement, holds: !judgement.holds };
}
