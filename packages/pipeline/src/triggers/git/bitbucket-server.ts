/** Payloads of Bitbucket Server and Data Center, which name their event themselves (`eventKey`). */
import type { Value } from '../../expressions/values.ts';
import type { GitEvent, GitRepository, GitUser, PullRequestAction } from './git-event.ts';
import { known, listAt, longTextAt, readRef, shaAt, textAt, valueAt } from './read-payload.ts';

const ACTIONS: ReadonlyMap<string | undefined, PullRequestAction> = new Map([
  ['pr:opened', 'Create'],
  ['pr:modified', 'Update'],
  ['pr:from_ref_updated', 'Update'],
  ['pr:merged', 'Merge'],
  ['pr:declined', 'Decline'],
]);

/** One push may change several refs; the first one is the event. */
export function readBitbucketServerPush(payload: Value): GitEvent | undefined {
  const change = valueAt(payload, 'changes', 0);
  const ref = readRef(textAt(change, 'ref', 'id') ?? textAt(change, 'refId'));
  const repository = repositoryOf(valueAt(payload, 'repository'));
  if (ref === undefined || repository === undefined) return undefined;
  const commitSha = shaAt(change, 'toHash');
  return {
    kind: 'push',
    provider: 'Bitbucket',
    repository,
    user: userOf(payload),
    ref,
    ...(commitSha === undefined ? { isDeletion: true } : {}),
    ...known({
      commitSha,
      baseCommitSha: shaAt(change, 'fromHash'),
      commitMessage: longTextAt(payload, 'toCommit', 'message'),
    }),
  };
}

export function readBitbucketServerPullRequest(payload: Value): GitEvent | undefined {
  const request = valueAt(payload, 'pullRequest');
  const number = textAt(request, 'id');
  const sourceBranch = textAt(request, 'fromRef', 'displayId');
  const targetBranch = textAt(request, 'toRef', 'displayId');
  const repository = repositoryOf(valueAt(request, 'toRef', 'repository'));
  if (number === undefined || sourceBranch === undefined || targetBranch === undefined || repository === undefined) {
    return undefined;
  }
  const state = textAt(request, 'state');
  const from = repositoryOf(valueAt(request, 'fromRef', 'repository'));
  return {
    kind: 'pullRequest',
    provider: 'Bitbucket',
    repository,
    user: userOf(payload),
    number,
    title: textAt(request, 'title') ?? '',
    body: longTextAt(request, 'description') ?? '',
    state: state === 'MERGED' ? 'merged' : state === 'DECLINED' ? 'closed' : 'open',
    sourceBranch,
    targetBranch,
    ...(from?.fullName === repository.fullName ? {} : { isFromFork: true }),
    ...known({
      action: ACTIONS.get(textAt(payload, 'eventKey')),
      link: textAt(request, 'links', 'self', 0, 'href'),
      commitSha: shaAt(request, 'fromRef', 'latestCommit'),
      baseCommitSha: shaAt(request, 'toRef', 'latestCommit'),
    }),
  };
}

function repositoryOf(repository: Value | undefined): GitRepository | undefined {
  const slug = textAt(repository, 'slug');
  const project = textAt(repository, 'project', 'key');
  if (slug === undefined || project === undefined) return undefined;
  const clone = (name: string): string | undefined =>
    textAt(
      listAt(repository, 'links', 'clone').find((link) => textAt(link, 'name') === name),
      'href',
    );
  return {
    fullName: `${project}/${slug}`,
    ...known({
      link: textAt(repository, 'links', 'self', 0, 'href')?.replace(/\/browse\/?$/, ''),
      httpUrl: clone('http'),
      sshUrl: clone('ssh'),
    }),
  };
}

function userOf(payload: Value): GitUser {
  const actor = valueAt(payload, 'actor');
  return {
    login: textAt(actor, 'name') ?? '',
    ...known({ name: textAt(actor, 'displayName'), email: textAt(actor, 'emailAddress') }),
  };
}
