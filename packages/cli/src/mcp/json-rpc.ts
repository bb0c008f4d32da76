/**
 * JSON-RPC 2.0, a message a line, as the Model Context Protocol has it on standard input and output. By ourselves: the
 * protocol's library brings a web server, a router and two validators along for its other transports, some ninety packages,
 * and these two files are all that this one needs of it.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { isRecord } from './schema.ts';

export type Handler = (method: string, params: unknown, signal: AbortSignal) => Promise<unknown>;

/** What a request is refused with; anything else that a handler throws is a bug of ours. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const METHOD_NOT_FOUND = -32_601;
export const INVALID_PARAMS = -32_602;
const PARSE_ERROR = -32_700;
const INVALID_REQUEST = -32_600;
const INTERNAL_ERROR = -32_603;

type Id = string | number;

/** Serves until the input ends or `signal` is aborted; what is under way then is given up. Answers come as they are ready. */
export async function serveLines(
  input: Readable,
  write: (line: string) => Promise<void>,
  handle: Handler,
  signal: AbortSignal,
): Promise<void> {
  const calls = new Calls(handle);
  const lines = createInterface({ input, crlfDelay: Infinity });
  const close = (): void => lines.close();
  signal.addEventListener('abort', close, { once: true });
  const answers = new Set<Promise<void>>();
  try {
    if (signal.aborted) return;
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const answer = answerLine(line, calls).then(async (text) => {
        if (text !== undefined) await write(text);
      });
      answers.add(answer);
      void answer.finally(() => answers.delete(answer)).catch(() => undefined);
    }
  } finally {
    signal.removeEventListener('abort', close);
    calls.cancelAll();
    await Promise.allSettled(answers);
  }
}

/** `undefined` = nothing is to be answered. */
async function answerLine(line: string, calls: Calls): Promise<string | undefined> {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return JSON.stringify(failure(null, PARSE_ERROR, 'This line is no JSON.'));
  }
  // One version of the protocol has several in a line.
  if (Array.isArray(message) && message.length > 0) {
    const all = (await Promise.all(message.map((each) => calls.take(each)))).filter((each) => each !== undefined);
    return all.length === 0 ? undefined : JSON.stringify(all);
  }
  const answer = await calls.take(message);
  return answer === undefined ? undefined : JSON.stringify(answer);
}

class Calls {
  readonly #handle: Handler;
  readonly #underWay = new Map<Id, AbortController>();

  constructor(handle: Handler) {
    this.#handle = handle;
  }

  cancelAll(): void {
    for (const controller of this.#underWay.values()) controller.abort();
  }

  async take(message: unknown): Promise<object | undefined> {
    if (!isRecord(message) || message['jsonrpc'] !== '2.0')
      return failure(null, INVALID_REQUEST, 'This is no JSON-RPC 2.0.');
    const { id, method, params } = message;
    // An answer: we ask for nothing.
    if (typeof method !== 'string') return undefined;
    if (id === undefined) {
      this.#notified(method, params);
      return undefined;
    }
    if (typeof id !== 'string' && typeof id !== 'number')
      return failure(null, INVALID_REQUEST, 'The id is neither text nor number.');
    return await this.#answer(id, method, params);
  }

  async #answer(id: Id, method: string, params: unknown): Promise<object | undefined> {
    const controller = new AbortController();
    this.#underWay.set(id, controller);
    try {
      const result = await this.#handle(method, params, controller.signal);
      return controller.signal.aborted ? undefined : { jsonrpc: '2.0', id, result };
    } catch (error) {
      // Whoever gave up waits for nothing.
      if (controller.signal.aborted) return undefined;
      if (error instanceof RpcError) return failure(id, error.code, error.message);
      return failure(id, INTERNAL_ERROR, error instanceof Error ? error.message : String(error));
    } finally {
      this.#underWay.delete(id);
    }
  }

  #notified(method: string, params: unknown): void {
    if (method !== 'notifications/cancelled' || !isRecord(params)) return;
    const id = params['requestId'];
    if (typeof id === 'string' || typeof id === 'number') this.#underWay.get(id)?.abort();
  }
}

function failure(id: Id | null, code: number, message: string): object {
  return { jsonrpc: '2.0', id, error: { code, message } };
}
