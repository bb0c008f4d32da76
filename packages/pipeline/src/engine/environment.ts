/**
 * The environment of a CI step beside what its own spec declares (pipelines.md §6.4). Same-name precedence, low to high:
 * built-in, pipeline variables, stage variables, outputs of earlier steps of the stage (the latest wins).
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { PlanVariable } from '../plan/plan.ts';
import { sealedReference } from '../expressions/scope.ts';
import { ciStageAround } from './ci-stage.ts';
import { ciVariables } from './ci-variables.ts';
import type { Draft } from './draft.ts';
import { resolveVariable, useOf, type WithSecrets } from './evaluation.ts';
import type { NodeExecution } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { sealedOutputs } from './secret-outputs.ts';
import { isMap, member } from './spec-members.ts';
import { valueText } from './value-text.ts';

const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Bytes of a variable that a Linux process can be given (MAX_ARG_STRLEN), some room for its name left. A larger output is for expressions alone. */
const VARIABLE_BYTES_MAX = 130_000;

/** Variables by name; a value may hold secrets. */
export type StepEnvironment = Readonly<Record<string, WithSecrets<string>>>;

/** Steps outside a CI stage get nothing beside what they declare. */
export function stepEnvironment(draft: Draft, id: NodeExecutionId): StepEnvironment {
  const stage = ciStageAround(draft, id);
  if (stage === undefined) return {};
  const root = draft.planNode(draft.execution.plan.rootId);
  return {
    ...plain(ciVariables(draft, id, stage)),
    ...(root.kind === 'pipeline' ? variables(draft, id, root.id, root.variables) : {}),
    ...variables(draft, id, stage.plan.id, stage.plan.variables),
    ...earlierOutputs(draft, stage.node.id),
  };
}

function plain(variables: Readonly<Record<string, string>>): StepEnvironment {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value, secrets: [] }]));
}

function variables(
  draft: Draft,
  at: NodeExecutionId,
  owner: NodeExecution['nodeId'],
  list: readonly PlanVariable[],
): StepEnvironment {
  return Object.fromEntries(
    list
      .filter(({ name }) => SHELL_NAME.test(name))
      .map((variable) => [variable.name, resolveVariable(draft, at, owner, variable)]),
  );
}

/** Output variables of the stage's finished steps by name, in the order in which the steps ended. */
function earlierOutputs(draft: Draft, stage: NodeExecutionId): StepEnvironment {
  const ended = descendants(draft, stage)
    .filter((node) => node.endedAt !== undefined)
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  return Object.assign({}, ...ended.map((node) => outputVariables(node))) as StepEnvironment;
}

function outputVariables(node: NodeExecution): StepEnvironment {
  const named = member(node.outcomes['output'] ?? null, 'outputVariables');
  if (!isMap(named)) return {};
  const sealed = sealedOutputs(node.outcomes);
  return Object.fromEntries(
    Object.entries(named)
      .filter(([name]) => SHELL_NAME.test(name))
      .map(([name, value]) => [name, valueText(value)] as const)
      .filter(([, text]) => fitsVariable(text))
      .map(([name, text]) => {
        return [name, sealed.includes(name) ? useOf(sealedReference(text)) : { value: text, secrets: [] }];
      }),
  );
}

function fitsVariable(text: string): boolean {
  // No character takes more than three bytes per UTF-16 unit.
  return text.length <= VARIABLE_BYTES_MAX / 3 || utf8ToBytes(text).length <= VARIABLE_BYTES_MAX;
}

function descendants(draft: Draft, id: NodeExecutionId): NodeExecution[] {
  return draft.get(id).children.flatMap((child) => [draft.get(child), ...descendants(draft, child)]);
}
