/** Forms come in pieces of any size, and are read the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readForm } from './multipart.ts';

async function* piecesOf(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, type: string, size: number): Promise<readonly (readonly [string, string])[]> {
  const parts: (readonly [string, string])[] = [];
  for await (const part of readForm(piecesOf(bytes, size), type)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of part.content) chunks.push(chunk);
    parts.push([part.name, Buffer.concat(chunks).toString('base64')]);
  }
  return parts;
}

test('parts are what was put into the form, however it is cut', async () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom('\r\n', '--', '\r\n--', '\r\n--b', '').map((text) => new TextEncoder().encode(text)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(content, { maxLength: 4 }), fc.integer({ min: 1, max: 64 }), async (contents, size) => {
      const form = new FormData();
      contents.forEach((bytes, index) =>
        form.append(`part${String(index)}`, new Blob([new Uint8Array(bytes)]), 'file'),
      );
      const response = new Response(form);
      const type = response.headers.get('content-type') ?? '';
      const bytes = new Uint8Array(await response.arrayBuffer());
      expect(await read(bytes, type, size)).toEqual(
        contents.map((each, index) => [`part${String(index)}`, Buffer.from(each).toString('base64')]),
      );
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end', 'ends before'],
  ['multipart/form-data; boundary=b', 'nothing of the kind', 'ends before'],
  ['multipart/form-data; boundary=b', '--b\r\nnameless: x\r\n\r\nx\r\n--b--', 'is no multipart'],
  ['multipart/form-data; boundary=b', `--b\r\n${'x'.repeat(20_000)}`, 'is no multipart'],
  ['multipart/form-data', '', 'is no multipart'],
  ['application/json', '{}', 'is no multipart'],
])('%s with %s is refused', async (type, text, reason) => {
  await expect(read(Buffer.from(text), type, 7)).rejects.toThrow(reason);
});
