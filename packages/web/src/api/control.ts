/** What people ask of a running execution: interrupts, approvals, inputs, retries. */
import { queryOptions } from '@tanstack/react-query';
import { call, scopeQuery, type Scope } from './client.ts';

const EXECUTE = '/pipeline/api/pipeline/execute';

/** Pauses, resumes or expires an execution. */
export function interrupt(accountId: string, execution: string, type: 'Pause' | 'Resume'): Promise<unknown> {
  return call(`${EXECUTE}/interrupt/${execution}`, {
    method: 'PUT',
    query: { accountIdentifier: accountId, interruptType: type },
    body: {},
  });
}

/** Answers a step that waits for a decision. */
export function decide(accountId: string, execution: string, node: string, type: string): Promise<unknown> {
  return call(`${EXECUTE}/manualIntervention/interrupt/${execution}/${node}`, {
    method: 'PUT',
    query: { accountIdentifier: accountId, interruptType: type },
    body: {},
  });
}

/** Runs an execution again from the first stage that did not end well. */
export function retryFailed(
  scope: Scope,
  execution: string,
): Promise<{ readonly planExecution: { readonly uuid: string } }> {
  return call(`${EXECUTE}/retry/${execution}`, { method: 'PUT', query: scopeQuery(scope), body: {} });
}

export interface ApprovalInput {
  readonly name: string;
  readonly defaultValue: string;
  readonly required: boolean;
  readonly description?: string;
  readonly allowedValues?: readonly string[];
  readonly isMultiple?: boolean;
  readonly regex?: string;
}

interface Approval {
  readonly id: string;
  readonly status: string;
  readonly details: {
    readonly approvalMessage: string;
    readonly approvers: { readonly userGroups: readonly string[]; readonly minimumCount: number };
    readonly approvalActivities: readonly {
      readonly user: { readonly name: string; readonly email: string };
      readonly action: 'APPROVE' | 'REJECT';
      readonly comments: string;
      readonly approvedAt: number;
    }[];
    readonly approverInputs: readonly ApprovalInput[];
  };
}

export const approvalQuery = (accountId: string, id: string) =>
  queryOptions({
    queryKey: ['approval', id],
    queryFn: ({ signal }) =>
      call<Approval>(`/pipeline/api/approvals/${id}`, { query: { accountIdentifier: accountId }, signal }),
  });

export interface ApprovalAnswer {
  readonly action: 'APPROVE' | 'REJECT';
  readonly comments: string;
  readonly approverInputs: readonly { readonly name: string; readonly value: string }[];
}

export function answerApproval(accountId: string, id: string, answer: ApprovalAnswer): Promise<unknown> {
  return call(`/pipeline/api/approvals/${id}/harness/activity`, {
    method: 'POST',
    query: { accountIdentifier: accountId },
    body: answer,
  });
}

interface AskedInputs {
  readonly fields: readonly {
    readonly path: string;
    readonly type: string;
    readonly required: boolean;
    readonly default?: unknown;
    readonly allowedValues?: readonly string[];
    readonly isMultiple?: boolean;
    readonly regex?: string;
  }[];
}

export const executionInputQuery = (accountId: string, execution: string, node: string) =>
  queryOptions({
    queryKey: ['execution-input', node],
    queryFn: ({ signal }) =>
      call<AskedInputs>(`${EXECUTE}/${execution}/executionInput/${node}`, {
        query: { accountIdentifier: accountId },
        signal,
      }),
  });

/** `values`: by path. */
export function submitInputs(
  accountId: string,
  execution: string,
  node: string,
  values: Readonly<Record<string, string>>,
): Promise<unknown> {
  return call(`${EXECUTE}/${execution}/executionInput/${node}`, {
    method: 'POST',
    query: { accountIdentifier: accountId },
    body: values,
  });
}
