/**
 * Is this the kind of event that a trigger of a Git provider asks for? (pipelines.md §8.2) The order is that of api.md §3.7: the
 * provider, the repository, the event and its action; conditions come after that.
 */
import type { GitEvent, GitProvider } from './git-event.ts';
import { isSameAddress } from './repository-address.ts';

export interface GitSource {
  readonly provider: GitProvider;
  /** As the trigger writes it: `Push`, `PullRequest`, `MergeRequest`, `Tag`, … */
  readonly event: string;
  /** Empty = all of them. */
  readonly actions: readonly string[];
  /** Address of the repository, by HTTP or SSH; absent = whichever one. */
  readonly repositoryUrl?: string;
}

export type SourceMatch =
  | { readonly kind: 'matches' }
  | {
      readonly kind: 'differs';
      readonly in: 'provider' | 'repository' | 'event' | 'action' | 'deletion';
      /** One sentence. */
      readonly reason: string;
    };

export function matchSource(source: GitSource, event: GitEvent): SourceMatch {
  const { provider, repository } = event;
  if (source.provider !== provider) {
    return differs('provider', `The event is one of ${provider}, the trigger is for ${source.provider}.`);
  }
  const { repositoryUrl } = source;
  const addresses = [repository.httpUrl, repository.sshUrl, repository.link];
  if (repositoryUrl !== undefined && !addresses.some((url) => url !== undefined && isSameAddress(url, repositoryUrl))) {
    return differs('repository', `The event is one of ${repository.fullName}, the trigger is for ${repositoryUrl}.`);
  }
  const name = eventName(event);
  if (source.event !== name) {
    return differs('event', `The event is a ${name}, the trigger is for ${source.event}.`);
  }
  if (event.kind === 'push') {
    // Nothing is left to be built.
    return event.isDeletion === true
      ? differs('deletion', `The ${event.ref.kind} ${event.ref.name} was deleted.`)
      : { kind: 'matches' };
  }
  return matchAction(source, event.action);
}

/** How the triggers of its provider call it. */
export function eventName(event: GitEvent): string {
  if (event.provider !== 'Gitlab') return event.kind === 'push' ? 'Push' : 'PullRequest';
  if (event.kind === 'pullRequest') return 'MergeRequest';
  return event.ref.kind === 'tag' ? 'Tag' : 'Push';
}

/** Without a choice every action counts, but a draft that becomes ready only where it is asked for (api.md §3.6). */
function matchAction({ actions }: GitSource, action: string | undefined): SourceMatch {
  const isWanted =
    action !== undefined && (actions.length === 0 ? action !== 'ReadyForReview' : actions.includes(action));
  if (isWanted) return { kind: 'matches' };
  const asked = actions.length === 0 ? 'The trigger does not name it' : `The trigger is for ${actions.join(', ')}`;
  return differs('action', `The action is ${action ?? 'none that triggers have a word for'}. ${asked}.`);
}

function differs(
  what: Extract<SourceMatch, { kind: 'differs' }>['in'],
  reason: string,
): Extract<SourceMatch, { kind: 'differs' }> {
  return { kind: 'differs', in: what, reason };
}

/**
 * What two events have in common when the run of the older one is of no use any more (`autoAbortPreviousExecutions`): the same
 * pull request with the same branches, or the same ref (pipelines.md §8.4).
 */
export function runIdentity(event: GitEvent): string {
  const { link, httpUrl, fullName } = event.repository;
  const repository = link ?? httpUrl ?? fullName;
  return event.kind === 'push'
    ? JSON.stringify([repository, event.ref.kind, event.ref.name])
    : JSON.stringify([repository, event.number, event.sourceBranch, event.targetBranch]);
}
