/** Whoever starts executions, aborts some of them and runs some again, and asks until somebody answers. */
import {
  isFinal,
  type Execution,
  type ExecutionHeader,
  type ExecutionId,
  type InterruptRecord,
} from '@bridle/pipeline';
import { NoAnswer, type Network } from './network.ts';
import type { Replica } from './replica.ts';
import { EXECUTOR } from './step-specs.ts';
import type { World } from './world.ts';

const RETRY_MS = 1_000;
const LOOK_MS = 5_000;
const ABORT_WITHIN_MS = 90_000;
/** A second abort comes this much later: it stops rollbacks too. */
const ABORT_AGAIN_MS = 8_000;

export interface ClientOptions {
  readonly world: World;
  readonly network: Network;
  readonly find: (id: ExecutionId) => Execution | undefined;
  /** The header of another run of an execution that has ended, from one of its stages; `undefined` = not of this one. */
  readonly again: (ended: Execution) => ExecutionHeader | undefined;
}

export class Client {
  readonly #options: ClientOptions;
  readonly #world: World;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#world = options.world;
  }

  /** Starts the execution once, however often it has to ask; answers when nothing more will come of it. */
  async run(header: ExecutionHeader): Promise<void> {
    const answer = await this.#untilAnswered('start', (replica) => replica.start(header));
    this.#world.note('asked', `${header.runSequence} start ${answer}`);
    const { scenario } = this.#world;
    if (this.#world.fault(scenario.faults.abort)) this.#world.live(this.#abort(header));
    const ended = await this.#ended(header.id);
    if (!this.#world.random.chance(scenario.retries)) return;
    const again = this.#options.again(ended);
    if (again === undefined) return;
    this.#world.note('again', `${again.runSequence} after ${header.runSequence}`);
    await this.run(again);
  }

  async #ended(id: ExecutionId): Promise<Execution> {
    for (;;) {
      const execution = this.#options.find(id);
      if (execution !== undefined && isFinal(execution.status)) return execution;
      await this.#world.sleep(LOOK_MS);
    }
  }

  async #abort(header: ExecutionHeader): Promise<void> {
    await this.#world.sleep(this.#world.random.between(0, ABORT_WITHIN_MS));
    await this.#interrupt(header, this.#world.random.chance(0.2) ? 'ExpireAll' : 'AbortAll');
    if (!this.#world.random.chance(0.4)) return;
    await this.#world.sleep(this.#world.random.between(0, ABORT_AGAIN_MS));
    await this.#interrupt(header, 'AbortAll');
  }

  async #interrupt(header: ExecutionHeader, type: 'AbortAll' | 'ExpireAll'): Promise<void> {
    const interruptId = this.#world.random.id();
    const answer = await this.#untilAnswered('abort', (replica) =>
      replica.runner.deliver(header.id, (at, execution) => {
        if (isFinal(execution.status)) return undefined;
        const interrupt: InterruptRecord = { interruptId, type, at, by: EXECUTOR };
        return { kind: 'interruptRequested', at, interrupt };
      }),
    );
    this.#world.note('asked', `${header.runSequence} ${type} ${answer.kind}`);
  }

  async #untilAnswered<Answer>(name: string, request: (replica: Replica) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      try {
        return await this.#options.network.call(name, request);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        await this.#world.sleep(RETRY_MS);
      }
    }
  }
}
