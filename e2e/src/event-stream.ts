/** Server-sent events as a client reads them. */
import type { Reachable } from './product.ts';

export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

export interface StreamRequest {
  readonly lastEventId?: string;
  readonly signal?: AbortSignal;
}

/**
 * The events of one connection, in order; it ends when the server ends it, and throws when the connection breaks. Leaving the
 * loop closes the connection.
 */
export async function* readEvents(
  product: Pick<Reachable, 'url' | 'adminToken'>,
  path: string,
  request: StreamRequest = {},
): AsyncGenerator<ReceivedEvent> {
  const response = await fetch(`${product.url}${path}`, {
    headers: {
      'x-api-key': product.adminToken,
      accept: 'text/event-stream',
      ...(request.lastEventId === undefined ? {} : { 'last-event-id': request.lastEventId }),
    },
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  if (response.status !== 200 || response.body === null) {
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  }
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== undefined) yield event;
    }
  }
}

/** Comments and blocks without data are no events. */
function parseBlock(block: string): ReceivedEvent | undefined {
  let event = 'message';
  let id: string | undefined;
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [field = '', ...rest] = line.split(':');
    const value = rest.join(':').replace(/^ /, '');
    if (field === 'event') event = value;
    if (field === 'id') id = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { event, id, data: data.join('\n') };
}

export interface LogLine {
  readonly line: number;
  readonly text: string;
}

/** Lines of a step's log as they arrive. */
export async function* readLog(
  product: Reachable,
  executionId: string,
  nodeId: string,
  request: StreamRequest = {},
): AsyncGenerator<LogLine> {
  const path = `/bridle/api/executions/${executionId}/nodes/${nodeId}/log`;
  for await (const { event, data } of readEvents(product, path, request)) {
    if (event === 'line') yield JSON.parse(data) as LogLine;
    if (event === 'end') return;
  }
}

/** Waits for a line that holds the text, and answers with it. */
export async function untilLogged(
  product: Reachable,
  executionId: string,
  nodeId: string,
  text: string,
): Promise<string> {
  const seen: string[] = [];
  for await (const line of readLog(product, executionId, nodeId)) {
    if (line.text.includes(text)) return line.text;
    seen.push(line.text);
  }
  throw new Error(`The log ended without "${text}":\n${seen.join('\n')}`);
}
