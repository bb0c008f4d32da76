/** The 404 of an execution: it never was, or it has been kept for long enough. */
import { findEffectiveSettings } from '../store/settings.ts';
import type { ApiDependencies } from './dependencies.ts';
import { notFound } from './errors.ts';

/** The exact text of api.md §6.1 comes first: clients look for it. */
export function noExecution(id: string, hint = ''): Error {
  return notFound(`Plan Execution Summary does not exist or has been deleted for planExecutionId: ${id}${hint}`);
}

/** The same with the time after which executions are removed where it may have been. */
export async function noExecutionAnyMore(
  { db, usualSettings }: Pick<ApiDependencies, 'db' | 'usualSettings'>,
  { accountId, orgIdentifier = '', projectIdentifier = '' }: Where,
  id: string,
): Promise<Error> {
  const owner = {
    accountId,
    ...(orgIdentifier === '' ? {} : { orgIdentifier }),
    ...(orgIdentifier === '' || projectIdentifier === '' ? {} : { projectIdentifier }),
  };
  const name = 'execution_retention_days';
  const days = (await findEffectiveSettings(db, owner, [name], usualSettings)).get(name)?.value ?? '';
  return noExecution(id, `. Executions are removed ${days} days after their end here (the setting ${name}).`);
}

interface Where {
  readonly accountId: string;
  readonly orgIdentifier?: string;
  readonly projectIdentifier?: string;
}
