import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupsOf, readGroupMark } from './groups.ts';

const ESC = '\u001b';
const erase = `${ESC}[0K`;

describe('marks', () => {
  test.each([
    ['::group::Install', { kind: 'open', syntax: 'github', title: 'Install', isFolded: true }],
    [`${ESC}[1m::group::${ESC}[0mInstall\r`, { kind: 'open', syntax: 'github', title: 'Install', isFolded: true }],
    ['##[group]Run make', { kind: 'open', syntax: 'github', title: 'Run make', isFolded: true }],
    ['::group::', { kind: 'open', syntax: 'github', title: '', isFolded: true }],
    ['::endgroup::', { kind: 'close', syntax: 'github' }],
    ['##[endgroup]', { kind: 'close', syntax: 'github' }],
    [
      `${erase}section_start:1560896352:build_it\r${erase}Build ${ESC}[1mit`,
      { kind: 'open', syntax: 'gitlab', name: 'build_it', title: 'Build it', isFolded: false },
    ],
    [
      `${erase}section_start:1560896352:a.b[collapsed=true]\r${erase}Title`,
      { kind: 'open', syntax: 'gitlab', name: 'a.b', title: 'Title', isFolded: true },
    ],
    [
      `${erase}section_start:1:x[hide_duration=true,collapsed=true]\r${erase}`,
      { kind: 'open', syntax: 'gitlab', name: 'x', title: 'x', isFolded: true },
    ],
    [`${erase}section_end:1560896353:build_it\r${erase}`, { kind: 'close', syntax: 'gitlab', name: 'build_it' }],
    ['--- :docker: Building', { kind: 'open', syntax: 'buildkite', title: ':docker: Building', isFolded: true }],
    ['+++ Tests', { kind: 'open', syntax: 'buildkite', title: 'Tests', isFolded: false }],
    ['~~~ Setup', { kind: 'open', syntax: 'buildkite', title: 'Setup', isFolded: true }],
    [`${ESC}[90m~~~ Setup${ESC}[0m`, { kind: 'open', syntax: 'buildkite', title: 'Setup', isFolded: true }],
    ['^^^ +++', { kind: 'show', syntax: 'buildkite' }],
  ])('%j', (line, mark) => {
    expect(readGroupMark(line)).toEqual(mark);
  });

  test.each([
    '',
    '---',
    '--- ',
    '----',
    '---x',
    ' --- x',
    'text ::group::x',
    '::groups::x',
    'section_start:x:y',
    '^^^ ---',
  ])('%j is none', (line) => {
    expect(readGroupMark(line)).toBeUndefined();
  });
});

describe('groups', () => {
  const shape = (lines: readonly string[], first = 0): readonly unknown[] =>
    groupsOf(lines, first).map(({ title, from, to, depth }) => [title, from, to, depth]);

  test('of GitHub end at their end, or at the next one', () => {
    expect(shape(['a', '::group::one', 'b', '::endgroup::', 'c', '::group::two', '::group::three', 'd'])).toEqual([
      ['one', 1, 3, 0],
      ['two', 5, 5, 0],
      ['three', 6, 7, 0],
    ]);
  });

  test('of GitLab nest, and an end closes what was left open inside', () => {
    const start = (name: string): string => `${erase}section_start:1:${name}\r${erase}${name}`;
    const end = (name: string): string => `${erase}section_end:2:${name}\r${erase}`;
    expect(shape([start('a'), start('b'), 'x', end('b'), start('c'), end('a'), end('c'), 'y'])).toEqual([
      ['a', 0, 5, 0],
      ['b', 1, 3, 1],
      ['c', 4, 5, 1],
    ]);
  });

  test('of Buildkite last until the next, and can be unfolded from within', () => {
    const groups = groupsOf(['--- build', 'x', '^^^ +++', '+++ test', 'y', '~~~ clean'], 100);
    expect(groups.map(({ title, from, to, isFolded }) => [title, from, to, isFolded])).toEqual([
      ['build', 100, 102, false],
      ['test', 103, 104, false],
      ['clean', 105, 105, true],
    ]);
  });

  test('a patch is no group', () => {
    expect(shape(['--- build', 'diff', '--- a/file', '+++ b/file', '@@ -1 +1 @@', '+++ tests'])).toEqual([
      ['build', 0, 4, 0],
      ['tests', 5, 5, 0],
    ]);
  });

  test('one system’s groups may hold another’s', () => {
    expect(shape(['--- build', '::group::npm', 'x', '::endgroup::', 'y', '+++ test'])).toEqual([
      ['build', 0, 4, 0],
      ['npm', 1, 3, 1],
      ['test', 5, 5, 0],
    ]);
  });

  test('of any lines are properly nested and in order', () => {
    const line = fc.oneof(
      fc.constantFrom('::group::a', '::endgroup::', '--- a', '+++ b', '~~~ c', '^^^ +++', 'x'),
      fc
        .constantFrom('a', 'b', 'c')
        .chain((name) => fc.constantFrom(`section_start:1:${name}\r${erase}t`, `section_end:1:${name}\r${erase}`)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const groups = groupsOf(lines);
        for (const [index, group] of groups.entries()) {
          expect(group.from).toBeLessThanOrEqual(group.to);
          expect(group.to).toBeLessThan(lines.length);
          const around = groups.slice(0, index).filter(({ to }) => to >= group.from);
          expect(around).toHaveLength(group.depth);
          for (const outer of around) expect(outer.to).toBeGreaterThanOrEqual(group.to);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
