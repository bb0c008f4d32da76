/** Payloads of Bitbucket Cloud. */
import type { Value } from '../../expressions/values.ts';
import type { GitEvent, GitRepository, GitUser, PullRequestAction } from './git-event.ts';
import { known, longTextAt, shaAt, textAt, valueAt } from './read-payload.ts';

const ACTIONS: ReadonlyMap<string | undefined, PullRequestAction> = new Map([
  ['pullrequest:created', 'Create'],
  ['pullrequest:updated', 'Update'],
  ['pullrequest:fulfilled', 'Merge'],
  ['pullrequest:rejected', 'Decline'],
]);

/** One push may change several refs; the first one is the event. */
export function readBitbucketPush(payload: Value): GitEvent | undefined {
  const change = valueAt(payload, 'push', 'changes', 0);
  const now = valueAt(change, 'new') ?? null;
  const before = valueAt(change, 'old') ?? null;
  const ref = now ?? before;
  const name = textAt(ref, 'name');
  const repository = repositoryOf(payload);
  if (name === undefined || repository === undefined) return undefined;
  const author = textAt(now, 'target', 'author', 'raw');
  return {
    kind: 'push',
    provider: 'Bitbucket',
    repository,
    user: userOf(payload, author),
    ref: { kind: textAt(ref, 'type') === 'tag' ? 'tag' : 'branch', name },
    ...(now === null ? { isDeletion: true } : {}),
    ...known({
      commitSha: shaAt(now, 'target', 'hash'),
      baseCommitSha: shaAt(before, 'target', 'hash'),
      commitMessage: longTextAt(now, 'target', 'message'),
    }),
  };
}

/** `key` is the header `X-Event-Key`; without it the pull request's own state tells. */
export function readBitbucketPullRequest(payload: Value, key: string | undefined): GitEvent | undefined {
  const request = valueAt(payload, 'pullrequest');
  const number = textAt(request, 'id');
  const sourceBranch = textAt(request, 'source', 'branch', 'name');
  const targetBranch = textAt(request, 'destination', 'branch', 'name');
  const repository = repositoryOf(payload);
  if (number === undefined || sourceBranch === undefined || targetBranch === undefined || repository === undefined) {
    return undefined;
  }
  const state = textAt(request, 'state');
  return {
    kind: 'pullRequest',
    provider: 'Bitbucket',
    repository,
    user: userOf(payload, undefined),
    number,
    title: textAt(request, 'title') ?? '',
    body: longTextAt(request, 'description') ?? '',
    state: state === 'MERGED' ? 'merged' : state === 'DECLINED' || state === 'SUPERSEDED' ? 'closed' : 'open',
    sourceBranch,
    targetBranch,
    ...(textAt(request, 'source', 'repository', 'full_name') === repository.fullName ? {} : { isFromFork: true }),
    ...known({
      action: key === undefined ? actionOfState(request) : ACTIONS.get(key),
      link: textAt(request, 'links', 'html', 'href'),
      commitSha: shaAt(request, 'source', 'commit', 'hash'),
      baseCommitSha: shaAt(request, 'destination', 'commit', 'hash'),
    }),
  };
}

function actionOfState(request: Value | undefined): PullRequestAction | undefined {
  switch (textAt(request, 'state')) {
    case 'OPEN':
      return textAt(request, 'created_on') === textAt(request, 'updated_on') ? 'Create' : 'Update';
    case 'MERGED':
      return 'Merge';
    case 'DECLINED':
      return 'Decline';
    default:
      return undefined;
  }
}

function repositoryOf(payload: Value): GitRepository | undefined {
  const repository = valueAt(payload, 'repository');
  const fullName = textAt(repository, 'full_name');
  if (fullName === undefined) return undefined;
  const link = textAt(repository, 'links', 'html', 'href');
  // The payload has no address to clone from: it is that of the page.
  return { fullName, ...known({ link, httpUrl: link === undefined ? undefined : `${link}.git` }) };
}

function userOf(payload: Value, author: string | undefined): GitUser {
  const actor = valueAt(payload, 'actor');
  const email = author === undefined ? undefined : /<([^<>]+)>\s*$/.exec(author)?.[1];
  const name = textAt(actor, 'display_name');
  return {
    login: textAt(actor, 'nickname') ?? textAt(actor, 'username') ?? name ?? '',
    ...known({ name, email, avatar: textAt(actor, 'links', 'avatar', 'href') }),
  };
}
