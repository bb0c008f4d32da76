import { expect, test } from 'vitest';
import { tellProgress } from './progress.ts';

function told(steps: readonly (readonly [at: number, done: number])[]): readonly string[] {
  let at = 0;
  const heard: string[] = [];
  const progress = tellProgress(
    (done, total, isFinished) => void heard.push(`${done}/${total}${isFinished ? ' finished' : ''}`),
    () => at,
  );
  for (const [time, done] of steps) {
    at = time;
    progress(done, 9, done === 9);
  }
  return heard;
}

test('what is over at once is not told', () => {
  expect(
    told([
      [1, 1],
      [300, 8],
      [399, 9],
    ]),
  ).toEqual([]);
});

test('what takes long is told now and then, and at its end', () => {
  expect(
    told([
      [100, 1],
      [400, 2],
      [500, 3],
      [599, 4],
      [600, 5],
      [601, 9],
    ]),
  ).toEqual(['2/9', '5/9', '9/9 finished']);
});
