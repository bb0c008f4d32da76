/** Whoever starts executions and aborts some of them, and asks again until somebody answers. */
import type { ExecutionHeader, InterruptRecord } from '@bridle/pipeline';
import { isFinal } from '@bridle/pipeline';
import { NoAnswer, type Network } from './network.ts';
import type { Replica } from './replica.ts';
import type { World } from './world.ts';

const RETRY_MS = 1_000;
const ABORT_WITHIN_MS = 90_000;

export class Client {
  readonly #world: World;
  readonly #network: Network;

  constructor(world: World, network: Network) {
    this.#world = world;
    this.#network = network;
  }

  /** Starts the execution once, however often it has to ask. */
  async start(header: ExecutionHeader): Promise<void> {
    const answer = await this.#untilAnswered('start', (replica) => replica.runner.start(header));
    this.#world.note('asked', `${header.runSequence} start ${answer.kind}`);
    if (this.#world.fault(this.#world.scenario.faults.abort)) await this.#abort(header);
  }

  async #abort(header: ExecutionHeader): Promise<void> {
    await this.#world.sleep(this.#world.random.between(0, ABORT_WITHIN_MS));
    const interruptId = this.#world.random.id();
    const answer = await this.#untilAnswered('abort', (replica) =>
      replica.runner.deliver(header.id, (at, execution) => {
        if (isFinal(execution.status) || execution.abort !== undefined) return undefined;
        const interrupt: InterruptRecord = {
          interruptId,
          type: 'AbortAll',
          at,
          by: { userId: 'u', name: 'admin', email: 'admin@example.test' },
        };
        return { kind: 'interruptRequested', at, interrupt };
      }),
    );
    this.#world.note('asked', `${header.runSequence} abort ${answer.kind}`);
  }

  async #untilAnswered<Answer>(name: string, request: (replica: Replica) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        return await this.#network.call(name, request);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        await this.#world.sleep(RETRY_MS);
      }
    }
  }
}
