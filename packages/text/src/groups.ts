/**
 * Groups of log lines, as programs mark them for the CI systems they know. Bridle reads the marks of three:
 *
 * - GitHub: `::group::Title` … `::endgroup::`, also written `##[group]` and `##[endgroup]`. They do not nest: a new one ends the last.
 * - GitLab: `section_start:TIME:name[collapsed=true]` and `section_end:TIME:name`, each between erase sequences, the title behind
 *   the first. They nest; an end closes everything that was opened since its start.
 * - Buildkite: a line `--- Title` (folded), `~~~ Title` (folded, of less interest) or `+++ Title` (shown) begins a group that lasts
 *   until the next; `^^^ +++` shows the group it stands in. `--- a` right before `+++ b` is a patch, and no mark.
 */
import { stripAnsi } from './tokens.ts';

export type GroupSyntax = 'github' | 'gitlab' | 'buildkite';

export type GroupMark =
  | {
      readonly kind: 'open';
      readonly syntax: GroupSyntax;
      /** What its end calls it; only GitLab's have one. */
      readonly name?: string;
      readonly title: string;
      readonly isFolded: boolean;
    }
  | { readonly kind: 'close'; readonly syntax: GroupSyntax; readonly name?: string }
  /** The group that is open is worth being seen. */
  | { readonly kind: 'show'; readonly syntax: GroupSyntax };

export interface LineGroup {
  readonly title: string;
  readonly syntax: GroupSyntax;
  /** The line with the mark. */
  readonly from: number;
  /** The last line that belongs to the group. */
  readonly to: number;
  /** Whether a viewer should show only the title at first. */
  readonly isFolded: boolean;
  /** Groups around this one. */
  readonly depth: number;
}

/** Titles are for people. */
const TITLE_LENGTH_MAX = 500;
/** Groups in groups; what is deeper belongs to the group around it. */
const DEPTH_MAX = 20;

const GITHUB_OPEN = /^(?:::group::|##\[group\])(.*)$/;
const GITHUB_CLOSE = /^(?:::endgroup::|##\[endgroup\])/;
const GITLAB =
  /(?:^|\r|\u001b\[0K)section_(start|end):\d{1,15}:([\w.-]{1,200})(\[[^\]]{0,200}\])?\r?(?:\u001b\[0K)?(.*)$/;
const BUILDKITE = /^(---|\+\+\+|~~~)\s+(\S.*)$/;
const BUILDKITE_SHOW = /^\^\^\^ \+\+\+\s*$/;

/** What the line says about groups, if anything. */
export function readGroupMark(line: string): GroupMark | undefined {
  if (line.includes('section_')) {
    const [, edge, name, options = '', title = ''] = GITLAB.exec(line) ?? [];
    if (name !== undefined && edge === 'end') return { kind: 'close', syntax: 'gitlab', name };
    if (name !== undefined) {
      const isFolded = /\bcollapsed=true\b/.test(options);
      return { kind: 'open', syntax: 'gitlab', name, title: titleOf(title) || name, isFolded };
    }
  }
  const text = stripAnsi(line.slice(0, TITLE_LENGTH_MAX * 2)).trimEnd();
  if (GITHUB_CLOSE.test(text)) return { kind: 'close', syntax: 'github' };
  const github = GITHUB_OPEN.exec(text)?.[1];
  if (github !== undefined) return { kind: 'open', syntax: 'github', title: titleOf(github), isFolded: true };
  if (BUILDKITE_SHOW.test(text)) return { kind: 'show', syntax: 'buildkite' };
  const [, sign, buildkite] = BUILDKITE.exec(text) ?? [];
  if (buildkite === undefined) return undefined;
  return { kind: 'open', syntax: 'buildkite', title: titleOf(buildkite), isFolded: sign !== '+++' };
}

/** The groups of lines, in the order in which they begin; `firstLine` is the number of the first of them. */
export function groupsOf(lines: readonly string[], firstLine = 0): readonly LineGroup[] {
  const marks = lines.flatMap((text, index) => {
    const mark = readGroupMark(text);
    return mark === undefined ? [] : [{ line: firstLine + index, mark }];
  });
  return groupsOfMarks(marks, firstLine + lines.length - 1);
}

export interface MarkedLine {
  /** Its number. */
  readonly line: number;
  readonly mark: GroupMark;
}

/** The same for who has read the marks before; `lastLine` is the number of the last line there is. */
export function groupsOfMarks(marks: readonly MarkedLine[], lastLine: number): readonly LineGroup[] {
  const groups: Mutable[] = [];
  const open: Mutable[] = [];
  const close = (count: number, to: number): void => {
    for (const group of open.splice(open.length - count)) group.to = to;
  };
  for (const [index, { line, mark }] of marks.entries()) {
    if (isPatch(marks, index)) continue;
    switch (mark.kind) {
      case 'close': {
        const at = open.findLastIndex(({ syntax, name }) => syntax === mark.syntax && name === mark.name);
        if (at >= 0) close(open.length - at, line);
        break;
      }
      case 'show': {
        const last = open.findLast(({ syntax }) => syntax === mark.syntax);
        if (last !== undefined) last.isFolded = false;
        break;
      }
      case 'open': {
        const { syntax, name, title, isFolded } = mark;
        const last = syntax === 'gitlab' ? -1 : open.findLastIndex((group) => group.syntax === syntax);
        if (last >= 0) close(open.length - last, line - 1);
        if (open.length >= DEPTH_MAX) break;
        const group = { title, syntax, name, from: line, to: line, isFolded, depth: open.length };
        groups.push(group);
        open.push(group);
        break;
      }
    }
  }
  close(open.length, lastLine);
  return groups.map(({ name: _ours, ...group }) => group);
}

interface Mutable {
  readonly title: string;
  readonly syntax: GroupSyntax;
  readonly name: string | undefined;
  readonly from: number;
  to: number;
  isFolded: boolean;
  readonly depth: number;
}

/** `--- old` and `+++ new` one after the other are the head of a patch. */
function isPatch(marks: readonly MarkedLine[], index: number): boolean {
  const isHead = (at: number, line: number, isFolded: boolean): boolean => {
    const marked = marks[at];
    const isThere = marked?.line === line && marked.mark.kind === 'open' && marked.mark.syntax === 'buildkite';
    return isThere && marked.mark.isFolded === isFolded;
  };
  const line = marks[index]?.line ?? 0;
  return (
    (isHead(index, line, true) && isHead(index + 1, line + 1, false)) ||
    (isHead(index, line, false) && isHead(index - 1, line - 1, true))
  );
}

function titleOf(text: string): string {
  return stripAnsi(text).trim().slice(0, TITLE_LENGTH_MAX);
}
