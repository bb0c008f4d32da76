import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutToWidth, displayWidth } from './width.ts';

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['build 42', 8],
    ['✓ ● │ …', 7],
    ['日本語', 6],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['e\u0301te\u0301', 3],
    ['🚀', 2],
    ['👩‍👩‍👧‍👦', 2],
    ['🇩🇪', 2],
    ['❤\ufe0f', 2],
    ['👍🏽', 2],
    ['a\u200bb', 2],
    ['⌚', 2],
  ])('%j takes %i columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('cutToWidth', () => {
  it.each([
    ['build', 3, 'bui'],
    ['build', 9, 'build'],
    ['build', 0, ''],
    ['build', -1, ''],
    ['日本語', 3, '日'],
    ['日本語', 4, '日本'],
    ['e\u0301te\u0301', 1, 'e\u0301'],
    ['a👩‍👩‍👧‍👦b', 2, 'a'],
    ['a👩‍👩‍👧‍👦b', 3, 'a👩‍👩‍👧‍👦'],
  ])('%j in %i columns is %j', (text, columns, cut) => {
    expect(cutToWidth(text, columns)).toBe(cut);
  });

  it('is a beginning of the text that fits, and the whole of what fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, columns) => {
        const cut = cutToWidth(text, columns);
        expect(text.startsWith(cut)).toBe(true);
        expect(displayWidth(cut)).toBeLessThanOrEqual(columns);
        if (displayWidth(text) <= columns) expect(cut).toBe(text);
      }),
    );
  });
});
