/**
 * The environment of a CI step beside what its own spec declares (pipelines.md §6.4). Same-name precedence, low to high:
 * built-in, pipeline variables, stage variables, outputs of earlier steps of the stage (the latest wins).
 */
import type { PlanVariable } from '../plan/plan.ts';
import type { Value } from '../expressions/values.ts';
import type { Draft } from './draft.ts';
import { resolveVariable } from './evaluation.ts';
import type { NodeExecution } from './execution.ts';
import type { NodeExecutionId } from './ids.ts';
import { ancestry } from './nodes.ts';
import { valueText } from './value-text.ts';

const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Steps outside a CI stage get nothing beside what they declare. */
export function stepEnvironment(draft: Draft, id: NodeExecutionId): Readonly<Record<string, string>> {
  const stage = stageOf(draft, id);
  if (stage === undefined) return {};
  const plan = draft.planNode(stage.nodeId);
  if (plan.kind !== 'stage' || plan.stageType !== 'CI') return {};
  const root = draft.planNode(draft.execution.plan.rootId);
  return {
    ...builtIn(draft, plan.identifier, plan.name, draft.planNode(draft.get(id).nodeId).name),
    ...(root.kind === 'pipeline' ? variables(draft, id, root.id, root.variables) : {}),
    ...variables(draft, id, stage.nodeId, plan.variables),
    ...loopVariables(draft, id),
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
): Record<string, string> {
  return Object.fromEntries(
    list
      .filter(({ name }) => SHELL_NAME.test(name))
      .map((variable) => [variable.name, valueText(resolveVariable(draft, at, owner, variable))]),
  );
}

/** Output variables of the stage's finished steps by name, in the order in which the steps ended. */
function earlierOutputs(draft: Draft, stage: NodeExecutionId): Record<string, string> {
  const ended = descendants(draft, stage)
    .filter((node) => node.endedAt !== undefined)
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  return Object.assign({}, ...ended.map((node) => outputVariables(node))) as Record<string, string>;
}

function outputVariables(node: NodeExecution): Record<string, string> {
  const output = node.outcomes['output'];
  if (!isMap(output)) return {};
  const named = output['outputVariables'];
  if (!isMap(named)) return {};
  return Object.fromEntries(
    Object.entries(named)
      .filter(([name]) => SHELL_NAME.test(name))
      .map(([name, value]) => [name, valueText(value)]),
  );
}

function descendants(draft: Draft, id: NodeExecutionId): NodeExecution[] {
  return draft.get(id).children.flatMap((child) => [draft.get(child), ...descendants(draft, child)]);
}

function isMap(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
