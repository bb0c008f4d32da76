import type { ExecutionId } from '@bridle/pipeline';
import type { Database, Transaction } from './database.ts';

/** The texts that an execution was made of. Large, and asked for by few: apart from its row. */
export interface ExecutionTexts {
  readonly pipelineYaml: string;
  readonly resolvedYaml: string;
  readonly inputYaml: string;
}

export async function findExecutionTexts(
  db: Database | Transaction,
  id: ExecutionId,
): Promise<ExecutionTexts | undefined> {
  return await db
    .selectFrom('execution_documents')
    .select(['pipeline_yaml as pipelineYaml', 'resolved_yaml as resolvedYaml', 'input_yaml as inputYaml'])
    .where('execution_id', '=', id)
    .executeTakeFirst();
}
