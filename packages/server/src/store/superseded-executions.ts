/** Runs that a newer event of Git makes useless. */
import { sql } from 'kysely';
import type { ExecutionId, GitEvent, ProjectScope } from '@bridle/pipeline';
import type { Database } from './database.ts';

export interface OlderRun {
  readonly executionId: ExecutionId;
  readonly git: GitEvent;
}

/** Active runs of a pipeline that events of Git have started before this run; not those of the same event. */
export async function listOlderGitRuns(
  db: Database,
  scope: ProjectScope,
  pipelineIdentifier: string,
  { runSequence, eventId }: { readonly runSequence: number; readonly eventId: string },
): Promise<readonly OlderRun[]> {
  const result = await sql<{ id: string; git: unknown }>`
    select id, header->'cause'->'trigger'->'git' as git from executions
    where account_id = ${scope.accountId} and org_identifier = ${scope.orgIdentifier} and project_identifier = ${scope.projectIdentifier}
      and pipeline_identifier = ${pipelineIdentifier} and not is_final and run_sequence < ${runSequence}
      and header->'cause'->'trigger'->'git' is not null and header->'cause'->'trigger'->>'eventId' <> ${eventId}`.execute(
    db,
  );
  return result.rows.map(({ id, git }) => ({ executionId: id as ExecutionId, git: git as GitEvent }));
}
