/** Requests that no client sends in good faith, each with what the server answers (S20). */
import { connect } from 'node:net';
import { api, fire } from './api.ts';
import type { Product } from './product.ts';

export interface Refusal {
  readonly status: number;
  /** Of answers in an envelope. */
  readonly code?: string;
  readonly message?: string;
}

export interface Abuse {
  readonly name: string;
  readonly answer: Refusal;
  send(product: Product): Promise<Refusal>;
}

const DEPTH = 200_000;

export const ABUSES: readonly Abuse[] = [
  {
    name: 'a payload over the limit',
    answer: { status: 413, code: 'PAYLOAD_TOO_LARGE' },
    send: async (product) => refusalOf(await fire(product, 'test', 'myhook', 'x'.repeat(11 * 1_048_576))),
  },
  {
    name: 'a payload over the limit that does not say its size',
    answer: { status: 413 },
    send: (product) => speak(product, unsizedPayload(product)),
  },
  {
    name: 'a pipeline whose aliases multiply',
    answer: { status: 400 },
    send: (product) => savePipeline(product, aliasBomb()),
  },
  {
    name: 'a pipeline that nests without end',
    answer: { status: 400 },
    send: (product) => savePipeline(product, `pipeline: ${'['.repeat(DEPTH)}`),
  },
  {
    name: 'a JSON body that nests without end',
    answer: { status: 400 },
    send: async (product) =>
      refusalOf(
        await api(product, '/ng/api/projects', {
          method: 'POST',
          body: `{"project": ${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`,
          headers: { 'content-type': 'application/json' },
        }),
      ),
  },
  { name: '10,000 headers', answer: { status: 431 }, send: (product) => speak(product, manyHeaders()) },
];

function refusalOf({ status, body: { code, message } }: Awaited<ReturnType<typeof api>>): Refusal {
  return { status, ...(code === undefined ? {} : { code }), ...(message === undefined ? {} : { message }) };
}

async function savePipeline(product: Product, body: string): Promise<Refusal> {
  return refusalOf(await api(product, '/pipeline/api/pipelines/v2', { method: 'POST', body }));
}

function aliasBomb(): string {
  const levels = Array.from({ length: 30 }, (_, level) => `  a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`);
  return `pipeline:\n  identifier: bomb\n  a0: &a0 x\n${levels.join('\n')}\n`;
}

function unsizedPayload({ accountId }: Product): string {
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const query = `accountIdentifier=${accountId}&orgIdentifier=default&projectIdentifier=myproject`;
  const head = `POST /gateway/api/webhook/custom?${query} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`;
  return head + chunk.repeat(200);
}

function manyHeaders(): string {
  const headers = Array.from({ length: 10_000 }, (_, index) => `x-${index}: ${index}\r\n`).join('');
  return `POST /gateway/api/webhook/custom HTTP/1.1\r\nhost: x\r\n${headers}content-length: 0\r\n\r\n`;
}

/** Sends bytes and reads what comes back until the server hangs up. */
function speak({ url }: Product, request: string): Promise<Refusal> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const end = (): void => {
      const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
      if (status === undefined) reject(new Error(`No answer, but ${JSON.stringify(text.slice(0, 200))}`));
      else resolve({ status: Number(status) });
    };
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('close', end);
    // It may hang up before it has read everything.
    socket.on('error', (error) => (text === '' ? reject(error) : end()));
    socket.write(request);
  });
}
