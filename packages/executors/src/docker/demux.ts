/**
 * Takes the engine's stream of a container's output apart: frames of eight bytes of head (stream, three zeros, length) and the
 * content. The content of both streams is passed on in the order it comes, without waiting for the end of a frame.
 */
const HEAD_BYTES = 8;
const STREAMS_MAX = 2;

/** The bytes do not follow the format; the rest cannot be read. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export class Demultiplexer {
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headLength = 0;
  #left = 0;

  /** @throws FrameError */
  *push(chunk: Buffer): Generator<Buffer> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const end = Math.min(chunk.length, at + this.#left);
        this.#left -= end - at;
        yield chunk.subarray(at, end);
        at = end;
        continue;
      }
      const end = Math.min(chunk.length, at + HEAD_BYTES - this.#headLength);
      this.#headLength += chunk.copy(this.#head, this.#headLength, at, end);
      at = end;
      if (this.#headLength === HEAD_BYTES) this.#beginFrame();
    }
  }

  #beginFrame(): void {
    const [stream = 0, ...zeros] = this.#head.subarray(0, 4);
    if (stream > STREAMS_MAX || zeros.some((byte) => byte !== 0))
      throw new FrameError('the output of the container is not framed as the engine promises');
    this.#left = this.#head.readUInt32BE(4);
    this.#headLength = 0;
  }
}
