import { Readable } from 'node:stream';
import { inflateRawSync, crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { zipStream, type ZipFile } from './zip-stream.ts';

const at = Date.UTC(2026, 1, 3, 4, 5, 6);
const file = (name: string, ...pieces: readonly string[]): ZipFile => ({
  name,
  changedAt: at,
  content: Readable.from(pieces.map((piece) => Buffer.from(piece))),
});

async function zip(files: readonly ZipFile[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of zipStream(files)) pieces.push(piece);
  return Buffer.concat(pieces);
}

interface Entry {
  readonly name: string;
  readonly content: string;
  readonly time: number;
  readonly date: number;
}

/** Reads head, descriptor and directory of each file, and that they agree (APPNOTE.TXT 4.3). */
function read(archive: Buffer): readonly Entry[] {
  const end = archive.length - 22;
  expect(archive.readUInt32LE(end)).toBe(0x0605_4b50);
  const entries: Entry[] = [];
  let offset = archive.readUInt32LE(end + 16);
  expect(offset + archive.readUInt32LE(end + 12)).toBe(end);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    expect(archive.readUInt32LE(offset)).toBe(0x0201_4b50);
    const [crc, packed, size] = [16, 20, 24].map((place) => archive.readUInt32LE(offset + place)) as [
      number,
      number,
      number,
    ];
    const nameLength = archive.readUInt16LE(offset + 28);
    const local = archive.readUInt32LE(offset + 42);
    expect(archive.readUInt32LE(local)).toBe(0x0403_4b50);
    const name = archive.subarray(offset + 46, offset + 46 + nameLength);
    expect(archive.subarray(local + 30, local + 30 + nameLength)).toEqual(name);
    const from = local + 30 + nameLength;
    const content = inflateRawSync(archive.subarray(from, from + packed));
    expect([content.length, crc32(content)]).toEqual([size, crc]);
    expect([0, 4, 8, 12].map((place) => archive.readUInt32LE(from + packed + place))).toEqual([
      0x0807_4b50,
      crc,
      packed,
      size,
    ]);
    entries.push({
      name: name.toString('utf8'),
      content: content.toString('utf8'),
      time: archive.readUInt16LE(offset + 12),
      date: archive.readUInt16LE(offset + 14),
    });
    offset += 46 + nameLength;
  }
  expect(offset).toBe(end);
  return entries;
}

it('holds every file as it was given', async () => {
  const entries = read(await zip([file('a/ä.jsonl', 'one\n', 'two\n'), file('empty'), file('b', 'x'.repeat(200_000))]));
  expect(entries.map(({ name, content }) => [name, content])).toEqual([
    ['a/ä.jsonl', 'one\ntwo\n'],
    ['empty', ''],
    ['b', 'x'.repeat(200_000)],
  ]);
  expect(entries.map(({ time, date }) => [time, date])).toEqual(
    entries.map(() => [(4 << 11) | (5 << 5) | 3, ((2026 - 1980) << 9) | (2 << 5) | 3]),
  );
});

it('may be empty', async () => {
  expect(read(await zip([]))).toEqual([]);
});

it('fails as its content fails', async () => {
  const broken = Readable.from(
    (function* () {
      yield Buffer.from('x');
      throw new Error('gone');
    })(),
  );
  await expect(zip([{ name: 'a', changedAt: at, content: broken }])).rejects.toThrow('gone');
});
