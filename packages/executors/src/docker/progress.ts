/** Reads what an engine says while it pulls, builds or pushes: one JSON object a line. */
import type { Readable } from 'node:stream';

/** A longer line is none of an engine's. */
const LINE_LENGTH_MAX = 4 * 1024 * 1024;

export interface ProgressMessage {
  readonly status?: string;
  /** Output of a build. */
  readonly stream?: string;
  readonly error?: string;
  readonly id?: string;
  readonly aux?: unknown;
}

/** Ends early, without an error, once `signal` is aborted. */
export async function* readProgress(stream: Readable, signal: AbortSignal): AsyncGenerator<ProgressMessage> {
  const onAbort = (): void => void stream.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    let rest = '';
    for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LINE_LENGTH_MAX) throw new Error('the engine sent a line without end');
      for (const line of lines) if (line.trim() !== '') yield parseMessage(line);
    }
    if (rest.trim() !== '') yield parseMessage(rest);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function parseMessage(line: string): ProgressMessage {
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null) return {};
  const fields = message as Readonly<Record<string, unknown>>;
  return { ...texts(fields), ...('aux' in fields ? { aux: fields['aux'] } : {}) };
}

function texts(fields: Readonly<Record<string, unknown>>): ProgressMessage {
  const found: { -readonly [name in 'status' | 'stream' | 'error' | 'id']?: string } = {};
  for (const name of ['status', 'stream', 'error', 'id'] as const) {
    const value = fields[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
}
