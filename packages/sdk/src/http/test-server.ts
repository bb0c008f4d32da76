/** A server that answers by hand: each request takes the next answer. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type HandAnswer = (response: ServerResponse, request: IncomingMessage) => void;

export interface HandServer {
  readonly url: string;
  /** Every request so far: method and path with query, and its headers. */
  readonly calls: readonly { readonly line: string; readonly headers: IncomingMessage['headers'] }[];
  /** What comes next; the last one is repeated. */
  answer(...answers: readonly HandAnswer[]): void;
  close(): Promise<void>;
}

export async function startHandServer(): Promise<HandServer> {
  const calls: { line: string; headers: IncomingMessage['headers'] }[] = [];
  let waiting: HandAnswer[] = [];
  const server = createServer((request, response) => {
    calls.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers });
    const answer = waiting.length > 1 ? waiting.shift() : waiting[0];
    answer?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    calls,
    answer: (...answers) => {
      calls.length = 0;
      waiting = [...answers];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HandAnswer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export const success = (data: unknown): HandAnswer => json(200, { status: 'SUCCESS', data, correlationId: 'c' });

export function failure(status: number, code: string, headers: Readonly<Record<string, string>> = {}): HandAnswer {
  return json(
    status,
    { status: 'ERROR', code, message: `It is ${code}.`, correlationId: 'c1', responseMessages: [] },
    headers,
  );
}

/** As a proxy that dies does. */
export const reset: HandAnswer = (response) => response.socket?.resetAndDestroy();
/** Never. */
export const silence: HandAnswer = () => undefined;
