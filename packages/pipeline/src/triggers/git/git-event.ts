/**
 * One event of a Git provider in words of ours, whichever provider sent it: what triggers match, and what `<+trigger.…>` and
 * `<+codebase.…>` are made from (api.md §3.8, pipelines.md §3.5). Kept with the execution, so that it means the same for ever.
 */
export type GitProvider = 'Github' | 'Gitlab' | 'Bitbucket';

export type GitEvent = PushEvent | PullRequestEvent;

interface GitEventBase {
  readonly provider: GitProvider;
  readonly repository: GitRepository;
  /** Who caused the event. */
  readonly user: GitUser;
}

/** Commits, a branch or a tag were pushed or deleted. */
export interface PushEvent extends GitEventBase {
  readonly kind: 'push';
  readonly ref: { readonly kind: 'branch' | 'tag'; readonly name: string };
  /** What the ref points to now; absent when it was deleted. */
  readonly commitSha?: string;
  /** What a branch pointed to before; absent for a new one. */
  readonly baseCommitSha?: string;
  /** Of the newest commit, shortened. */
  readonly commitMessage?: string;
  readonly isDeletion?: true;
}

export interface PullRequestEvent extends GitEventBase {
  readonly kind: 'pullRequest';
  /** In the words of the provider's triggers (pipelines.md §8.2); absent for what they have no word for. */
  readonly action?: PullRequestAction;
  readonly number: string;
  readonly title: string;
  /** Shortened. */
  readonly body: string;
  readonly link?: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly sourceBranch: string;
  readonly targetBranch: string;
  /** Head of the source branch. */
  readonly commitSha?: string;
  /** The commit of the target branch that it is compared with, where the provider says it. */
  readonly baseCommitSha?: string;
  /** The pull request comes from another repository. */
  readonly isFromFork?: true;
}

export type PullRequestAction =
  | 'Open'
  | 'Reopen'
  | 'Close'
  | 'Edit'
  | 'Label'
  | 'Unlabel'
  | 'Synchronize'
  | 'ReadyForReview'
  | 'Merge'
  | 'Update'
  | 'Sync'
  | 'Create'
  | 'Decline';

export interface GitRepository {
  /** As in `team/app`. */
  readonly fullName: string;
  /** Its page. */
  readonly link?: string;
  readonly httpUrl?: string;
  readonly sshUrl?: string;
}

export interface GitUser {
  /** The name of the account; what triggers call `gitUser`. */
  readonly login: string;
  readonly name?: string;
  readonly email?: string;
  readonly avatar?: string;
}
