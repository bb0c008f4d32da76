/** Reads server-sent events from a real connection, one at a time: for tests of live views. */

export interface ReceivedEvent {
  readonly event: string;
  readonly id: string;
  /** Parsed, or the text where it is no JSON. */
  readonly data: never;
}

export interface TestEventStream {
  readonly response: Response;
  /** All that came so far, as it came. */
  readonly text: () => string;
  /** The next event; `undefined` once the server has closed the stream. */
  next(): Promise<ReceivedEvent | undefined>;
  /** The next event with this name; those before it are passed over. Throws when the stream ends before. */
  nextOf(event: string): Promise<ReceivedEvent>;
  /** All events up to the end of the stream. */
  rest(): Promise<readonly ReceivedEvent[]>;
  close(): Promise<void>;
}

export async function openTestEventStream(url: string, headers: Record<string, string>): Promise<TestEventStream> {
  const gone = new AbortController();
  const response = await fetch(url, { headers, signal: gone.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let read = 0;

  const next = async (): Promise<ReceivedEvent | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n', read);
      if (end >= 0) {
        const block = text.slice(read, end);
        read = end + 2;
        const event = parse(block);
        if (event !== undefined) return event;
        continue;
      }
      const piece = await reader?.read();
      if (piece === undefined || piece.done) return undefined;
      text += piece.value;
    }
  };

  return {
    response,
    text: () => text,
    next,
    nextOf: async (name) => {
      for (;;) {
        const event = await next();
        if (event === undefined) throw new Error(`The stream ended without an event ${name}:\n${text}`);
        if (event.event === name) return event;
      }
    },
    rest: async () => {
      const events: ReceivedEvent[] = [];
      for (let event = await next(); event !== undefined; event = await next()) events.push(event);
      return events;
    },
    close: async () => {
      gone.abort();
      await reader?.cancel().catch(() => undefined);
    },
  };
}

function parse(block: string): ReceivedEvent | undefined {
  const field = (name: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  if (data === undefined) return undefined;
  return { event: field('event') ?? 'message', id: field('id') ?? '', data: parseData(data) as never };
}

function parseData(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
