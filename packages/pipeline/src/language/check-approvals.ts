/** What the schemas of approval steps cannot say (pipelines.md §5.4). */
import type { StepType } from '../steps/step-types.ts';
import type { Findings } from './diagnostics.ts';
import { awaitsInput, capitalised, isLate } from './read-fields.ts';
import { readCount } from './read-numbers.ts';
import { find, findText, isEmpty, type YamlNode } from './yaml-node.ts';

/** `spec` is the step's, `what` as in `the step build`. */
export function checkApproval(type: StepType, spec: YamlNode | undefined, what: string, findings: Findings): void {
  if (type === 'CustomApproval') checkCriteria(spec, what, findings);
  if (type === 'HarnessApproval') checkApprovers(spec, what, findings);
}

const NEEDS: Readonly<Record<string, string>> = { Jexl: 'expression', KeyValues: 'conditions' };

/** Each kind of criteria needs what it is judged by. */
function checkCriteria(spec: YamlNode | undefined, what: string, findings: Findings): void {
  for (const name of ['approvalCriteria', 'rejectionCriteria']) {
    const criteria = find(spec, name);
    const type = findText(criteria, 'type') ?? '';
    const field = Object.hasOwn(NEEDS, type) ? NEEDS[type] : undefined;
    const inner = find(criteria, 'spec');
    if (criteria === undefined || field === undefined || awaitsInput(inner) || !isEmpty(find(inner, field))) continue;
    const message = `${capitalised(name)} of ${what} is ${type} and needs ${field} in its spec.`;
    findings.add('FIELD_MISSING', 'run', inner ?? criteria, message);
  }
}

const DEADLINE = /^\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} (?:AM|PM)$/i;

function checkApprovers(spec: YamlNode | undefined, what: string, findings: Findings): void {
  const count = find(find(spec, 'approvers'), 'minimumCount');
  // What is no number at all is reported by the schema.
  if (count?.kind === 'scalar' && Number.isFinite(Number(count.text)))
    readCount(count, 1, `the field minimumCount of ${what}`, findings);
  const time = find(find(find(spec, 'autoApproval'), 'scheduledDeadline'), 'time');
  if (time?.kind !== 'scalar' || isEmpty(time) || isLate(time.text) || DEADLINE.test(time.text.trim())) return;
  findings.add(
    'FIELD_VALUE',
    'run',
    time,
    `The deadline of the automatic approval of ${what} is "${time.text}", which is not a time of day.`,
    'Write it as 2026-11-26 09:30 PM.',
  );
}
