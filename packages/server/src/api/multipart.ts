/**
 * `multipart/form-data` as it comes, part by part: memory does not grow with what is sent. The parts must be read in their order;
 * what is not read of one is passed over.
 */
import { RequestError } from './errors.ts';

export interface FormPart {
  readonly name: string;
  readonly contentType: string;
  /** May be read once. */
  readonly content: AsyncIterable<Uint8Array>;
}

const HEADER_BYTES_MAX = 16_384;
/** RFC 2046 has 70. */
const BOUNDARY = /;\s*boundary=(?:"([^"\r\n]{1,200})"|([^;"\s]{1,200}))/i;
const BREAK = Buffer.from('\r\n');

export async function* readForm(
  body: AsyncIterable<Uint8Array>,
  contentType: string | undefined,
): AsyncGenerator<FormPart> {
  const boundary = BOUNDARY.exec(contentType ?? '');
  if (boundary === null || !/^multipart\/form-data\s*;/i.test(contentType ?? '')) throw noForm();
  const source = new Source(body);
  const delimiter = Buffer.from(`\r\n--${boundary[1] ?? boundary[2] ?? ''}`);
  // The first delimiter may stand at the very beginning.
  source.push(BREAK);
  await drain(source.until(delimiter));
  for (;;) {
    const tail = await source.line();
    if (tail.startsWith('--')) return;
    if (tail.trim() !== '') throw noForm();
    const { name, contentType: type } = await readHeaders(source);
    const content = source.until(delimiter);
    yield { name, contentType: type, content };
    await drain(content);
  }
}

/** A part that is a short text. */
export async function readText({ name, content }: FormPart, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw refuse(name, `is longer than ${String(bytesMax)} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readHeaders(source: Source): Promise<{ readonly name: string; readonly contentType: string }> {
  let name = '';
  let contentType = '';
  for (;;) {
    const line = await source.line();
    if (line === '') break;
    const [key = '', ...rest] = line.split(':');
    const value = rest.join(':').trim();
    if (key.toLowerCase() === 'content-disposition') name = /;\s*name="([^"]*)"/i.exec(value)?.[1] ?? '';
    if (key.toLowerCase() === 'content-type') contentType = value;
  }
  if (name === '') throw noForm();
  return { name, contentType };
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  // oxlint-disable-next-line no-unused-vars
  for await (const _chunk of content);
}

class Source {
  readonly #body: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#body = body[Symbol.asyncIterator]();
  }

  push(bytes: Uint8Array): void {
    this.#held = Buffer.concat([this.#held, bytes]);
  }

  /** Everything up to the delimiter, which is passed over. Once read to its end it is empty. */
  until(delimiter: Buffer): AsyncIterable<Uint8Array> {
    let isDone = false;
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      while (!isDone) {
        const at = this.#held.indexOf(delimiter);
        // What may be the beginning of the delimiter stays.
        const end = at === -1 ? this.#held.length - delimiter.length + 1 : at;
        const chunk = this.#held.subarray(0, Math.max(0, end));
        if (at !== -1) {
          isDone = true;
          this.#held = this.#held.subarray(at + delimiter.length);
        } else {
          this.#held = this.#held.subarray(chunk.length);
        }
        if (chunk.length > 0) return { done: false, value: chunk };
        if (!isDone) await this.#fill();
      }
      return { done: true, value: undefined };
    };
    // Left early, it can be read on.
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  async line(): Promise<string> {
    for (;;) {
      const at = this.#held.indexOf(BREAK);
      if (at !== -1) {
        const line = this.#held.subarray(0, at).toString('utf8');
        this.#held = this.#held.subarray(at + BREAK.length);
        return line;
      }
      if (this.#held.length > HEADER_BYTES_MAX) throw noForm();
      // The last line of a form needs no end.
      if (this.#held.subarray(0, 2).toString() === '--') return '--';
      await this.#fill();
    }
  }

  async #fill(): Promise<void> {
    const { done, value } = await this.#body.next();
    if (done === true) throw refuse('body', 'ends before its last part does');
    this.push(value);
  }
}

function noForm(): Error {
  return refuse('body', 'is no multipart/form-data');
}

function refuse(fieldId: string, error: string): RequestError {
  return new RequestError('INVALID_REQUEST', `${fieldId}: ${error}`, [{ fieldId, error }]);
}
