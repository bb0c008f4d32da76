import type { RunEvent } from '@bridle/protocol';
import { expect, test } from 'vitest';
import { LogLines } from './log-lines.ts';

async function linesOf(chunks: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const events: RunEvent[] = [];
  const lines = new LogLines({ send: async (more) => void events.push(...more) }, { planExecutionId: 'e', node: 'n' });
  for (const chunk of chunks) await lines.write(Buffer.from(chunk));
  await lines.end();
  const logs = events.flatMap((event) => (event.type === 'log' ? [event] : []));
  expect(logs.map(({ line }) => line)).toEqual(logs.map((_, index) => index));
  return logs.map(({ text }) => text);
}

test('lines are put together from pieces, and the last one needs no end', async () => {
  expect(await linesOf(['a', 'b\nc\r\n\n', 'd'])).toEqual(['ab', 'c', '', 'd']);
  expect(await linesOf(['a\n'])).toEqual(['a']);
  expect(await linesOf([])).toEqual([]);
});

test('a character that is cut by a chunk stays whole', async () => {
  const bytes = Buffer.from('grüße 🎉\n');
  expect(await linesOf([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(['grüße 🎉']);
});

test('a line without end comes in pieces, with no character cut in two', async () => {
  const text = `x${'🎉'.repeat(50_000)}`;
  const pieces = await linesOf([text.slice(0, 70_001), text.slice(70_001)]);
  expect(pieces.join('')).toBe(text);
  expect(pieces.length).toBe(2);
  for (const piece of pieces) {
    expect(piece.length).toBeLessThanOrEqual(65_536);
    expect(piece.isWellFormed()).toBe(true);
  }
});
