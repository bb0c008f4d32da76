/**
 * The variables that Harness sets for every step of a CI stage, as far as a server knows them (pipelines.md §6.4): HARNESS_*,
 * DRONE_* and the CI_* that mirror some of them. The delegate adds its own: its id, the workspace, the file for outputs.
 */
import type { CiSetup, PlanNode } from '../plan/plan.ts';
import { clonedCodebase, type CiStage } from './ci-stage.ts';
import { codebaseVariables } from './codebase-variables.ts';
import type { Draft } from './draft.ts';
import type { NodeExecution } from './execution.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';
import { ancestry, rootOf, subtree } from './nodes.ts';
import { isBroken } from './status.ts';

type Variables = Readonly<Record<string, string>>;

export function ciVariables(draft: Draft, id: NodeExecutionId, stage: CiStage): Variables {
  const { execution } = draft;
  const build = String(execution.runSequence);
  const drone = {
    ...droneBuild(draft, build),
    ...codebaseVariables(clonedCodebase(draft, stage)),
    ...droneStage(draft, id, stage),
  };
  return {
    CI: 'true',
    DRONE: 'true',
    HARNESS_ACCOUNT_ID: execution.scope.accountId,
    HARNESS_ORG_ID: execution.scope.orgIdentifier,
    HARNESS_PROJECT_ID: execution.scope.projectIdentifier,
    HARNESS_PIPELINE_ID: execution.pipelineIdentifier,
    HARNESS_STAGE_ID: stage.plan.identifier,
    HARNESS_BUILD_ID: build,
    HARNESS_EXECUTION_ID: execution.id,
    HARNESS_USER_ID: execution.cause.triggeredBy.uuid,
    ...loopVariables(draft, id),
    ...drone,
    ...mirrored(drone),
  };
}

function droneBuild({ execution, at }: Draft, build: string): Variables {
  const seconds = (ms: number): string => String(Math.floor(ms / 1_000));
  return {
    DRONE_BUILD_NUMBER: build,
    DRONE_BUILD_LINK: execution.executionUrl,
    DRONE_BUILD_CREATED: seconds(execution.createdAt),
    DRONE_BUILD_STARTED: seconds(execution.startedAt ?? execution.createdAt),
    DRONE_BUILD_FINISHED: seconds(at),
  };
}

function droneStage(draft: Draft, id: NodeExecutionId, { node, plan }: CiStage): Variables {
  const steps = [...subtree(draft, node.id)].filter(({ nodeId }) => draft.planNode(nodeId).kind === 'step');
  const failedSteps = steps.filter(({ status }) => isBroken(status));
  const failedStages = stagesSoFar(draft).filter(({ status }) => isBroken(status));
  const namesOf = (nodes: readonly NodeExecution[]): string =>
    nodes.map(({ nodeId }) => draft.planNode(nodeId).name).join(',');
  return {
    DRONE_BUILD_STATUS: failedSteps.length + failedStages.length === 0 ? 'success' : 'failure',
    DRONE_STAGE_NAME: plan.name,
    DRONE_STAGE_NUMBER: String(stagesOf(draft).indexOf(plan.id) + 1),
    DRONE_STAGE_STATUS: failedSteps.length === 0 ? 'success' : 'failure',
    DRONE_STAGE_KIND: 'pipeline',
    ...platform(plan.ci),
    DRONE_STEP_NAME: draft.planNode(draft.get(id).nodeId).name,
    DRONE_STEP_NUMBER: String(steps.findIndex((step) => step.id === id) + 1),
    DRONE_FAILED_STEPS: namesOf(failedSteps),
    DRONE_FAILED_STAGES: namesOf(failedStages),
  };
}

/** As Drone spells them; an expression is for the delegate's matching only. */
function platform({ os = '', arch = '' }: CiSetup = {}): Variables {
  return {
    ...(os === '' || os.includes('<+') ? {} : { DRONE_STAGE_OS: os.toLowerCase() }),
    ...(arch === '' || arch.includes('<+') ? {} : { DRONE_STAGE_ARCH: arch.toLowerCase() }),
  };
}

/** The stages that have begun, without what is below them. */
function stagesSoFar(draft: Draft): readonly NodeExecution[] {
  const below = (node: NodeExecution): readonly NodeExecution[] =>
    draft.planNode(node.nodeId).kind === 'stage' ? [node] : node.children.flatMap((child) => below(draft.get(child)));
  const root = rootOf(draft);
  return root === undefined ? [] : below(root);
}

/** The stages of the plan in the order of its text. */
function stagesOf(draft: Draft): readonly NodeId[] {
  const below = (plan: PlanNode): readonly NodeId[] => {
    if (plan.kind === 'stage') return [plan.id];
    return 'children' in plan ? plan.children.flatMap((child) => below(draft.planNode(child))) : [];
  };
  return below(draft.planNode(draft.execution.plan.rootId));
}

/** Which turn of how many: of the loop around the stage, of those inside of it, and of both together. */
function loopVariables(draft: Draft, id: NodeExecutionId): Variables {
  const inside = { index: 0, total: 1 };
  const around = { index: 0, total: 1 };
  let isInside = true;
  for (const { node, plan } of ancestry(draft, id)) {
    const { index, total } = node.iteration ?? { index: 0, total: 1 };
    if (plan.kind === 'stage') isInside = false;
    const loops = isInside ? inside : around;
    // From the inside out: an outer loop counts in units of what is inside of it.
    loops.index += index * loops.total;
    loops.total *= total;
  }
  return {
    HARNESS_NODE_INDEX: String(around.index * inside.total + inside.index),
    HARNESS_NODE_TOTAL: String(around.total * inside.total),
    HARNESS_STAGE_INDEX: String(around.index),
    HARNESS_STAGE_TOTAL: String(around.total),
    HARNESS_STEP_INDEX: String(inside.index),
    HARNESS_STEP_TOTAL: String(inside.total),
  };
}

const MIRRORED = [
  'BUILD_NUMBER',
  'BUILD_LINK',
  'BUILD_EVENT',
  'BUILD_STATUS',
  'BUILD_CREATED',
  'BUILD_STARTED',
  'BUILD_FINISHED',
  'COMMIT_SHA',
  'COMMIT_REF',
  'COMMIT_BRANCH',
  'COMMIT_LINK',
  'COMMIT_MESSAGE',
  'COMMIT_AUTHOR',
  'COMMIT_AUTHOR_NAME',
  'COMMIT_AUTHOR_EMAIL',
  'REMOTE_URL',
  'REPO',
  'REPO_NAME',
  'REPO_LINK',
] as const;

function mirrored(drone: Variables): Variables {
  return Object.fromEntries(
    MIRRORED.flatMap((name): [string, string][] => {
      const value = drone[`DRONE_${name}`];
      return value === undefined ? [] : [[`CI_${name}`, value]];
    }),
  );
}
