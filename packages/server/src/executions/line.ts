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
    const { running, waiting } = this.#loads.get(accountId) ?? { running: 0, waiting: 0 };
    const isWaiting = parent === undefined && (waiting > 0 || running >= this.#executionsMax);
    const next = isWaiting ? { running, waiting: waiting + 1 } : { running: running + 1, waiting };
    this.#loads.set(accountId, { accountId, ...next });
    return isWaiting;
  }
}
