import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLogBatch } from './log-batch.ts';

const CHUNK = { taskId: 'aaaaaaaaaaaaaaaaaaaaaa', fence: 1, logKey: 'k', byteOffset: 0, final: false };

function batch(header: unknown, ...contents: readonly string[]): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, ...contents.map((content) => Buffer.from(content))]);
}

describe('a batch of logs', () => {
  test('holds chunks with their bytes and the time of each line', () => {
    const chunks = [
      { ...CHUNK, bytes: 6, lineTimes: [7, 2, 9, 1] },
      { ...CHUNK, logKey: 'other', bytes: 0, lineTimes: [], final: true },
      { ...CHUNK, logKey: 'third', bytes: 2, lineTimes: [] },
    ];
    expect(readLogBatch(batch({ incarnation: 'i', chunks }, 'a\nb\nc\n', 'xx'))).toEqual({
      incarnation: 'i',
      chunks: [
        { ...CHUNK, content: Buffer.from('a\nb\nc\n'), lineTimes: [7, 7, 9] },
        { ...CHUNK, logKey: 'other', content: Buffer.alloc(0), lineTimes: [], final: true },
        { ...CHUNK, logKey: 'third', content: Buffer.from('xx'), lineTimes: [] },
      ],
    });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a length beyond its end', Buffer.from([255, 255, 255, 255, 1])],
    ['no JSON', Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.from('{')])],
    ['another header', batch({ incarnation: 'i' })],
    ['fewer bytes than it says', batch({ incarnation: 'i', chunks: [{ ...CHUNK, bytes: 3, lineTimes: [] }] }, 'ab')],
    ['more bytes than it says', batch({ incarnation: 'i', chunks: [{ ...CHUNK, bytes: 1, lineTimes: [] }] }, 'ab')],
    ['a negative number of lines', batch({ incarnation: 'i', chunks: [{ ...CHUNK, bytes: 0, lineTimes: [1, -1] }] })],
    ['more lines than bytes', batch({ incarnation: 'i', chunks: [{ ...CHUNK, bytes: 2, lineTimes: [1, 3] }] }, 'ab')],
  ])('is refused with %s', (_, body) => {
    expect(readLogBatch(body)).toBeUndefined();
  });

  test('of any bytes is refused without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readLogBatch(Buffer.from(bytes))).toBeUndefined();
      }),
    );
  });
});
