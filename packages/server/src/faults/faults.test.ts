import { describe, expect, test } from 'vitest';
import { Faults, type FaultyRequest } from './faults.ts';
import { matchesGlob } from './glob.ts';

const get = (path: string, headers: FaultyRequest['headers'] = {}): FaultyRequest => ({ method: 'GET', path, headers });

test.each([
  ['*', '', true],
  ['a*c', 'abbc', true],
  ['a*c', 'abbcd', false],
  ['*/execute/*', '/pipeline/api/pipeline/execute/x', true],
  ['a', 'ab', false],
  ['ab', 'a', false],
  ['*ab', 'aab', true],
  ['a.c', 'abc', false],
  ['', 'a', false],
  ['**', 'anything', true],
])('the pattern %s and the text %s', (pattern, text, isMatch) => {
  expect(matchesGlob(pattern, text)).toBe(isMatch);
});

describe('rules', () => {
  test('match by method, path and header', () => {
    const faults = new Faults();
    const action = { kind: 'reset' } as const;
    faults.set({
      requests: [{ match: { method: 'get', path: '/a/*', header: { name: 'X-Who', value: 'me*' } }, action }],
    });
    expect(faults.request(get('/a/b', { 'x-who': 'me too' }))).toEqual(action);
    for (const other of [get('/b', { 'x-who': 'me' }), get('/a/b', { 'x-who': 'you' }), get('/a/b')])
      expect(faults.request(other)).toBeUndefined();
    expect(faults.request({ ...get('/a/b', { 'x-who': 'me' }), method: 'POST' })).toBeUndefined();
  });

  test('happen so many times, and then the next one counts', () => {
    const faults = new Faults();
    const [first, second] = [{ kind: 'delay', ms: 1 } as const, { kind: 'delay', ms: 2 } as const];
    faults.set({
      requests: [
        { match: {}, times: 2, action: first },
        { match: {}, action: second },
      ],
    });
    expect([1, 2, 3].map(() => faults.request(get('/')))).toEqual([first, first, second]);
    expect(faults.report().requests).toEqual([
      { matched: 2, applied: 2 },
      { matched: 1, applied: 1 },
    ]);
    faults.clear();
    expect([faults.request(get('/')), faults.report().requests]).toEqual([undefined, []]);
  });

  test('happen by chance as the seed says, always the same', () => {
    const play = (seed: number): readonly boolean[] => {
      const faults = new Faults();
      faults.set({ seed, steps: [{ match: { step: 'b*' }, probability: 0.5, action: { kind: 'expire' } }] });
      const step = { pipeline: 'p', stage: 's', step: 'build' };
      return Array.from({ length: 64 }, () => faults.step(step) !== undefined);
    };
    expect(play(7)).toEqual(play(7));
    expect(play(7)).not.toEqual(play(8));
    const many = play(7).filter(Boolean).length;
    expect([many > 8, many < 56]).toEqual([true, true]);
  });
});
