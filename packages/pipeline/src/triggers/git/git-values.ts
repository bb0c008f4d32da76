/** What a Git event gives to `<+trigger.…>` (api.md §3.8). */
import type { GitEvent } from './git-event.ts';

/** The names; what an event does not have is null. */
export const GIT_VALUE_NAMES = [
  'event',
  'branch',
  'targetBranch',
  'sourceBranch',
  'prNumber',
  'prTitle',
  'commitSha',
  'baseCommitSha',
  'tag',
  'repoUrl',
  'gitUser',
  'triggeredBy',
] as const;

export type GitValues = Readonly<Record<(typeof GIT_VALUE_NAMES)[number], string | null>>;

export function gitValues(event: GitEvent): GitValues {
  const common = {
    commitSha: event.commitSha ?? null,
    baseCommitSha: event.baseCommitSha ?? null,
    repoUrl: event.repository.link ?? event.repository.httpUrl ?? null,
    gitUser: event.user.login,
    triggeredBy: event.user.login,
  };
  switch (event.kind) {
    case 'push': {
      // The pushed branch is the one that builds are for (pipelines.md §8.3).
      const branch = event.ref.kind === 'branch' ? event.ref.name : null;
      const tag = event.ref.kind === 'tag' ? event.ref.name : null;
      const request = { sourceBranch: null, prNumber: null, prTitle: null };
      return { event: 'PUSH', branch, targetBranch: branch, tag, ...request, ...common };
    }
    case 'pullRequest': {
      const { sourceBranch, targetBranch, number: prNumber, title: prTitle } = event;
      return { event: 'PR', branch: sourceBranch, sourceBranch, targetBranch, prNumber, prTitle, tag: null, ...common };
    }
  }
}
