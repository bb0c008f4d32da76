/** What a node of an execution asks people, and their answers. */
import {
  isHarnessError,
  type ApprovalDetails,
  type ExecutionInputResponse,
  type ExecutionNode,
  type Harness,
} from '@bridle/sdk';
import type { RunWaitingEvent } from '@bridle/protocol';
import type { ProjectConnection } from '../connection/connect.ts';
import type { Decision } from '../local/local-run.ts';

/** Whatever holds a node that waits for a decision has its status, too, and is not what is decided about. */
export function isDecidedHere(node: ExecutionNode, all: Iterable<ExecutionNode>): boolean {
  if (node.status !== 'InterventionWaiting' || node.manualInterventionAvailableActions.length === 0) return false;
  for (const { status, baseFqn, uuid } of all) {
    if (uuid === node.uuid || status !== 'InterventionWaiting') continue;
    // A made node has the address of what it stands in, with a word more.
    if (baseFqn.startsWith(`${node.baseFqn}.`) || node.stepType === 'STRATEGY') return false;
  }
  return true;
}

/** `undefined` = nothing is asked here; what only holds the node that asks has its status, too. */
export async function waitingEvent(
  harness: Harness,
  planExecutionId: string,
  node: ExecutionNode,
  all: Iterable<ExecutionNode>,
  signal: AbortSignal,
): Promise<RunWaitingEvent | undefined> {
  const event = { type: 'waiting', time: new Date().toISOString(), planExecutionId, node: node.uuid } as const;
  switch (node.status) {
    case 'ApprovalWaiting': {
      const id = approvalIdOf(node);
      if (id === undefined) return undefined;
      const path = '/pipeline/api/approvals/{approvalInstanceId}';
      const { details } = await harness.raw.GET(path, { path: { approvalInstanceId: id }, signal });
      return {
        ...event,
        for: 'approval',
        message: details.approvalMessage,
        choices: ['approve', 'reject'],
        ...(details.approverInputs.length === 0 ? {} : { inputs: details.approverInputs.map(approverInput) }),
      };
    }
    case 'InterventionWaiting':
      return !isDecidedHere(node, all)
        ? undefined
        : {
            ...event,
            for: 'intervention',
            message: node.failureInfo.message === '' ? 'The step failed.' : node.failureInfo.message,
            choices: [...node.manualInterventionAvailableActions],
          };
    case 'InputWaiting': {
      const asked = await askedInputs(harness, node, signal);
      if (asked === undefined) return undefined;
      return {
        ...event,
        for: 'input',
        message: `${node.name} asks for inputs.`,
        choices: ['submit'],
        inputs: [...asked],
      };
    }
    default:
      return undefined;
  }
}

/** `undefined` of what only holds the node that asks, and of what was given already or is over: all of them may have its status. */
export async function askedInputs(
  harness: Harness,
  node: ExecutionNode,
  signal: AbortSignal,
): Promise<readonly WaitingInput[] | undefined> {
  if (node.status !== 'InputWaiting' || node.executionInputConfigured !== true) return undefined;
  try {
    // Harness tells of no fields.
    const asked: Partial<ExecutionInputResponse> = await harness.executions.waitingInputs(node.uuid, { signal });
    return asked.userInput === null ? (asked.fields ?? []).map(executionInput) : undefined;
  } catch (error) {
    if (isHarnessError(error, 'api') && error.status === 404) return undefined;
    throw error;
  }
}

/** Of a step that waits for approval. */
export function approvalIdOf({ executableResponses, stepType }: ExecutionNode): string | undefined {
  if (!stepType.endsWith('Approval')) return undefined;
  for (const response of executableResponses) {
    const ids: unknown = response['async']?.['callbackIds'];
    if (Array.isArray(ids) && typeof ids[0] === 'string') return ids[0];
  }
  return undefined;
}

type WaitingInput = NonNullable<RunWaitingEvent['inputs']>[number];

function approverInput(input: ApprovalDetails['approverInputs'][number]): WaitingInput {
  const { name, required, defaultValue, description, allowedValues, isMultiple, regex } = input;
  return {
    name,
    required,
    ...(defaultValue === '' ? {} : { defaultValue }),
    ...(description === undefined ? {} : { description }),
    ...(allowedValues === undefined ? {} : { allowedValues: [...allowedValues] }),
    ...(isMultiple === true ? { isMultiple: true } : {}),
    ...(regex === undefined ? {} : { regex }),
  };
}

function executionInput(input: ExecutionInputResponse['fields'][number]): WaitingInput {
  const { path, required, default: fallback, allowedValues, isMultiple, regex } = input;
  return {
    name: path,
    required: required && fallback === undefined,
    ...(fallback === undefined ? {} : { defaultValue: textOf(fallback) }),
    ...(allowedValues === undefined ? {} : { allowedValues: [...allowedValues] }),
    ...(isMultiple === true ? { isMultiple: true } : {}),
    ...(regex === undefined ? {} : { regex }),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Answers with the objection, if there is one. */
export async function decide(
  connection: ProjectConnection,
  planExecutionId: string,
  node: ExecutionNode,
  decision: Decision,
): Promise<string | undefined> {
  try {
    await send(connection, planExecutionId, node, decision);
    return undefined;
  } catch (error) {
    if (isHarnessError(error, 'api')) return error.message;
    throw error;
  }
}

export async function send(
  { harness, org, project }: ProjectConnection,
  planExecutionId: string,
  node: ExecutionNode,
  answer: Decision,
): Promise<void> {
  if (answer.kind === 'inputs') {
    await harness.executions.submitInputs(node.uuid, answer.values);
    return;
  }
  if (answer.kind === 'approval') {
    await harness.raw.POST('/pipeline/api/approvals/{approvalInstanceId}/harness/activity', {
      path: { approvalInstanceId: approvalIdOf(node) ?? node.uuid },
      body: {
        action: answer.action,
        comments: answer.comments,
        approverInputs: Object.entries(answer.inputs).map(([name, value]) => ({ name, value })),
      },
    });
    return;
  }
  await harness.raw.PUT('/pipeline/api/pipeline/execute/interrupt/{planExecutionId}/{nodeExecutionId}', {
    path: { planExecutionId, nodeExecutionId: node.uuid },
    query: { orgIdentifier: org, projectIdentifier: project, interruptType: answer.action },
  });
}
