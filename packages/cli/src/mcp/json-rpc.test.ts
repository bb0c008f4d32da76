import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { METHOD_NOT_FOUND, RpcError, serveLines } from './json-rpc.ts';

/** `wait` answers when it is given up, and tells of that; `echo` answers with its parameters. */
function serve() {
  const input = new PassThrough();
  const written: unknown[] = [];
  const givenUp: unknown[] = [];
  const stop = new AbortController();
  const ended = serveLines(
    input,
    (line) => Promise.resolve(void written.push(JSON.parse(line))),
    async (method, params, signal) => {
      if (method === 'echo') return params;
      if (method !== 'wait') throw new RpcError(METHOD_NOT_FOUND, 'none');
      if (!signal.aborted) await once(signal, 'abort');
      givenUp.push(params);
      return params;
    },
    stop.signal,
  );
  const send = (...messages: readonly object[]): void => {
    for (const message of messages) input.write(`${JSON.stringify(message)}\n`);
  };
  return { input, written, givenUp, stop, ended, send };
}

const call = (id: number, method: string, params: unknown = {}): object => ({ jsonrpc: '2.0', id, method, params });

describe('lines of JSON-RPC', () => {
  it('give up the call that is cancelled, and no other', async () => {
    const { input, written, givenUp, ended, send } = serve();
    send(call(1, 'wait', 'first'), call(2, 'wait', 'second'));
    send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }, call(3, 'echo', 'third'));
    await expect.poll(() => written).toEqual([{ jsonrpc: '2.0', id: 3, result: 'third' }]);
    expect(givenUp).toEqual(['first']);
    input.end();
    await ended;
    // What is under way ends with the input; nobody is there to be answered.
    expect(givenUp).toEqual(['first', 'second']);
    expect(written).toHaveLength(1);
  });

  it('end when they are told to', async () => {
    const { stop, ended, givenUp, send, written } = serve();
    send(call(1, 'wait', 'first'), call(2, 'echo'));
    await expect.poll(() => written).toHaveLength(1);
    stop.abort();
    await ended;
    expect(givenUp).toEqual(['first']);
  });

  it('are answered one by one, or as many as came in one line', async () => {
    const { input, written, ended, send } = serve();
    send([call(1, 'echo', 'a'), { jsonrpc: '2.0', method: 'notifications/initialized' }, call(2, 'no_such')]);
    await expect.poll(() => written).toHaveLength(1);
    expect(written).toEqual([
      [
        { jsonrpc: '2.0', id: 1, result: 'a' },
        { jsonrpc: '2.0', id: 2, error: { code: METHOD_NOT_FOUND, message: 'none' } },
      ],
    ]);
    send({ id: 3, method: 'echo' }, { jsonrpc: '2.0', id: {}, method: 'echo' });
    await expect
      .poll(() => written.slice(1))
      .toEqual([
        { jsonrpc: '2.0', id: null, error: expect.objectContaining({ code: -32_600 }) as unknown },
        { jsonrpc: '2.0', id: null, error: expect.objectContaining({ code: -32_600 }) as unknown },
      ]);
    input.end();
    await ended;
  });
});
