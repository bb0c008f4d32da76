import type { AccountLoad } from '../store/admission-statements.ts';
import type { StartRequest } from './service.ts';

/** Who must wait in line: counted under the locks of the accounts, and on through one batch of starts. */
export class Line {
  readonly #executionsMax: number;
  readonly #loads: Map<string, AccountLoad>;

  constructor(executionsMax: number, loads: ReadonlyMap<string, AccountLoad>) {
    this.#executionsMax = executionsMax;
    this.#loads = new Map(loads);
  }

  /** A1, A2 (see `AdmissionLoop`): a chained execution never waits; nobody overtakes those in line. */
  mustWait({ scope: { accountId }, parent }: StartRequest): boolean {
    const { hasWaiting, running } = this.#loads.get(accountId) ?? { hasWaiting: false, running: 0 };
    const isWaiting = parent === undefined && (hasWaiting || running >= this.#executionsMax);
    this.#loads.set(accountId, { hasWaiting: hasWaiting || isWaiting, running: isWaiting ? running : running + 1 });
    return isWaiting;
  }
}
