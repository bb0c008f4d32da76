import type { ExecutionHeader } from './execution.ts';

/**
 * The log key of a step (api.md §8.3, standard form); a retry appends `_<n>` to the step's level. `around`: the attempts of
 * repeated containers around the step, outermost first, which make its own attempts begin anew.
 */
export function logKeyOf(
  execution: ExecutionHeader,
  fqn: string,
  attempt: number,
  around: readonly number[] = [],
): string {
  const levels = fqn.split('.').map((segment, index) => `level${index}:${segment}`);
  const suffix = attempt === 0 && around.length === 0 ? '' : `_${[...around, attempt].join('_')}`;
  return `${logKeyPrefix(execution)}/${levels.join('/')}${suffix}`;
}

/** What all log keys of one execution begin with. */
export function logKeyPrefix({ scope, pipelineIdentifier, runSequence }: ExecutionHeader): string {
  return (
    `accountId:${scope.accountId}/orgId:${scope.orgIdentifier}/projectId:${scope.projectIdentifier}` +
    `/pipelineId:${pipelineIdentifier}/runSequence:${runSequence}`
  );
}
