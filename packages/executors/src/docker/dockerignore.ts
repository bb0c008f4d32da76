/** `.dockerignore`: what of a build's context is left out. The last pattern that matches a path, or a folder above it, decides. */
import { parseSegment, type PatternSegment } from '../storage/file-pattern.ts';

const PATTERNS_MAX = 10_000;

export interface IgnorePattern {
  /** Written with `!`: what it matches is in again. */
  readonly isException: boolean;
  readonly segments: readonly PatternSegment[];
}

export function parseIgnoreFile(text: string): readonly IgnorePattern[] {
  const patterns: IgnorePattern[] = [];
  for (const line of text.replace(/^\u{FEFF}/u, '').split('\n')) {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) continue;
    const isException = written.startsWith('!');
    const names = cleanNames(isException ? written.slice(1).trim() : written);
    if (names.length > 0 && patterns.length < PATTERNS_MAX)
      patterns.push({ isException, segments: names.map(parseSegment) });
  }
  return patterns;
}

function cleanNames(path: string): readonly string[] {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return names;
}

/** @param names - of a path below the context */
export function isIgnored(patterns: readonly IgnorePattern[], names: readonly string[]): boolean {
  let isOut = false;
  for (const { isException, segments } of patterns) {
    if (isOut === isException && matchesOrAbove(segments, names)) isOut = !isException;
  }
  return isOut;
}

/** Nothing below an ignored folder can come in again when there are no exceptions. */
export function hasExceptions(patterns: readonly IgnorePattern[]): boolean {
  return patterns.some(({ isException }) => isException);
}

function matchesOrAbove(segments: readonly PatternSegment[], names: readonly string[]): boolean {
  // Which places of the pattern can have been reached after each name.
  let reached = reachable(segments, new Set([0]));
  for (const name of names) {
    if (reached.has(segments.length)) return true; // a folder above is matched
    const next = new Set<number>();
    for (const at of reached) {
      const segment = segments[at];
      if (segment === undefined) continue;
      if (segment.kind === 'folders') next.add(at);
      else if (segment.kind === 'literal' ? segment.name === name : segment.matches(name)) next.add(at + 1);
    }
    reached = reachable(segments, next);
  }
  return names.length > 0 && reached.has(segments.length);
}

/** `**` stands for no folder, too. At the end of a pattern it matches something at least. */
function reachable(segments: readonly PatternSegment[], from: ReadonlySet<number>): Set<number> {
  const all = new Set(from);
  for (const at of all) if (segments[at]?.kind === 'folders') all.add(at + 1);
  return all;
}
