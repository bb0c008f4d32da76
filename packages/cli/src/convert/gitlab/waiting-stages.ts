/** Stages before a job that ask a person, or wait. */
import { onAnyError, type StageDraft, type StepDraft } from '../draft.ts';
import { toName } from '../identifiers.ts';
import { bothHold } from '../jexl.ts';
import type { SourceEntry } from '../source.ts';
import type { GitlabJob } from './gitlab-job.ts';

/** Nobody was asked, or the person said yes. */
export function approvedCondition({ identifier, when }: StageDraft): string {
  const status = `<+pipeline.stages.${identifier}.status>`;
  const yes = `${status} == "SUCCEEDED"`;
  return when?.condition === undefined ? yes : `(${yes} || ${status} == "SKIPPED")`;
}

/** `start_in`: a stage that only waits, since CI stages of Harness know no Wait step. */
export function delayStage(
  { entry, identifier, needs }: GitlabJob,
  duration: string,
  condition: string | undefined,
): StageDraft {
  const wait: StepDraft = { identifier: 'wait', name: 'wait', type: 'Wait', spec: { duration } };
  return {
    ...askingStage(entry, needs, condition),
    key: `the delay of ${entry.key}`,
    identifier: `wait_for_${identifier}`,
    name: toName(`wait for ${entry.key}`, identifier),
    type: 'Custom',
    steps: [[wait]],
  };
}

/** What stages without work of their own have alike. */
function askingStage(
  { place }: SourceEntry,
  needs: readonly string[],
  condition: string | undefined,
): Omit<StageDraft, 'key' | 'identifier' | 'name' | 'type' | 'steps'> {
  return {
    needs,
    place,
    when: { status: 'Success', ...(condition === undefined ? {} : { condition }) },
    variables: [],
    failureStrategies: [],
    delegateSelectors: [],
    clones: false,
    sharedPaths: [],
    notes: [],
  };
}

export function approvalStage(
  { entry, identifier, needs }: GitlabJob,
  own: string | undefined,
  isOptional: boolean,
  outer: string | undefined,
): StageDraft {
  const condition = bothHold(outer, own);
  const ask: StepDraft = {
    identifier: 'approve',
    name: 'approve',
    type: 'HarnessApproval',
    spec: {
      approvalMessage: `Run ${entry.key}?`,
      includePipelineExecutionHistory: true,
      approvers: { userGroups: ['_project_all_users'], minimumCount: 1, disallowPipelineExecutor: false },
    },
    notes: ['TODO: name the user group that may approve.'],
    // What nobody starts is left out, and the others go on.
    failureStrategies: isOptional ? [onAnyError({ type: 'Ignore' })] : [],
  };
  return {
    ...askingStage(entry, needs, condition),
    key: `the approval of ${entry.key}`,
    identifier: `approve_${identifier}`,
    name: toName(`approve ${entry.key}`, identifier),
    type: 'Approval',
    steps: [[ask]],
  };
}
