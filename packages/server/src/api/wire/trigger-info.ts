/** Why an execution exists, as the API prints it. */
import type { ExecutionCause, GitEvent, ProjectScope } from '@bridle/pipeline';
import type { ExecutionTriggerInfo, GovernanceMetadata } from '@bridle/protocol';

/** api.md §6.4; texts without value are empty, not absent. */
export function executionTriggerInfo(cause: ExecutionCause, scope: ProjectScope): ExecutionTriggerInfo {
  const { triggerType, triggeredBy, trigger, rerun } = cause;
  const { accountId, orgIdentifier, projectIdentifier } = scope;
  return {
    triggerType,
    triggeredBy: {
      uuid: triggeredBy.uuid,
      identifier: triggeredBy.identifier,
      extraInfo: {
        ...(triggeredBy.email === undefined ? {} : { email: triggeredBy.email }),
        ...(trigger === undefined
          ? {}
          : {
              triggerRef: [accountId, orgIdentifier, projectIdentifier, trigger.identifier].join('/'),
              eventCorrelationId: trigger.eventId,
              ...(trigger.git === undefined ? {} : gitInfo(trigger.git, scope)),
            }),
      },
      triggerIdentifier: trigger?.identifier ?? '',
      triggerName: trigger?.name ?? '',
    },
    isRerun: rerun !== undefined,
    ...(rerun === undefined
      ? {}
      : {
          rerunInfo: {
            rootExecutionId: rerun.rootExecutionId,
            rootTriggerType: rerun.rootTriggerType,
            prevExecutionId: rerun.previousExecutionId,
            prevTriggerType: rerun.previousTriggerType,
          },
        }),
  };
}

const SHORT_SHA_LENGTH = 7;

/** api.md §3.9; the tag is the same for runs of which only the newest is of use. */
function gitInfo(git: GitEvent, { accountId, orgIdentifier, projectIdentifier }: ProjectScope): Record<string, string> {
  const subject = git.kind === 'push' ? git.ref.name : git.number;
  const sourceEventId = git.kind === 'push' ? git.commitSha?.slice(0, SHORT_SHA_LENGTH) : git.number;
  const sourceEventLink = git.kind === 'push' ? commitLink(git, git.commitSha) : git.link;
  const tag = [accountId, orgIdentifier, projectIdentifier, git.repository.fullName, subject].join(':');
  return {
    execution_trigger_tag_needed_for_abort: tag,
    gitUser: git.user.login,
    ...(sourceEventId === undefined ? {} : { sourceEventId }),
    ...(sourceEventLink === undefined ? {} : { sourceEventLink }),
  };
}

/** The page of a commit, where the repository has one. */
export function commitLink({ provider, repository }: GitEvent, sha: string | undefined): string | undefined {
  if (sha === undefined || repository.link === undefined) return undefined;
  const page = { Github: 'commit', Gitlab: '-/commit', Bitbucket: 'commits' }[provider];
  return `${repository.link.replace(/\/+$/, '')}/${page}/${sha}`;
}

/** No policy set has run: every key is there with its default (api.md §6.5). */
export const NO_GOVERNANCE: GovernanceMetadata = {
  id: '',
  deny: false,
  details: [],
  message: '',
  timestamp: '0',
  status: '',
  accountId: '',
  orgId: '',
  projectId: '',
  entity: '',
  type: '',
  action: '',
  created: '0',
};
