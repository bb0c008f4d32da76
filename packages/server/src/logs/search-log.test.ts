import { describe, expect, test } from 'vitest';
import type { LogLine, LogPage, LogRead } from './logs.ts';
import { LogQueryError, matcherOf, SearchBudget, searchLog, type LogMatches } from './search-log.ts';

/** A log of these lines, read in pages of its own size. */
function logOf(texts: readonly string[], pageLines = 3): (request: LogRead) => Promise<LogPage> {
  return async ({ fromLine = 0 }) => {
    const lines = texts
      .slice(fromLine, fromLine + pageLines)
      .map((text, index): LogLine => ({ number: fromLine + index, time: fromLine + index, text }));
    const next = fromLine + lines.length;
    return { lines, isClosed: next >= texts.length, ...(next < texts.length ? { nextLine: next } : {}) };
  };
}

async function search(
  texts: readonly string[],
  text: string,
  options: {
    readonly isRegex?: boolean;
    readonly isCaseSensitive?: boolean;
    readonly max?: number;
    readonly from?: number;
  } = {},
): Promise<LogMatches | undefined> {
  const { isRegex = false, isCaseSensitive = false, max = 100, from = 0 } = options;
  return searchLog(logOf(texts), matcherOf({ text, isRegex, isCaseSensitive }), from, new SearchBudget(max));
}

const LINES = ['Error: no', 'fine', '\u001B[31merr\u001B[0mor in colours\r', 'İ error', 'a.b', 'axb', '(error)'];

describe('a search', () => {
  test.each([
    ['error', {}, [0, 2, 3, 6]],
    ['error', { isCaseSensitive: true }, [2, 3, 6]],
    ['Error', { isCaseSensitive: true }, [0]],
    ['a.b', {}, [4]],
    ['a.b', { isRegex: true }, [4, 5]],
    ['^A.B$', { isRegex: true }, [4, 5]],
    ['^A.B$', { isRegex: true, isCaseSensitive: true }, []],
    ['(ERROR)', {}, [6]],
    [String.raw`\(e\w+\)`, { isRegex: true }, [6]],
    ['colours$', { isRegex: true }, [2]],
    ['nothing', {}, []],
  ] as const)('for %j with %j', async (text, options, numbers) => {
    const found = await search(LINES, text, options);
    expect(found?.matches.map(({ line }) => line)).toEqual(numbers);
    expect(found?.nextLine).toBeUndefined();
  });

  test('shows the place, and where in it the match is', async () => {
    const [match] = (await search([`${'x'.repeat(1_000)}İ needle${'y'.repeat(1_000)}`], 'NEEDLE'))?.matches ?? [];
    expect(match?.excerpt.slice(match.start, match.end)).toBe('needle');
    expect(match?.excerpt.length).toBe(400);
    const [long] = (await search(['y'.repeat(1_000)], 'y+', { isRegex: true }))?.matches ?? [];
    expect(long).toMatchObject({ start: 0, end: 400 });
  });

  test('stops at as many matches as are wanted, and goes on from there without gap or double', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => (index % 7 === 0 ? `hit ${index}` : 'miss'));
    const numbers: number[] = [];
    for (let from: number | undefined = 0; from !== undefined;) {
      const page: LogMatches | undefined = await search(texts, 'hit', { max: 4, from });
      expect(page?.matches.length).toBeLessThanOrEqual(4);
      numbers.push(...(page?.matches ?? []).map(({ line }) => line));
      from = page?.nextLine;
    }
    expect(numbers).toEqual(texts.flatMap((text, index) => (text.startsWith('hit') ? [index] : [])));
  });

  test.each(['(', '[a', 'a{2,1}', '(?=x)', '((a{50}){50}){50}', String.raw`(a)\1`])(
    'the pattern %j is refused with a reason',
    (text) => {
      expect(() => matcherOf({ text, isRegex: true, isCaseSensitive: true })).toThrow(LogQueryError);
    },
  );

  test('a text that is empty or longer than any line deserves is refused', () => {
    expect(() => matcherOf({ text: '', isRegex: false, isCaseSensitive: false })).toThrow(LogQueryError);
    expect(() => matcherOf({ text: 'x'.repeat(1_001), isRegex: false, isCaseSensitive: false })).toThrow(LogQueryError);
  });

  test('a pattern that would take other engines for ever takes no time (S20)', async () => {
    const before = performance.now();
    await search([`${'a'.repeat(50_000)}!`], '(a+)+$', { isRegex: true });
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
