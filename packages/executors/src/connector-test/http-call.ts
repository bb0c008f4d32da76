/** One GET to the system that a connector stands for, on the way that steps take: guarded, by the proxy, with the operator's authorities. */
import type { StepContext } from '../executor.ts';
import { describeFailure, failureTypeOf, findRefusal } from '../http/call-failure.ts';
import { openWay, outgoingRules } from '../http/outgoing.ts';
import { TestFailed } from './test-failed.ts';

const BODY_BYTES_MAX = 65_536;
const ANSWER_MS_MAX = 20_000;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined` when the body is no JSON, or too long. */
  json(): unknown;
}

/** Redirects are answers: credentials go nowhere else. @throws TestFailed when there is no answer */
export async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  context: StepContext,
  bodyBytesMax = BODY_BYTES_MAX,
): Promise<HttpAnswer> {
  const { settings } = context.host;
  const { request } = await import('undici');
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
  let dispatcher: Awaited<ReturnType<typeof openWay>> | undefined;
  try {
    dispatcher = await openWay({ url, host: url.host, rules: await outgoingRules(settings) }, settings);
    const answer = await request(url, { method: 'GET', headers: { ...headers }, dispatcher, signal });
    const body = await readStart(answer.body, bodyBytesMax);
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      ),
      json: () => parse(body),
    };
  } catch (error) {
    if (context.signal.aborted || findRefusal(error) !== undefined) throw error;
    const why = signal.aborted ? `no answer within ${String(ANSWER_MS_MAX / 1_000)} seconds` : describeFailure(error);
    throw new TestFailed(`${url.origin} cannot be reached: ${why}`, failureTypeOf(error));
  } finally {
    await dispatcher?.destroy();
  }
}

async function readStart(body: AsyncIterable<Buffer>, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) return Buffer.alloc(0);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
