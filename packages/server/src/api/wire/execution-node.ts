/** One node of the execution graph (api.md §6.10). */
import {
  isFinal,
  nodeIdentity,
  type ExecutionId,
  type InterruptRecord,
  type NodeExecution,
  type NodeExecutionId,
  type NodeStatus,
  type Plan,
  type PlanNode,
  type StepNode,
  type StepType,
  type Value,
  shownOutcomes,
} from '@bridle/pipeline';
import type { ExecutionNode } from '@bridle/protocol';
import { availableAnswers } from '../../executions/control.ts';
import { approvalId } from './approval.ts';
import { failureInfo } from './failure-info.ts';
import { interruptHistories } from './interrupt-histories.ts';
import { nodeRunInfo } from './node-run-info.ts';
import { strategyMetadata } from './strategy-metadata.ts';

/** What a node's printing needs of its execution. */
export interface NodeContext {
  readonly executionId: ExecutionId;
  readonly plan: Plan;
  /** All nodes of the execution, for their names in loops and for earlier attempts. */
  readonly nodes: Readonly<Record<NodeExecutionId, NodeExecution>>;
  readonly abort?: InterruptRecord;
}

export function executionNode(node: NodeExecution, plan: PlanNode, context: NodeContext): ExecutionNode {
  const { identifier, name, fqn } = nodeIdentity(context, node);
  return {
    uuid: node.id,
    setupId: node.nodeId,
    name,
    identifier,
    baseFqn: fqn,
    outcomes: { ...shownOutcomes(node.outcomes) },
    stepParameters: stepParameters(node, plan),
    createdAt: node.createdAt,
    startTs: node.startedAt ?? null,
    endTs: node.endedAt ?? null,
    stepType: stepType(plan),
    status: node.status,
    failureInfo: failureInfo(node.failure),
    skipInfo: null,
    nodeRunInfo: runInfo(node, plan),
    executableResponses: executableResponses(node, plan, context),
    unitProgresses: unitProgresses(node, plan),
    progressData: null,
    stepDetails: stepDetails(node, plan),
    delegateInfoList:
      node.delegate === undefined
        ? []
        : [{ id: node.delegate.id, name: node.delegate.name, taskId: node.id, taskName: name }],
    interruptHistories: interruptHistories(node, plan, context),
    retryNodeMetadata: earlierAttempts(node, context),
    strategyMetadata: node.iteration === undefined ? null : strategyMetadata(node.iteration),
    executionInputConfigured: (plan.executionInputs ?? []).length > 0,
    logBaseKey: node.logKey ?? null,
    manualInterventionAvailableActions: [...availableAnswers(context, node)],
    failureAdvice:
      node.advised === undefined
        ? null
        : { action: node.advised.action, fromFqn: context.plan.nodes[node.advised.from]?.fqn ?? '' },
  };
}

function earlierAttempts({ retryIds = [] }: NodeExecution, { nodes }: NodeContext): ExecutionNode['retryNodeMetadata'] {
  const attempts = retryIds.flatMap((id) => nodes[id] ?? []);
  if (attempts.length === 0) return null;
  return {
    attempts: attempts.map(({ id, status, startedAt, endedAt, failure, logKey }) => ({
      uuid: id,
      status,
      startTs: startedAt ?? null,
      endTs: endedAt ?? null,
      failureInfo: failureInfo(failure),
      logBaseKey: logKey ?? null,
    })),
  };
}

/** Of a chained stage: the execution it started. */
function stepDetails(
  { childExecutionId, stepParameters = null }: NodeExecution,
  plan: PlanNode,
): ExecutionNode['stepDetails'] {
  if (childExecutionId === undefined || plan.kind !== 'stage' || plan.chain === undefined) return null;
  return {
    childPipelineExecutionDetails: {
      planExecutionId: childExecutionId,
      orgId: textOf(stepParameters, 'orgIdentifier') ?? plan.chain.orgIdentifier,
      projectId: textOf(stepParameters, 'projectIdentifier') ?? plan.chain.projectIdentifier,
    },
  };
}

function textOf(spec: Value, key: string): string | undefined {
  if (typeof spec !== 'object' || spec === null) return undefined;
  const value = (spec as Readonly<Record<string, unknown>>)[key];
  return typeof value === 'string' ? value : undefined;
}

