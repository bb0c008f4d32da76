import { describe, expect, it } from 'vitest';
import { aroundError, fit } from './summary.ts';

const LINES = Array.from({ length: 100 }, (_, index) => (index === 40 ? 'ERROR: no space' : `line ${index}`));

describe('aroundError', () => {
  it('shows the last line that names an error, with what led to it and what came of it', () => {
    const shown = aroundError(LINES, 9);
    expect(shown).toEqual(LINES.slice(35, 44));
    expect(aroundError(LINES.slice(50), 3)).toEqual(['line 97', 'line 98', 'line 99']);
    expect(aroundError(['a'], 3)).toEqual(['a']);
  });
});

describe('fit', () => {
  it('keeps to its budget, and what failed longer than the lines about it', () => {
    const failed = [{ place: 'a.b', status: 'Failed', message: 'no', lines: LINES }];
    const whole = {
      planExecutionId: 'e',
      pipeline: 'p',
      status: 'Failed',
      page: 'u',
      failed,
      skipped: [],
      isCut: false,
    };
    const short = fit(whole, 200);
    expect(short.isCut).toBe(true);
    expect(short.failed).toHaveLength(1);
    expect(short.failed[0]?.lines.length).toBeLessThan(10);
    expect(fit(whole, 100_000)).toEqual(whole);
  });
});
