/** What a test has go wrong: requests that are slow, refused or cut, steps that fail or expire, events that stay queued. */
import type { Harness } from '../harness.ts';
import type { FaultReport, FaultRules } from '../wire/schemas.ts';

const PATH = '/bridle/api/faults';

export class Faults {
  readonly #harness: Harness;

  /** @internal */
  constructor(harness: Harness) {
    this.#harness = harness;
  }

  /** Takes the place of all rules that were set before, and counts from nought. */
  async set(rules: FaultRules): Promise<FaultReport> {
    return (await this.#harness.raw.PUT(PATH, { body: rules })) as FaultReport;
  }

  /** The rules, and how often each has matched and happened. */
  async get(): Promise<FaultReport> {
    return (await this.#harness.raw.GET(PATH)) as FaultReport;
  }

  /** Nothing goes wrong any more. */
  async clear(): Promise<void> {
    await this.#harness.raw.DELETE(PATH);
  }
}
