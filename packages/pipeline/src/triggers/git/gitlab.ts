/** GitLab's payloads; its merge requests are pull requests here. */
import type { Value } from '../../expressions/values.ts';
import type { GitEvent, GitRepository, PullRequestAction } from './git-event.ts';
import { known, listAt, longTextAt, readRef, shaAt, textAt, valueAt } from './read-payload.ts';

const ACTIONS: ReadonlyMap<string | undefined, PullRequestAction> = new Map([
  ['open', 'Open'],
  ['close', 'Close'],
  ['reopen', 'Reopen'],
  ['merge', 'Merge'],
  ['update', 'Update'],
]);

export function readGitlabPush(payload: Value): GitEvent | undefined {
  const ref = readRef(textAt(payload, 'ref'));
  const repository = repositoryOf(payload);
  if (ref === undefined || repository === undefined) return undefined;
  const after = shaAt(payload, 'checkout_sha') ?? shaAt(payload, 'after');
  const newest = listAt(payload, 'commits').find((commit) => textAt(commit, 'id') === after);
  return {
    kind: 'push',
    provider: 'Gitlab',
    repository,
    user: {
      login: textAt(payload, 'user_username') ?? '',
      ...known({
        name: textAt(payload, 'user_name'),
        email: textAt(payload, 'user_email'),
        avatar: textAt(payload, 'user_avatar'),
      }),
    },
    ref,
    ...(after === undefined ? { isDeletion: true } : {}),
    ...known({
      commitSha: after,
      baseCommitSha: shaAt(payload, 'before'),
      commitMessage: longTextAt(newest, 'message') ?? longTextAt(payload, 'message'),
    }),
  };
}

export function readGitlabMergeRequest(payload: Value): GitEvent | undefined {
  const request = valueAt(payload, 'object_attributes');
  const number = textAt(request, 'iid');
  const sourceBranch = textAt(request, 'source_branch');
  const targetBranch = textAt(request, 'target_branch');
  const repository = repositoryOf(payload);
  if (number === undefined || sourceBranch === undefined || targetBranch === undefined || repository === undefined) {
    return undefined;
  }
  const state = textAt(request, 'state');
  const isFromFork = textAt(request, 'source_project_id') !== textAt(request, 'target_project_id');
  return {
    kind: 'pullRequest',
    provider: 'Gitlab',
    repository,
    user: {
      login: textAt(payload, 'user', 'username') ?? '',
      ...known({
        name: textAt(payload, 'user', 'name'),
        email: textAt(payload, 'user', 'email'),
        avatar: textAt(payload, 'user', 'avatar_url'),
      }),
    },
    number,
    title: textAt(request, 'title') ?? '',
    body: longTextAt(request, 'description') ?? '',
    state: state === 'merged' ? 'merged' : state === 'closed' ? 'closed' : 'open',
    sourceBranch,
    targetBranch,
    ...(isFromFork ? { isFromFork } : {}),
    ...known({
      action: actionOf(request),
      link: textAt(request, 'url'),
      commitSha: shaAt(request, 'last_commit', 'id'),
    }),
  };
}

/** An update that brought commits says which one was the head before. */
function actionOf(request: Value | undefined): PullRequestAction | undefined {
  const action = ACTIONS.get(textAt(request, 'action'));
  return action === 'Update' && textAt(request, 'oldrev') !== undefined ? 'Sync' : action;
}

function repositoryOf(payload: Value): GitRepository | undefined {
  const project = valueAt(payload, 'project');
  const fullName = textAt(project, 'path_with_namespace');
  if (fullName === undefined) return undefined;
  return {
    fullName,
    ...known({
      link: textAt(project, 'web_url'),
      httpUrl: textAt(project, 'git_http_url'),
      sshUrl: textAt(project, 'git_ssh_url'),
    }),
  };
}
