import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Demultiplexer, FrameError } from './demux.ts';

function frame(stream: number, content: Uint8Array): Buffer {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(content.length, 4);
  return Buffer.concat([head, content]);
}

test('content comes out whole and in order, wherever the stream is cut', () => {
  const Frame = fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 30 }));
  fc.assert(
    fc.property(fc.array(Frame), fc.array(fc.integer({ min: 1, max: 20 })), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(([stream, content]) => frame(stream, content)));
      const demultiplexer = new Demultiplexer();
      const out: Buffer[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = cuts[turn % Math.max(1, cuts.length)] ?? 7;
        out.push(...demultiplexer.push(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(Buffer.concat(out)).toEqual(Buffer.concat(frames.map(([, content]) => content)));
    }),
    { numRuns: 500 },
  );
});

test('a large frame is not kept back until it is whole', () => {
  const head = Buffer.from([1, 0, 0, 0, 0x40, 0, 0, 0]);
  expect([...new Demultiplexer().push(Buffer.concat([head, Buffer.from('first')]))].join('')).toBe('first');
});

test('what is not framed is an error', () => {
  expect(() => [...new Demultiplexer().push(Buffer.from('hello world'))]).toThrow(FrameError);
});
