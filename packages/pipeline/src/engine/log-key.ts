import type { ExecutionHeader } from './execution.ts';

/** The log key of a step (api.md §8.3, standard form); a retry appends `_<n>` to the step's level. */
export function logKeyOf(execution: ExecutionHeader, fqn: string, attempt: number): string {
  const levels = fqn.split('.').map((segment, index) => `level${index}:${segment}`);
  const suffix = attempt === 0 ? '' : `_${attempt}`;
  return `${logKeyPrefix(execution)}/${levels.join('/')}${suffix}`;
}

/** What all log keys of one execution begin with. */
export function logKeyPrefix({ scope, pipelineIdentifier, runSequence }: ExecutionHeader): string {
  return (
    `accountId:${scope.accountId}/orgId:${scope.orgIdentifier}/projectId:${scope.projectIdentifier}` +
    `/pipelineId:${pipelineIdentifier}/runSequence:${runSequence}`
  );
}
