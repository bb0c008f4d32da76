/**
 * POST of a custom webhook until its answer: the event is durable by then. The trigger's condition does not hold, so that
 * the machine is busy with taking events and deciding them, and not with thousands of processes.
 */
import { createServer } from 'node:http';
import { Agent, request } from 'node:http';
import { createPipeline, createTrigger, customTrigger, shellPipeline, startProduct, type Product } from '@bridle/e2e';
import type { BenchCase } from '../bench-case.ts';
import { openFloorDatabase } from '../floor-database.ts';
import { rateOf, timeEach } from '../samples.ts';

const SINGLE_CALLS = 300;
const LOAD_CALLS = 6_000;
const CONNECTIONS = 64;

export const webhookAck: BenchCase = {
  name: 'webhook-ack',
  timed: 'POST custom webhook → 200, event durable; one connection; rate at 64',
  floor: 'one-row commit; rate of a bare HTTP echo at 64',
  target: 'p50 ≤ 3 ms, p99 ≤ 20 ms, ≥ 1,500/s',
  prepare: async (opened) => {
    const product = opened.keep(await startProduct({ env: { BRIDLE_DELEGATE: 'off' } }), (started) =>
      started.dispose(),
    );
    const url = await webhookOf(product);
    const database = opened.keep(await openFloorDatabase(), (floor) => floor.close());
    const echo = createServer((incoming, answer) => {
      incoming.resume();
      incoming.once('end', () => answer.setHeader('content-type', 'application/json').end('{"status":"SUCCESS"}'));
    });
    opened.keep(echo, (server) => server.close());
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const address = echo.address();
    const echoUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
    const agent = opened.keep(new Agent({ keepAlive: true, maxSockets: CONNECTIONS }), (each) => each.destroy());
    return {
      measure: async () => ({
        latencies: await timeEach(SINGLE_CALLS, () => post(agent, url)),
        perSecond: await rateOf(LOAD_CALLS, CONNECTIONS, () => post(agent, url)),
      }),
      measureFloor: async () => ({
        latencies: await timeEach(SINGLE_CALLS, () => database.commit()),
        perSecond: await rateOf(LOAD_CALLS, CONNECTIONS, () => post(agent, echoUrl)),
      }),
    };
  },
};

async function webhookOf(product: Product): Promise<string> {
  await createPipeline(product, shellPipeline('ack', ['true']));
  const condition =
    "        payloadConditions:\n          - key: <+trigger.payload.run>\n            operator: Equals\n            value: 'yes'\n";
  await createTrigger(
    product,
    'ack',
    customTrigger('ackhook', 'ack').replace('        payloadConditions: []\n', condition),
  );
  return `${product.url}/gateway/api/webhook/custom?accountIdentifier=${product.accountId}&orgIdentifier=default&projectIdentifier=myproject&pipelineIdentifier=ack&triggerIdentifier=ackhook`;
}

function post(agent: Agent, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, method: 'POST', headers: { 'content-type': 'application/json' } }, (answer) => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`)),
      );
    });
    call.once('error', reject);
    call.end('{"run":"no"}');
  });
}
