/** One node of the execution graph (api.md §6.10). */
import {
  isFinal,
  type ExecutionId,
  type InterruptRecord,
  type NodeExecution,
  type NodeStatus,
  type PlanNode,
  type StepNode,
} from '@bridle/pipeline';
import type { ExecutionNode, InterruptHistory } from '@bridle/protocol';
import { failureInfo } from './failure-info.ts';
import { nodeRunInfo } from './node-run-info.ts';

/** What a node's printing needs of its execution. */
export interface NodeContext {
  readonly executionId: ExecutionId;
  readonly abort?: InterruptRecord;
}

export function executionNode(node: NodeExecution, plan: PlanNode, context: NodeContext): ExecutionNode {
  return {
    uuid: node.id,
    setupId: node.nodeId,
    name: plan.name,
    identifier: plan.identifier,
    baseFqn: plan.fqn,
    outcomes: { ...node.outcomes },
    stepParameters: stepParameters(node, plan),
    createdAt: node.createdAt,
    startTs: node.startedAt ?? null,
    endTs: node.endedAt ?? null,
    stepType: stepType(plan),
    status: node.status,
    failureInfo: failureInfo(node.failure),
    skipInfo: null,
    nodeRunInfo: runInfo(node, plan),
    executableResponses: executableResponses(node, plan),
    unitProgresses: unitProgresses(node, plan),
    progressData: null,
    stepDetails: null,
    delegateInfoList:
      node.delegate === undefined
        ? []
        : [{ id: node.delegate.id, name: node.delegate.name, taskId: node.id, taskName: plan.name }],
    interruptHistories: interruptHistories(node, plan, context),
    retryNodeMetadata: null,
    strategyMetadata: null,
    executionInputConfigured: false,
    logBaseKey: node.logKey ?? null,
  };
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
    case 'stage':
      return plan.stageType === 'CI' ? 'IntegrationStageStepPMS' : 'CUSTOM_STAGE';
    case 'stepGroup':
      return 'STEP_GROUP';
    case 'step':
      return plan.stepType;
  }
}

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

function executableResponses(node: NodeExecution, plan: PlanNode): ExecutionNode['executableResponses'] {
  if (node.status === 'Skipped') return [];
  const logKeys = node.logKey === undefined ? [] : [node.logKey];
  switch (plan.kind) {
    case 'pipeline':
    case 'stage':
    case 'stepGroup':
      return node.children.slice(0, 1).map((childNodeId) => ({ child: { childNodeId, logKeys: [], units: [] } }));
    case 'fork': {
      const children = node.children.map((childNodeId) => ({ childNodeId }));
      return [{ children: { children, maxConcurrency: '0', shouldProceedIfFailed: true } }];
    }
    case 'step': {
      if (node.startedAt === undefined) return [];
      const units = plan.stepType === 'Wait' ? [] : [unitName(plan)];
      if (plan.stepType === 'Wait') {
        return [{ async: { callbackIds: [node.id], logKeys, units, timeout: String(node.timeoutMs ?? 0) } }];
      }
      return [{ task: { taskId: node.id, taskCategory: 'DELEGATE_TASK_V2', logKeys, units, taskName: plan.name } }];
    }
  }
}

function unitProgresses(node: NodeExecution, plan: PlanNode): ExecutionNode['unitProgresses'] {
  if (plan.kind !== 'step' || plan.stepType === 'Wait' || node.startedAt === undefined) return [];
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

/** Only steps are interrupted themselves; what holds them ends because they end. */
function interruptHistories(node: NodeExecution, plan: PlanNode, { abort }: NodeContext): InterruptHistory[] {
  if (plan.kind !== 'step') return [];
  const isAborted = node.status === 'Aborted' || node.stopping?.as === 'Aborted';
  if (isAborted && abort !== undefined) {
    const { userId, name, email } = abort.by;
    return [
      {
        interruptId: abort.interruptId,
        tookEffectAt: node.stopping?.at ?? node.endedAt ?? abort.at,
        interruptType: 'ABORT_ALL',
        interruptConfig: {
          issuedBy: {
            issueTime: String(abort.at),
            manualIssuer: { email_id: email, user_id: userId, type: 'USER', identifier: name },
          },
        },
      },
    ];
  }
  if (node.stopping?.as !== 'Expired') return [];
  const issuedBy = { issueTime: String(node.stopping.at), timeoutIssuer: { timeoutInstanceId: node.id } };
  return [
    {
      interruptId: node.id,
      tookEffectAt: node.stopping.at,
      interruptType: 'MARK_EXPIRED',
      interruptConfig: { issuedBy },
    },
  ];
}
