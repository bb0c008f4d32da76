/** GitHub's payloads. */
import type { Value } from '../../expressions/values.ts';
import type { GitEvent, GitRepository, GitUser, PullRequestAction } from './git-event.ts';
import { known, longTextAt, readRef, shaAt, textAt, valueAt } from './read-payload.ts';

const ACTIONS: ReadonlyMap<string | undefined, PullRequestAction> = new Map([
  ['opened', 'Open'],
  ['reopened', 'Reopen'],
  ['closed', 'Close'],
  ['edited', 'Edit'],
  ['labeled', 'Label'],
  ['unlabeled', 'Unlabel'],
  ['synchronize', 'Synchronize'],
  ['ready_for_review', 'ReadyForReview'],
]);

export function readGithubPush(payload: Value): GitEvent | undefined {
  const ref = readRef(textAt(payload, 'ref'));
  const repository = repositoryOf(payload);
  if (ref === undefined || repository === undefined) return undefined;
  const isDeletion = valueAt(payload, 'deleted') === true || shaAt(payload, 'after') === undefined;
  return {
    kind: 'push',
    provider: 'Github',
    repository,
    user: userOf(payload),
    ref,
    ...(isDeletion ? { isDeletion } : {}),
    ...known({
      // `after` of an annotated tag is the tag itself.
      commitSha: isDeletion ? undefined : (shaAt(payload, 'head_commit', 'id') ?? shaAt(payload, 'after')),
      baseCommitSha: shaAt(payload, 'before'),
      commitMessage: longTextAt(payload, 'head_commit', 'message'),
    }),
  };
}

export function readGithubPullRequest(payload: Value): GitEvent | undefined {
  const request = valueAt(payload, 'pull_request');
  const number = textAt(request, 'number') ?? textAt(payload, 'number');
  const sourceBranch = textAt(request, 'head', 'ref');
  const targetBranch = textAt(request, 'base', 'ref');
  const repository = repositoryOf(payload);
  if (number === undefined || sourceBranch === undefined || targetBranch === undefined || repository === undefined) {
    return undefined;
  }
  const from = textAt(request, 'head', 'repo', 'full_name');
  return {
    kind: 'pullRequest',
    provider: 'Github',
    repository,
    user: userOf(payload),
    number,
    title: textAt(request, 'title') ?? '',
    body: longTextAt(request, 'body') ?? '',
    state: valueAt(request, 'merged') === true ? 'merged' : textAt(request, 'state') === 'closed' ? 'closed' : 'open',
    sourceBranch,
    targetBranch,
    // A head whose repository is gone was a fork.
    ...(from === repository.fullName ? {} : { isFromFork: true }),
    ...known({
      action: ACTIONS.get(textAt(payload, 'action')),
      link: textAt(request, 'html_url'),
      commitSha: shaAt(request, 'head', 'sha'),
      baseCommitSha: shaAt(request, 'base', 'sha'),
    }),
  };
}

function repositoryOf(payload: Value): GitRepository | undefined {
  const repository = valueAt(payload, 'repository');
  const fullName = textAt(repository, 'full_name');
  if (fullName === undefined) return undefined;
  return {
    fullName,
    ...known({
      link: textAt(repository, 'html_url'),
      httpUrl: textAt(repository, 'clone_url'),
      sshUrl: textAt(repository, 'ssh_url'),
    }),
  };
}

function userOf(payload: Value): GitUser {
  return {
    login: textAt(payload, 'sender', 'login') ?? textAt(payload, 'pusher', 'name') ?? '',
    ...known({
      name: textAt(payload, 'head_commit', 'author', 'name'),
      email: textAt(payload, 'pusher', 'email'),
      avatar: textAt(payload, 'sender', 'avatar_url'),
    }),
  };
}
