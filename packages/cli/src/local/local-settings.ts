/** Where executions on this machine belong, and what holds where a pipeline says nothing: what a server says that says nothing else. */
import type { ExecutionHeader, ProjectScope } from '@bridle/pipeline';

export const LOCAL_SCOPE: ProjectScope = {
  accountId: 'local',
  orgIdentifier: 'default',
  projectIdentifier: 'local',
};

const HOUR_MS = 3_600_000;
export const LOCAL_DEFAULTS: ExecutionHeader['defaults'] = {
  pipelineTimeoutMs: 24 * HOUR_MS,
  stepTimeoutMs: 10 * HOUR_MS,
};
