import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokenTask, placeSecrets } from './place.ts';

const secrets: Readonly<Record<string, string>> = { one: '<1>', two: '', three: 'x'.repeat(9) };
const find = (reference: string): string => secrets[reference] ?? '?';

describe('secrets are placed (S9)', () => {
  test('in spec and environment, several in one text, in any order', () => {
    const task = {
      spec: { script: 'a §1 b §2 c', list: [{ value: '§1' }] },
      environment: { TOKEN: '§3', OTHER: '§1' },
    };
    const places = [
      { path: ['spec', 'script'], start: 2, end: 4, reference: 'one' },
      { path: ['environment', 'TOKEN'], start: 0, end: 2, reference: 'three' },
      { path: ['spec', 'script'], start: 7, end: 9, reference: 'two' },
      { path: ['spec', 'list', 0, 'value'], start: 0, end: 2, reference: 'one' },
    ];
    const expected = {
      spec: { script: 'a <1> b  c', list: [{ value: '<1>' }] },
      environment: { TOKEN: 'xxxxxxxxx', OTHER: '§1' },
    };
    expect(placeSecrets(task, places, find)).toEqual(expected);
    expect(placeSecrets(task, places.toReversed(), find)).toEqual(expected);
    expect(task.spec.script).toBe('a §1 b §2 c');
  });

  test('and nowhere else: what looks like a reference is data, that in a secret included', () => {
    const reference = '<+secrets.getValue("one")>';
    const task = { spec: { script: `${reference} ${reference}` }, environment: { X: reference } };
    const place = { path: ['spec', 'script'], start: 0, end: reference.length, reference: 'self' };
    expect(placeSecrets(task, [place], () => reference)).toEqual(task);
    expect(placeSecrets(task, [place], () => 'S')).toEqual({
      spec: { script: `S ${reference}` },
      environment: { X: reference },
    });
  });

  test('anything between the places stays as it is', () => {
    const piece = fc.record({
      text: fc.string({ unit: 'binary' }),
      marker: fc.string(),
      secret: fc.string({ unit: 'binary' }),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        let text = '';
        const places = pieces.map(({ text: before, marker }, index) => {
          text += before;
          const start = text.length;
          text += marker;
          return { path: ['spec', 'text'], start, end: text.length, reference: String(index) };
        });
        const secretOf = (reference: string): string => pieces[Number(reference)]?.secret ?? '';
        const placed = placeSecrets({ spec: { text }, environment: {} }, places, secretOf);
        expect(placed.spec).toEqual({ text: pieces.map(({ text: before, secret }) => before + secret).join('') });
      }),
    );
  });
});

describe('a place that does not fit is a broken task (P1)', () => {
  const task = { spec: { text: 'four', number: 4, list: ['a'] }, environment: { A: 'value' } };
  test.each([
    ['no text', ['spec', 'number'], 0, 1],
    ['not there', ['spec', 'absent'], 0, 1],
    ['not there', ['spec', 'text', 'deeper'], 0, 1],
    ['not there', ['spec', 'list', 1], 0, 1],
    ['elsewhere', ['taskId'], 0, 1],
    ['the whole spec', ['spec'], 0, 1],
    ['nothing', [], 0, 1],
    ['a prototype', ['spec', '__proto__', 'text'], 0, 1],
    ['a method', ['spec', 'list', 'length'], 0, 1],
    ['behind the end', ['spec', 'text'], 2, 5],
    ['turned around', ['spec', 'text'], 3, 2],
    ['in front', ['spec', 'text'], -1, 2],
    ['between characters', ['spec', 'text'], 0.5, 2],
  ] as const)('%s: %j', (_, path, start, end) => {
    const place = { path: [...path], start, end, reference: 'one' };
    expect(() => placeSecrets(task, [place], find)).toThrow(BrokenTask);
  });

  test('overlapping places, and too large a text', () => {
    const at = (start: number, end: number) => ({ path: ['spec', 'text'], start, end, reference: 'one' });
    expect(() => placeSecrets(task, [at(0, 2), at(1, 3)], find)).toThrow('has no place from 0 to 2');
    expect(() => placeSecrets(task, [at(0, 2)], () => 'x'.repeat(2 ** 25))).toThrow('too long');
  });
});
