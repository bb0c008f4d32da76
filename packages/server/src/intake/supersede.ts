/** `autoAbortPreviousExecutions`: a newer event aborts the runs that it makes useless (pipelines.md §8.4). */
import { runIdentity } from '@bridle/pipeline';
import type { ExecutionService, StartedExecution } from '../executions/service.ts';
import type { Database } from '../store/database.ts';
import { listOlderGitRuns } from '../store/superseded-executions.ts';
import type { Decision } from './start-by-trigger.ts';

/** A start that makes older ones useless. */
export interface Superseding {
  readonly eventId: string;
  readonly supersedes: NonNullable<Decision['supersedes']>;
  readonly started: StartedExecution;
}

/**
 * Once the newer run is there: of two that are under way at once the older one goes. A run that is left because this process died
 * in between is aborted by the next event of its kind.
 */
export async function abortSuperseded(
  db: Database,
  executions: ExecutionService,
  { eventId, supersedes, started }: Superseding,
): Promise<void> {
  const { trigger, identity } = supersedes;
  const { runSequence } = started;
  const older = await listOlderGitRuns(db, trigger.scope, trigger.pipelineIdentifier, { runSequence, eventId });
  for (const { executionId, git } of older) {
    if (runIdentity(git) !== identity) continue;
    await executions.interrupt(executionId, {
      type: 'AbortAll',
      by: { userId: 'systemUser', name: `trigger ${trigger.identifier}`, email: '' },
    });
  }
}
