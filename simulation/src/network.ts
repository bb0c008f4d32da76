/** Requests from outside to any living replica: late, lost, answered in vain, or arriving twice. */
import { StoreAway, type Replica } from './replica.ts';
import type { World } from './world.ts';

/** How long a caller waits for its answer. */
const REQUEST_TIMEOUT_MS = 10_000;
const LATE_COPY_MS = 30_000;

/** Thrown when no answer came; the request may have been carried out or not. */
export class NoAnswer extends Error {}

type Request<Answer> = (replica: Replica) => Promise<Answer>;

export class Network {
  readonly #world: World;
  readonly #replicas: readonly (Replica | undefined)[];

  /** `replicas` is the live list: a dead replica's place is empty until it is started again. */
  constructor(world: World, replicas: readonly (Replica | undefined)[]) {
    this.#world = world;
    this.#replicas = replicas;
  }

  /** Sends a request to some replica; throws `NoAnswer` when there is none. */
  async call<Answer>(name: string, request: Request<Answer>): Promise<Answer> {
    const { faults, latencyMs } = this.#world.scenario;
    if (this.#world.fault(faults.doubled)) {
      this.#world.note('doubled', name);
      this.#world.later(this.#world.random.between(0, LATE_COPY_MS), () => this.#world.live(this.#sendCopy(request)));
    }
    if (this.#world.fault(faults.lostRequest)) return this.#lose('lost-request', name);
    await this.#world.sleep(this.#world.random.between(0, latencyMs));
    const answer = await this.#answered(request);
    if (this.#world.fault(faults.lostAnswer)) return this.#lose('lost-answer', name);
    await this.#world.sleep(this.#world.random.between(0, latencyMs));
    return answer;
  }

  async #lose(kind: string, name: string): Promise<never> {
    this.#world.note(kind, name);
    await this.#world.sleep(REQUEST_TIMEOUT_MS);
    throw new NoAnswer(name);
  }

  /** Nobody waits for the answer of a copy. */
  async #sendCopy<Answer>(request: Request<Answer>): Promise<void> {
    try {
      await this.#answered(request);
    } catch (error) {
      if (!(error instanceof NoAnswer)) this.#world.violate('no unexpected error', String(error));
    }
  }

  async #answered<Answer>(request: Request<Answer>): Promise<Answer> {
    const living = this.#replicas.filter((replica) => replica !== undefined);
    if (living.length === 0) {
      await this.#world.sleep(100);
      throw new NoAnswer('no replica');
    }
    const replica = this.#world.random.pick(living);
    return new Promise((resolve, reject) => {
      const onDeath = (): void => reject(new NoAnswer(`${replica.name} died`));
      replica.life.addEventListener('abort', onDeath);
      request(replica)
        .then(async (answer) => {
          await replica.reach('beforeAnswer');
          resolve(answer);
        })
        .catch((error: unknown) => reject(error instanceof StoreAway ? new NoAnswer(error.message) : error))
        .finally(() => replica.life.removeEventListener('abort', onDeath));
    });
  }
}
