/** A receiver of webhooks that a test drives by hand: each call waits until the test says what it is answered. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  answer(status: number, text?: string, headers?: Readonly<Record<string, string>>): void;
  /** The connection breaks. */
  drop(): void;
}

export interface TestReceiver {
  readonly url: string;
  /** Calls that came and were not asked for yet. */
  readonly waiting: number;
  /** The next call, in the order in which they came. */
  next(): Promise<ReceivedCall>;
  close(): Promise<void>;
}

export async function openTestReceiver(): Promise<TestReceiver> {
  const calls: ReceivedCall[] = [];
  const asking: ((call: ReceivedCall) => void)[] = [];
  const server = createServer((request, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('error', () => undefined);
    request.on('end', () => {
      const call: ReceivedCall = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(pieces).toString('utf8'),
        answer: (status, text = '', headers = {}) => response.writeHead(status, headers).end(text),
        drop: () => request.socket.destroy(),
      };
      const first = asking.shift();
      if (first === undefined) calls.push(call);
      else first(call);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/hook`,
    get waiting() {
      return calls.length;
    },
    next: async () => {
      const call = calls.shift();
      return call ?? (await new Promise<ReceivedCall>((resolve) => asking.push(resolve)));
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whether one of the signatures was made with the secret, as the specification of Standard Webhooks says. */
export function isSigned({ headers, body }: ReceivedCall, secret: string): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    String(headers[name]),
  );
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key)
    .update(`${id ?? ''}.${timestamp ?? ''}.${body}`)
    .digest();
  return (signatures ?? '').split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
