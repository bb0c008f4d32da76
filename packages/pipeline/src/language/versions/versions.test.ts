import { describe, expect, it } from 'vitest';
import { compareElements } from './compare-elements.ts';
import { compareLines } from './compare-lines.ts';

const pipeline = (...stages: readonly string[]): string => `pipeline:
  identifier: p
  name: p
  variables:
    - name: V
      type: String
      value: one
  stages:
${stages.join('')}`;
const stage = (id: string, ...steps: readonly string[]): string => `    - stage:
        identifier: ${id}
        type: Custom
        spec:
          execution:
            steps:
${steps.join('')}`;
const step = (id: string, script = 'true'): string => `              - step:
                  identifier: ${id}
                  type: ShellScript
                  spec:
                    script: ${script}
`;

/** As `patch` does. */
function patch(before: string, unified: string): string {
  const old = before.split('\n').slice(0, -1);
  const now: string[] = [];
  let taken = 0;
  for (const line of unified.split('\n').slice(0, -1)) {
    const [, start = '', count = ''] = /^@@ -(\d+),(\d+) /.exec(line) ?? [];
    if (start !== '') {
      const next = count === '0' ? Number(start) : Number(start) - 1;
      now.push(...old.slice(taken, next));
      taken = next;
      continue;
    }
    if (line.startsWith('+')) now.push(line.slice(1));
    else if (old[taken] !== line.slice(1)) throw new Error(`The hunk wants ${line}, and there is ${old[taken] ?? ''}.`);
    else taken += 1;
    if (line.startsWith(' ')) now.push(line.slice(1));
  }
  return [...now, ...old.slice(taken)].map((line) => `${line}\n`).join('');
}

describe('lines', () => {
  it('are the same, or come, go and change', () => {
    expect(compareLines('a\nb\n', 'a\nb\n')).toEqual({ added: 0, removed: 0, unified: '' });
    expect(compareLines('a\nb\nc\n', 'a\nB\nc\nd\n')).toEqual({
      added: 2,
      removed: 1,
      unified: '@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n',
    });
    expect(compareLines('', 'a\n').unified).toBe('@@ -0,0 +1,1 @@\n+a\n');
  });

  it('stand in hunks of their own when they are far apart', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${String(index)}`);
    const changed = lines.map((line, index) => (index === 3 || index === 25 ? `${line}!` : line));
    const { unified } = compareLines(lines.join('\n'), changed.join('\n'));
    expect(unified.match(/^@@.*@@$/gm)).toEqual(['@@ -1,7 +1,7 @@', '@@ -23,7 +23,7 @@']);
  });

  it('lead from every text to every other', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    for (let round = 0; round < 500; round += 1) {
      const text = (): string => Array.from({ length: random(30) }, () => `${'abcd'[random(4)] ?? ''}\n`).join('');
      const [before, after] = [text(), text()];
      expect(patch(before, compareLines(before, after).unified)).toBe(after);
    }
  });

  it('count as replaced when too many differ', () => {
    const text = (word: string): string =>
      Array.from({ length: 3_000 }, (_, index) => `${word} ${String(index)}`).join('\n');
    expect(compareLines(text('a'), text('b'))).toMatchObject({ added: 3_000, removed: 3_000 });
  });
});

describe('elements', () => {
  it('come, go and change, each with its own fields', () => {
    const before = pipeline(stage('build', step('compile'), step('test')), stage('ship', step('push')));
    const after = pipeline(stage('build', step('compile', 'make'), step('lint')), stage('ship', step('push'))).replace(
      'value: one',
      'value: two',
    );
    expect(compareElements(before, after)).toEqual([
      {
        kind: 'pipeline',
        path: 'pipeline',
        identifier: 'p',
        change: 'changed',
        fields: [{ path: 'variables.V.value', before: 'one', after: 'two' }],
      },
      {
        kind: 'step',
        path: 'stages.build.spec.execution.steps.compile',
        identifier: 'compile',
        change: 'changed',
        fields: [{ path: 'spec.script', before: true, after: 'make' }],
      },
      { kind: 'step', path: 'stages.build.spec.execution.steps.lint', identifier: 'lint', change: 'added', fields: [] },
      {
        kind: 'step',
        path: 'stages.build.spec.execution.steps.test',
        identifier: 'test',
        change: 'removed',
        fields: [],
      },
    ]);
  });

  it('are all new where there was nothing', () => {
    const changes = compareElements('', pipeline(stage('build', step('compile'))));
    expect(changes.map(({ path, change }) => [path, change])).toEqual([
      ['pipeline', 'added'],
      ['stages.build', 'added'],
      ['stages.build.spec.execution.steps.compile', 'added'],
    ]);
  });

  it('move: only the one that was moved', () => {
    const stages = ['a', 'b', 'c', 'd'].map((id) => stage(id, step(`s_${id}`)));
    const [a = '', b = '', c = '', d = ''] = stages;
    expect(compareElements(pipeline(a, b, c, d), pipeline(d, a, b, c))).toEqual([
      { kind: 'stage', path: 'stages.d', identifier: 'd', change: 'moved', fields: [] },
    ]);
  });

  it('tell that they run beside each other now', () => {
    const apart = pipeline(stage('a', step('x')), stage('b', step('y')));
    const together = JSON.stringify({
      pipeline: {
        identifier: 'p',
        name: 'p',
        variables: [{ name: 'V', type: 'String', value: 'one' }],
        stages: [
          {
            parallel: ['a', 'b'].map((identifier, index) => ({
              stage: {
                identifier,
                type: 'Custom',
                spec: {
                  execution: {
                    steps: [{ step: { identifier: 'xy'[index], type: 'ShellScript', spec: { script: true } } }],
                  },
                },
              },
            })),
          },
        ],
      },
    });
    expect(compareElements(apart, together).map(({ path, fields }) => [path, fields])).toEqual([
      ['stages.a', [{ path: 'parallel', after: 'a, b' }]],
      ['stages.b', [{ path: 'parallel', after: 'a, b' }]],
    ]);
  });
});
