/** Services of a CI stage: what its `Background` steps have started, looked at again when a later step of the stage fails. */
import type { StepContext, StepResult } from './executor.ts';
import { StepLog } from './step-log.ts';

export interface StageService {
  /** Identifier of its step. */
  readonly identifier: string;
  /** Says how it ended; `undefined` while it runs. */
  ended(): Promise<string | undefined>;
}

/** A step that failed may have failed for want of a service: its log then says which of them no longer run. */
export async function reportEndedServices(result: StepResult, context: StepContext): Promise<void> {
  if (result.kind !== 'failed') return;
  const log = new StepLog(context.log);
  for (const service of context.workspace.services) {
    const end = await service.ended();
    if (end !== undefined) await log.line(`The service ${service.identifier} of this stage no longer runs: ${end}.`);
  }
}
