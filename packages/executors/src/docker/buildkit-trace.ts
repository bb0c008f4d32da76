/**
 * What BuildKit says of a build: protobuf messages (`moby.buildkit.v1.StatusResponse`), of which only what a log shows is read. Fields
 * that are not known are passed over.
 */
export interface BuildVertex {
  readonly digest: string;
  readonly name: string;
  readonly isCached: boolean;
  readonly isStarted: boolean;
  readonly isCompleted: boolean;
  readonly error: string;
}

export interface BuildTrace {
  readonly vertexes: readonly BuildVertex[];
  readonly logs: readonly { readonly vertex: string; readonly message: Buffer }[];
}

/** The bytes are no such message. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
}

/** @throws TraceError */
export function readTrace(bytes: Buffer): BuildTrace {
  const vertexes: BuildVertex[] = [];
  const logs: { vertex: string; message: Buffer }[] = [];
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value === 'number') continue;
    if (number === 1) vertexes.push(readVertex(value));
    else if (number === 3) logs.push(readLog(value));
  }
  return { vertexes, logs };
}

function readVertex(bytes: Buffer): BuildVertex {
  const vertex = { digest: '', name: '', isCached: false, isStarted: false, isCompleted: false, error: '' };
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 1) vertex.digest = value.toString();
    else if (number === 3) vertex.name = value.toString();
    else if (number === 4) vertex.isCached = value === 1;
    else if (number === 5) vertex.isStarted = true;
    else if (number === 6) vertex.isCompleted = true;
    else if (number === 7) vertex.error = value.toString();
  }
  return vertex;
}

function readLog(bytes: Buffer): { vertex: string; message: Buffer } {
  const log: { vertex: string; message: Buffer } = { vertex: '', message: Buffer.alloc(0) };
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value === 'number') continue;
    if (number === 1) log.vertex = value.toString();
    else if (number === 4) log.message = value;
  }
  return log;
}

interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

function* fieldsOf(bytes: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; at < bytes.length; shift *= 128) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
    throw new TraceError('a number is cut off');
  };
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new TraceError('a field is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield { number, value: varint() };
        break;
      case 1:
        yield { number, value: take(8) };
        break;
      case 2:
        yield { number, value: take(varint()) };
        break;
      case 5:
        yield { number, value: take(4) };
        break;
      default:
        throw new TraceError('a field of unknown kind');
    }
  }
}
