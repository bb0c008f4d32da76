/** Streams and waits against a server that answers by hand: when they come back, and when they give up. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotFoundError, RateLimitError, TimeoutError, UnsupportedError, WaitTimeoutError } from '../errors.ts';
import { Harness, type HarnessOptions } from '../index.ts';
import { failure, silence, startHandServer, success, type HandAnswer, type HandServer } from '../http/test-server.ts';
import type { FeedOptions, LiveEvent } from './feed.ts';

const ACCOUNT = 'kmpySmUISimoRrJL6NL73w';
let server: HandServer;

beforeAll(async () => {
  server = await startHandServer();
});
afterAll(() => server.close());

function client(options: Partial<HarnessOptions> = {}): Harness {
  return new Harness({ apiKey: `pat.${ACCOUNT}.id.secret`, baseUrl: server.url, env: {}, ...options });
}

async function listen(harness: Harness, options: FeedOptions = {}): Promise<readonly LiveEvent[]> {
  const events: LiveEvent[] = [];
  for await (const event of harness.events(options)) events.push(event);
  return events;
}

/** Ends there, well or not. */
function stream(...events: readonly string[]): HandAnswer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(`${event}\n\n`);
    response.end();
  };
}

const END = 'event: end\ndata: {}';
const SHUTDOWN = 'event: shutdown\ndata: {}';
const told = (id: number): string =>
  `id: ${String(id)}\nevent: execution.finished\ndata: {"type":"execution.finished","data":{"status":"Success"}}`;

describe('a stream', () => {
  it('goes on after the last event, also when there was none but a position', async () => {
    server.answer(
      stream('id: 7\nevent: position\ndata: {}'),
      stream(told(8), SHUTDOWN),
      stream('id: 9\nevent: reset\ndata: {"reason":"expired"}', END),
    );
    const events = await listen(client());
    expect(events).toMatchObject([
      { type: 'position', id: '7' },
      { type: 'execution.finished', id: '8', data: { status: 'Success' } },
      { type: 'reset', id: '9', data: { reason: 'expired' } },
    ]);
    expect(server.calls.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '7', '8']);
  });

  it('asks for what it is told to tell', async () => {
    server.answer(stream(END));
    const query = { pipelines: ['a', 'b'], types: ['execution.*'], lastEventId: '3' };
    await listen(client({ org: 'o', project: 'p' }), query);
    const [call] = server.calls;
    const { pathname, searchParams } = new URL(call?.line.split(' ')[1] ?? '', server.url);
    expect([pathname, Object.fromEntries(searchParams), call?.headers['last-event-id']]).toEqual([
      '/bridle/api/events',
      {
        accountIdentifier: ACCOUNT,
        orgIdentifier: 'o',
        projectIdentifier: 'p',
        pipelineIdentifier: 'a,b',
        type: 'execution.*',
      },
      '3',
    ]);
  });

  it('gives up where nobody ever answers', async () => {
    server.answer(silence);
    await expect(listen(client({ timeoutMs: 50, retries: 1 }))).rejects.toBeInstanceOf(TimeoutError);
    expect(server.calls).toHaveLength(2);
  });

  it('comes back no sooner than it is asked to, and not for as long as that', async () => {
    server.answer(failure(429, 'TOO_MANY_REQUESTS', { 'retry-after': '0' }), stream(END));
    expect(await listen(client())).toEqual([]);
    server.answer(failure(429, 'TOO_MANY_REQUESTS', { 'retry-after': '3600' }));
    await expect(listen(client())).rejects.toBeInstanceOf(RateLimitError);
    server.answer(failure(429, 'TOO_MANY_REQUESTS', { 'retry-after': '0' }));
    await expect(listen(client({ retries: 0 }))).rejects.toBeInstanceOf(RateLimitError);
    expect(server.calls).toHaveLength(1);
  });

  it('tells a place that is not there from a server that has no events', async () => {
    server.answer(failure(404, 'ENTITY_NOT_FOUND'));
    await expect(listen(client())).rejects.toBeInstanceOf(NotFoundError);
    server.answer(failure(404, 'RESOURCE_NOT_FOUND_EXCEPTION'));
    await expect(listen(client())).rejects.toBeInstanceOf(UnsupportedError);
    server.answer(success({}));
    await expect(listen(client())).rejects.toBeInstanceOf(UnsupportedError);
  });
});

describe('waiting for what becomes of an event', () => {
  const accepted = success('0123456789abcdef01234567');
  const decided = (status: string, pipelineExecutionId: string | null): HandAnswer =>
    success({ status, pipelineExecutionId, message: '' });
  const fire = (harness: Harness) => harness.triggers.fireCustom('p', 't', {}, { org: 'o', project: 'q' });

  it('leaves the waiting to the server, for less than a try may take', async () => {
    for (const [timeoutMs, prefer] of [
      [60_000, 'wait=10'],
      [5_000, 'wait=2'],
      [1_000, undefined],
    ] as const) {
      server.answer(accepted, decided('TARGET_EXECUTION_REQUESTED', 'e'));
      const event = await fire(client({ timeoutMs }));
      expect((await event.waitForExecution()).planExecutionId).toBe('e');
      expect(server.calls.map(({ headers }) => headers['prefer'])).toEqual([undefined, prefer]);
    }
  });

  it('asks a server that answers at once no more often than it was told to', async () => {
    server.answer(accepted, decided('QUEUED', null));
    const event = await fire(client());
    const waiting = event.waitForExecution({ timeoutMs: 300, pollMs: { min: 100, max: 100 } });
    await expect(waiting).rejects.toBeInstanceOf(WaitTimeoutError);
    // The webhook's own call, and one at 0, 100, 200 and 300 ms.
    expect(server.calls.length).toBeLessThanOrEqual(5);
  });
});
