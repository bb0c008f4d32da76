import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServiceOutput } from './stage-services.ts';

const mask = { add: (): void => undefined, text: (text: string): string => text.replaceAll('secret', '******') };

test('keeps the last whole lines, its secrets hidden', async () => {
  const output = new ServiceOutput();
  expect(output.lastLines(mask)).toEqual([]);
  await output.write(Buffer.from('one\ntwo sec'));
  await output.write(Buffer.from('ret\n\nend'));
  expect(output.lastLines(mask)).toEqual(['one', 'two ******', '', 'end']);
});

test('never the second part of a line, however much comes in whichever pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9_000 }), { maxLength: 30 }), async (lengths) => {
      const output = new ServiceOutput();
      for (const length of lengths) {
        await output.write(Buffer.from(`<${'x'.repeat(length)}`));
        await output.write(Buffer.from('>\n'));
      }
      for (const line of output.lastLines(mask)) expect(line).toMatch(/^<x+>$/);
    }),
    { numRuns: 200 },
  );
});

test('a line longer than all that is kept is not shown at all', async () => {
  const output = new ServiceOutput();
  await output.write(Buffer.from('y'.repeat(200_000)));
  expect(output.lastLines(mask)).toEqual([]);
});
