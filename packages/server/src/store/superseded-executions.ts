/** Runs that a newer event of Git makes useless. */
import type { ExecutionId, GitEvent, ProjectScope } from '@bridle/pipeline';
import type { Database } from './database.ts';
import { causeOf } from './execution-rows.ts';

export interface OlderRun {
  readonly executionId: ExecutionId;
  readonly git: GitEvent;
}

/**
 * Active runs of a pipeline that events of Git have started before this run; not those of the same event. Their headers are read
 * here and not in SQL, which refuses what a commit's message may hold.
 */
export async function listOlderGitRuns(
  db: Database,
  scope: ProjectScope,
  pipelineIdentifier: string,
  { runSequence, eventId }: { readonly runSequence: number; readonly eventId: string },
): Promise<readonly OlderRun[]> {
  const rows = await db
    .selectFrom('executions')
    .select(['id', 'header'])
    .where('account_id', '=', scope.accountId)
    .where('org_identifier', '=', scope.orgIdentifier)
    .where('project_identifier', '=', scope.projectIdentifier)
    .where('pipeline_identifier', '=', pipelineIdentifier)
    .where('is_final', '=', false)
    .where('run_sequence', '<', runSequence)
    .execute();
  return rows.flatMap(({ id, header }) => {
    const { trigger } = causeOf(header);
    if (trigger?.git === undefined || trigger.eventId === eventId) return [];
    return [{ executionId: id as ExecutionId, git: trigger.git }];
  });
}
