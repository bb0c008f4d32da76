import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LOG_CHUNK_BYTES_MAX, type LogChunk } from './logs.ts';
import { decodeChunks } from './decode-chunks.ts';
import { countLineStarts, placeChunk, type LogState } from './place-chunk.ts';

const EMPTY: LogState = { bytes: 0, lines: 0, endsInLine: false, isClosed: false };

function chunk(text: string, change: Partial<LogChunk> = {}): LogChunk {
  const content = Buffer.from(text);
  const lineTimes = Array.from({ length: countLineStarts(content, false) }, (_, index) => index);
  return {
    taskId: 't',
    fence: 1,
    logKey: 'k',
    byteOffset: 0,
    content,
    lineTimes,
    final: false,
    ...change,
  };
}

test('lines begin after each line break, and at the start unless the line goes on', () => {
  const count = (text: string, goesOn: boolean): number => countLineStarts(Buffer.from(text), goesOn);
  expect([
    count('', false),
    count('a', false),
    count('a\n', false),
    count('a\nb', false),
    count('\n\n', false),
  ]).toEqual([0, 1, 1, 2, 2]);
  expect([count('', true), count('a', true), count('a\n', true), count('a\nb', true), count('\n\n', true)]).toEqual([
    0, 0, 0, 1, 1,
  ]);
});

test('L1 what is there already is skipped, a gap is refused, an overlap adds the rest', () => {
  const first = placeChunk(EMPTY, chunk('one\ntwo\n'));
  if (first.kind !== 'placed') throw new Error(first.kind);
  expect(first.state).toEqual({ bytes: 8, lines: 2, endsInLine: false, isClosed: false });
  expect(placeChunk(first.state, chunk('one\ntwo\n'))).toEqual({ kind: 'skipped' });
  expect(placeChunk(first.state, chunk('x', { byteOffset: 9 }))).toEqual({ kind: 'skipped' });
  const longer = placeChunk(first.state, chunk('one\ntwo\nthree', { lineTimes: [1, 2, 3] }));
  expect(longer).toMatchObject({
    kind: 'placed',
    chunk: { byteOffset: 8, firstLine: 2, lineTimes: [3] },
    state: { bytes: 13, lines: 3, endsInLine: true },
  });
});

test('the last chunk closes the log, also an empty or repeated one, and nothing follows it', () => {
  const closed = placeChunk({ ...EMPTY, bytes: 3, lines: 1 }, chunk('', { byteOffset: 3, final: true }));
  expect(closed).toMatchObject({ kind: 'placed', state: { bytes: 3, isClosed: true } });
  expect(placeChunk({ ...EMPTY, bytes: 3, lines: 1, endsInLine: true }, chunk('abc', { final: true }))).toMatchObject({
    kind: 'placed',
    state: { isClosed: true },
  });
  expect(placeChunk({ ...EMPTY, bytes: 3, isClosed: true }, chunk('abc', { final: true }))).toEqual({
    kind: 'skipped',
  });
  expect(placeChunk({ ...EMPTY, bytes: 3, isClosed: true }, chunk('abcd'))).toEqual({ kind: 'late' });
});

test('chunks that make no sense are named', () => {
  const onWire = { ...chunk(''), lineTimes: [], content: '' };
  for (const content of ['not base64!!', 'YWJ', 'YWJj\n'])
    expect(decodeChunks([{ ...onWire, content }])).toMatchObject({ kind: 'invalid' });
  expect(decodeChunks([{ ...onWire, content: 'YWJj' }])).toMatchObject({
    kind: 'decoded',
    chunks: [{ byteOffset: 0 }],
  });
  expect(placeChunk(EMPTY, chunk('a\nb', { lineTimes: [1] }))).toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('1 times for 2 lines'),
  });
  expect(placeChunk(EMPTY, chunk('x'.repeat(LOG_CHUNK_BYTES_MAX + 1)))).toMatchObject({ kind: 'invalid' });
});

test('L1/L3 however a log is cut, and however often its pieces are sent, the same bytes and lines come out', () => {
  const cuts = fc.array(fc.nat(40), { maxLength: 12 });
  const text = fc
    .array(fc.constantFrom('\n', 'a', 'bc', '\r', 'é'), { maxLength: 30 })
    .map((parts) => Buffer.from(parts.join('')));
  fc.assert(
    fc.property(text, cuts, fc.boolean(), (bytes, marks, isRepeated) => {
      const ends = [...new Set([...marks.map((mark) => Math.min(mark, bytes.length)), bytes.length])].toSorted(
        (one, other) => one - other,
      );
      let state = EMPTY;
      const stored: Buffer[] = [];
      let from = 0;
      for (const end of ends) {
        const piece = bytes.subarray(from, end);
        const lineTimes = Array.from({ length: countLineStarts(piece, state.endsInLine) }, () => 0);
        for (let time = 0; time < (isRepeated ? 2 : 1); time += 1) {
          const placement = placeChunk(state, {
            taskId: 't',
            fence: 1,
            logKey: 'k',
            byteOffset: from,
            content: piece,
            lineTimes,
            final: false,
          });
          if (placement.kind === 'invalid') throw new Error(placement.message);
          if (placement.kind === 'skipped') continue;
          if (placement.kind === 'late') throw new Error('It is closed.');
          if (placement.chunk !== undefined) stored.push(placement.chunk.content);
          state = placement.state;
        }
        from = end;
      }
      expect(Buffer.concat(stored).equals(bytes)).toBe(true);
      expect(state.lines).toBe(countLineStarts(bytes, false));
    }),
  );
});
