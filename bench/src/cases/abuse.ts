/** Requests in bad faith (S20): each until its refusal, one after the other, so that the slowest kind decides the tail. */
import { ABUSES, startProduct } from '@bridle/e2e';
import type { BenchCase } from '../bench-case.ts';
import { timeEach } from '../samples.ts';

const ROUNDS = 5;

export const abuse: BenchCase = {
  name: 'abuse',
  timed: `${ABUSES.map(({ name }) => name).join('; ')}: request → refusal, ${ROUNDS} times each in turns`,
  floor: 'bare HTTP: the same server says that it lives',
  target: 'p99 ≤ 1 s',
  prepare: async (opened) => {
    const product = opened.keep(await startProduct({ env: { BRIDLE_DELEGATE: 'off' } }), (started) =>
      started.dispose(),
    );
    const refuse = async (index: number): Promise<void> => {
      const each = ABUSES[index % ABUSES.length];
      if (each === undefined) throw new RangeError('There are no abuses.');
      const { status } = await each.send(product);
      if (status !== each.answer.status) throw new Error(`${each.name}: HTTP ${status}`);
    };
    const alive = async (): Promise<void> => {
      const { ok } = await fetch(`${product.url}/healthz`);
      if (!ok) throw new Error('The server is not well.');
    };
    const count = ROUNDS * ABUSES.length;
    return {
      measure: async () => ({ latencies: await timeEach(count, refuse) }),
      measureFloor: async () => ({ latencies: await timeEach(count, alive) }),
    };
  },
};
