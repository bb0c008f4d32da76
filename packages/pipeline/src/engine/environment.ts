/**
 * The environment of a CI step beside what its own spec declares (pipelines.md §6.4). Same-name precedence, low to high:
 * built-in, pipeline variables, stage variables, outputs of earlier steps of the stage (the latest wins).
 */
import type { PlanVariable } from '../plan/plan.ts';
import { sealedReference } from '../expressions/scope.ts';
import type { Draft } from './draft.ts';
import { resolveVariable, useOf, type WithSecrets } from './evaluation.ts';
import type { NodeExecution } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { ancestry } from './nodes.ts';
import { sealedOutputs } from './secret-outputs.ts';
import { isMap, member } from './spec-members.ts';
import { valueText } from './value-text.ts';

const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Variables by name; a value may hold secrets. */
export type StepEnvironment = Readonly<Record<string, WithSecrets<string>>>;

/** Steps outside a CI stage get nothing beside what they declare. */
export function stepEnvironment(draft: Draft, id: NodeExecutionId): StepEnvironment {
  const stage = stageOf(draft, id);
  if (stage === undefined) return {};
  const plan = draft.planNode(stage.nodeId);
  if (plan.kind !== 'stage' || plan.stageType !== 'CI') return {};
  const root = draft.planNode(draft.execution.plan.rootId);
  return {
    ...plain(builtIn(draft, plan.identifier, plan.name, draft.planNode(draft.get(id).nodeId).name)),
    ...(root.kind === 'pipeline' ? variables(draft, id, root.id, root.variables) : {}),
    ...variables(draft, id, stage.nodeId, plan.variables),
    ...plain(loopVariables(draft, id)),
    ...earlierOutputs(draft, stage.id),
  };
}

/** A stage that the pipeline rolls back is the one that its steps belong to. */
function stageOf(draft: Draft, id: NodeExecutionId): NodeExecution | undefined {
  for (const { node, plan } of ancestry(draft, id)) {
    if (plan.kind === 'stage') return node;
    if (node.subject !== undefined) return draft.get(node.subject);
  }
  return undefined;
}

/** Which turn of how many the nearest loop is in (pipelines.md §6.4). */
function loopVariables(draft: Draft, id: NodeExecutionId): Record<string, string> {
  for (const { node } of ancestry(draft, id)) {
    if (node.iteration === undefined) continue;
    const { index, total } = node.iteration;
    return { HARNESS_NODE_INDEX: String(index), HARNESS_NODE_TOTAL: String(total) };
  }
  return { HARNESS_NODE_INDEX: '0', HARNESS_NODE_TOTAL: '1' };
}

function plain(variables: Readonly<Record<string, string>>): StepEnvironment {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value, secrets: [] }]));
}

function builtIn(draft: Draft, stageIdentifier: string, stageName: string, stepName: string): Record<string, string> {
  const { execution } = draft;
  const build = String(execution.runSequence);
  return {
    CI: 'true',
    DRONE: 'true',
    HARNESS_ACCOUNT_ID: execution.scope.accountId,
    HARNESS_ORG_ID: execution.scope.orgIdentifier,
    HARNESS_PROJECT_ID: execution.scope.projectIdentifier,
    HARNESS_PIPELINE_ID: execution.pipelineIdentifier,
    HARNESS_STAGE_ID: stageIdentifier,
    HARNESS_BUILD_ID: build,
    HARNESS_EXECUTION_ID: execution.id,
    HARNESS_USER_ID: execution.cause.triggeredBy.uuid,
    DRONE_BUILD_NUMBER: build,
    DRONE_BUILD_LINK: execution.executionUrl,
    DRONE_STAGE_NAME: stageName,
    DRONE_STEP_NAME: stepName,
  };
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
      .map(([name, value]) => {
        const text = valueText(value);
        return [name, sealed.includes(name) ? useOf(sealedReference(text)) : { value: text, secrets: [] }];
      }),
  );
}

function descendants(draft: Draft, id: NodeExecutionId): NodeExecution[] {
  return draft.get(id).children.flatMap((child) => [draft.get(child), ...descendants(draft, child)]);
}
