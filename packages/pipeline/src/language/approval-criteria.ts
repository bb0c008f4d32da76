/** The criteria of a CustomApproval: each kind needs what it is judged by (pipelines.md §5.4). */
import type { Findings } from './diagnostics.ts';
import { awaitsInput, capitalised } from './read-fields.ts';
import { find, findText, isEmpty, type YamlNode } from './yaml-node.ts';

const NEEDS: Readonly<Record<string, string>> = { Jexl: 'expression', KeyValues: 'conditions' };

/** `spec` is the step's, `what` as in `the step build`. */
export function checkCriteria(spec: YamlNode | undefined, what: string, findings: Findings): void {
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
