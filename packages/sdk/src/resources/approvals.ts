/** Approvals that executions wait for. */
import type { CallOptions } from '../http/transport.ts';
import type { Live } from '../live/live.ts';
import type { ApprovalActivityRequest, ApprovalAuthorization, ApprovalInstance, ApprovalV1 } from '../wire/schemas.ts';
import { projectOf, type ProjectOptions } from './scope.ts';

export interface ApprovalAnswer {
  readonly comments?: string | undefined;
  /** Values for the inputs it asks for. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
}

export class Approvals {
  readonly #live: Live;

  /** @internal */
  constructor(live: Live) {
    this.#live = live;
  }

  /** Those of an execution. */
  async list(planExecutionId: string, options: ProjectOptions = {}): Promise<readonly ApprovalV1[]> {
    const { query, call } = projectOf(this.#live.transport.config, options);
    return await this.#live.api.call(
      'GET',
      '/v1/orgs/{org}/projects/{project}/approvals/execution/{executionId}',
      { path: { org: query.orgIdentifier, project: query.projectIdentifier, executionId: planExecutionId } },
      call,
    );
  }

  async get(approvalId: string, options: CallOptions = {}): Promise<ApprovalInstance> {
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/approvals/{approvalInstanceId}',
      { path: { approvalInstanceId: approvalId } },
      options,
    );
  }

  /** Whether whoever asks may answer it. */
  async authorization(approvalId: string, options: CallOptions = {}): Promise<ApprovalAuthorization> {
    return await this.#live.api.call(
      'GET',
      '/pipeline/api/approvals/{approvalInstanceId}/harness/authorization',
      { path: { approvalInstanceId: approvalId } },
      options,
    );
  }

  async approve(approvalId: string, answer: ApprovalAnswer = {}, options: CallOptions = {}): Promise<ApprovalInstance> {
    return await this.#answer(approvalId, 'APPROVE', answer, options);
  }

  async reject(approvalId: string, answer: ApprovalAnswer = {}, options: CallOptions = {}): Promise<ApprovalInstance> {
    return await this.#answer(approvalId, 'REJECT', answer, options);
  }

  async #answer(
    approvalId: string,
    action: ApprovalActivityRequest['action'],
    { comments = '', inputs = {} }: ApprovalAnswer,
    options: CallOptions,
  ): Promise<ApprovalInstance> {
    const approverInputs = Object.entries(inputs).map(([name, value]) => ({ name, value }));
    return await this.#live.api.call(
      'POST',
      '/pipeline/api/approvals/{approvalInstanceId}/harness/activity',
      { path: { approvalInstanceId: approvalId }, body: { action, comments, approverInputs } },
      options,
    );
  }
}