/** A pipeline and a fork have no condition of their own. */
function runInfo({ when }: NodeExecution, plan: PlanNode): ExecutionNode['nodeRunInfo'] {
  if (when === undefined || plan.kind === 'pipeline' || plan.kind === 'fork') return null;
  return nodeRunInfo(when, plan.kind === 'stage' ? 'stage' : 'step');
}

/** api.md §6.11 */
export function stepType(plan: PlanNode): string {
  switch (plan.kind) {
    case 'pipeline':
      return 'PIPELINE_SECTION';
    case 'fork':
      return 'NG_FORK';
    case 'strategy':
      return 'STRATEGY';
    case 'stage':
      return STAGE_TYPES[plan.stageType];
    case 'stepGroup':
      return 'STEP_GROUP';
    case 'rollback':
      return 'ROLLBACK_OPTIONAL_CHILD_CHAIN';
    case 'section':
      return plan.section === 'service' ? 'SERVICE_V3' : 'INFRASTRUCTURE';
    case 'step':
      return plan.stepType;
  }
}

const STAGE_TYPES = {
  Custom: 'CUSTOM_STAGE',
  CI: 'IntegrationStageStepPMS',
  Deployment: 'DEPLOYMENT_STAGE_STEP',
  Approval: 'APPROVAL_STAGE',
  Pipeline: 'PIPELINE_STAGE',
} as const;

/** The one unit of work of a delegate's step. */
export function unitName({ stepType: type }: StepNode): string {
  return type === 'ShellScript' ? 'Execute' : type;
}

function stepParameters(node: NodeExecution, plan: PlanNode): unknown {
  const { identifier, name } = plan;
  if (plan.kind !== 'step') return { identifier, name };
  const timeout = node.timeoutMs === undefined ? {} : { timeout: `${String(node.timeoutMs)}ms` };
  return { identifier, name, type: plan.stepType, ...timeout, spec: node.stepParameters ?? null };
}

/** Steps that wait for something else than a delegate. */
const WAITING: readonly StepType[] = ['Wait', 'HarnessApproval', 'CustomApproval', 'Barrier', 'Queue'];

function executableResponses(
  node: NodeExecution,
  plan: PlanNode,
  { executionId }: NodeContext,
): ExecutionNode['executableResponses'] {
  if (node.status === 'Skipped') return [];
  const logKeys = node.logKey === undefined ? [] : [node.logKey];
  switch (plan.kind) {
    case 'pipeline':
    case 'stage':
    case 'stepGroup':
    case 'rollback':
      return node.children.slice(0, 1).map((childNodeId) => ({ child: { childNodeId, logKeys: [], units: [] } }));
    case 'fork':
    case 'strategy': {
      const children = node.children.map((childNodeId) => ({ childNodeId }));
      const maxConcurrency = String(plan.kind === 'strategy' ? (node.slots ?? 0) : 0);
      return [{ children: { children, maxConcurrency, shouldProceedIfFailed: true } }];
    }
    case 'section':
      return [];
    case 'step': {
      if (node.startedAt === undefined) return [];
      if (WAITING.includes(plan.stepType)) {
        const isApproval = plan.stepType === 'HarnessApproval' || plan.stepType === 'CustomApproval';
        const callbackIds = [isApproval ? approvalId(executionId, node) : node.id];
        return [{ async: { callbackIds, logKeys, units: [], timeout: String(node.timeoutMs ?? 0) } }];
      }
      const units = [unitName(plan)];
      return [{ task: { taskId: node.id, taskCategory: 'DELEGATE_TASK_V2', logKeys, units, taskName: plan.name } }];
    }
  }
}

function unitProgresses(node: NodeExecution, plan: PlanNode): ExecutionNode['unitProgresses'] {
  if (plan.kind !== 'step' || WAITING.includes(plan.stepType) || node.startedAt === undefined) return [];
  return [
    {
      unitName: unitName(plan),
      status: unitStatus(node.status),
      startTime: String(node.startedAt),
      endTime: String(node.endedAt ?? 0),
    },
  ];
}

function unitStatus(status: NodeStatus): string {
  if (!isFinal(status)) return status === 'TaskWaiting' || status === 'Queued' ? 'QUEUED' : 'RUNNING';
  switch (status) {
    case 'Success':
      return 'SUCCESS';
    case 'Skipped':
      return 'SKIPPED';
    case 'Expired':
      return 'EXPIRED';
    default:
      return 'FAILURE';
  }
}
