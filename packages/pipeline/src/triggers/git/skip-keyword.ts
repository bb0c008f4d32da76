/** Commits that say that nothing is to be built for them (api.md §2.1). */
import type { GitEvent } from './git-event.ts';

const KEYWORD = /\b(?:skip ci|ci skip|pipeline skip|skip pipeline)\b/i;

/** As words of their own, with or without brackets; of a pull request it is the title that counts. */
export function hasSkipKeyword(event: GitEvent): boolean {
  return KEYWORD.test(event.kind === 'push' ? (event.commitMessage ?? '') : event.title);
}
