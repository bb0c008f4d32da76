import { ENGINE_NAMES } from '@bridle/pipeline';
import type { ControlRefusal, ControlResult } from '../executions/control.ts';
import { ApiError, invalidRequest, notFound } from './errors.ts';
import { noExecution } from './no-execution.ts';

/** What was done, or the answer that it cannot be done (api.md §5.3). */
export function doneOrThrow(
  result: ControlResult,
  { planExecutionId, nodeExecutionId = '' }: { readonly planExecutionId: string; readonly nodeExecutionId?: string },
): Extract<ControlResult, { readonly kind: 'done' }> {
  if (result.kind === 'done') return result;
  throw refusalError(result, planExecutionId, nodeExecutionId);
}

function refusalError(refusal: ControlRefusal, planExecutionId: string, nodeExecutionId: string): Error {
  switch (refusal.kind) {
    case 'unknown':
      return noExecution(planExecutionId);
    case 'unknownNode':
      return notFound(`Execution ${planExecutionId} has no node execution ${nodeExecutionId}.`);
    case 'alreadyFinal':
      return invalidRequest(`Execution is already finished with status: [${ENGINE_NAMES[refusal.status]}]`);
    case 'alreadyRequested':
      return new ApiError('ABORT_ALL_ALREADY_NG', 'Execution already has ABORT_ALL interrupt');
    case 'refused':
      return invalidRequest(refusal.message);
  }
}
