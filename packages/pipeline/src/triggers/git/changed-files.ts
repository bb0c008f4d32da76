/** The files that a push changed, as far as its payload says it. */
import type { Value } from '../../expressions/values.ts';
import type { GitEvent } from './git-event.ts';
import { isPayload, listAt, textAt, valueAt } from './read-payload.ts';

/**
 * GitHub and GitLab list the files of each commit of a push, up to a number of commits; all others leave it to whoever asks their
 * API.
 * @returns `undefined` when the payload does not say it, or not all of it
 */
export function changedFiles({ provider, kind }: GitEvent, payload: string): readonly string[] | undefined {
  if (kind !== 'push' || provider === 'Bitbucket') return undefined;
  const read = readJson(payload);
  const commits = listAt(read, 'commits');
  if (read === undefined || !isWhole(read, commits.length)) return undefined;
  const files = commits.flatMap((commit) =>
    ['added', 'modified', 'removed'].flatMap((list) => listAt(commit, list).map((file) => textAt(file))),
  );
  return [...new Set(files.filter((file) => file !== undefined))].toSorted();
}

/** GitLab says how many commits there are and lists the newest ones; GitHub lists at most so many. */
const GITHUB_COMMITS_MAX = 2_048;

function isWhole(payload: Value, count: number): boolean {
  if (!isPayload(payload) || valueAt(payload, 'commits') === undefined) return false;
  const total = valueAt(payload, 'total_commits_count');
  return typeof total === 'number' ? total <= count : count < GITHUB_COMMITS_MAX;
}

function readJson(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
