/** What expressions may ask of the outputs of a step that has not run: names are known before, values are not. */
import type { ScopeObject, ScopeValue } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import { memberList, memberText } from '../engine/spec-members.ts';
import { STEP_DEFINITIONS } from '../steps/step-definitions.ts';
import { DELEGATE_STEP_TYPES, type StepType } from '../steps/step-types.ts';
import type { Wait } from './preview.ts';
import { laterObject, waitValue } from './waits.ts';

/** `undefined` = a step of this type gives nothing. */
export function laterOutput(type: StepType, spec: Value, node: string, name: string): ScopeValue | undefined {
  if (type === 'HarnessApproval') return approvalOutput(spec, node, name);
  if (type !== 'CustomApproval' && !givesOutputs(type)) return undefined;
  const wait: Wait = { kind: 'output', node, text: `the output of ${name}` };
  const own = STEP_DEFINITIONS[type].outputs;
  // An answer of a server has what its step says, and nothing else; scripts may write more than they declare.
  const isClosed = type === 'Http';
  return laterObject(
    wait,
    (key) => {
      if (key === 'outputVariables') return outputVariables(spec, wait, isClosed);
      return !isClosed || own.includes(key) ? waitValue(wait) : undefined;
    },
    ['outputVariables', ...own],
  );
}

export function givesOutputs(type: StepType): boolean {
  return (DELEGATE_STEP_TYPES as readonly StepType[]).includes(type);
}

function outputVariables(spec: Value, wait: Wait, isClosed: boolean): ScopeObject {
  const declared = memberList(spec, 'outputVariables').map((variable) => memberText(variable, 'name'));
  return laterObject(
    wait,
    (name) => {
      if (declared.includes(name)) return waitValue({ ...wait, text: `${wait.text} (${name})` });
      return isClosed ? undefined : waitValue({ ...wait, undeclared: { name, declared } });
    },
    declared,
  );
}

function approvalOutput(spec: Value, node: string, name: string): ScopeValue {
  const wait: Wait = { kind: 'approval', node, text: `the approval ${name}` };
  const inputs = memberList(spec, 'approverInputs').map((input) => memberText(input, 'name'));
  const approverInputs = laterObject(wait, (key) => (inputs.includes(key) ? waitValue(wait) : undefined), inputs);
  return laterObject(
    wait,
    (key) => {
      if (key === 'approverInputs') return approverInputs;
      return key === 'approvalActivities' ? waitValue(wait) : undefined;
    },
    ['approverInputs', 'approvalActivities'],
  );
}
