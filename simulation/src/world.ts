/** What everybody in a simulation shares: the clock, chance, the log, and the list of broken rules. */
import { VirtualTime } from '@bridle/runtime';
import { EventLog } from './event-log.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

export const START_AT = 1_800_000_000_000;
/** Faults happen up to here; what is left must then end by itself. */
export const FAULTS_END_AT = START_AT + 30 * 60_000;

/** A promise for whoever lives in a process that is dead: nothing ever follows. */
export const never = <Result>(): Promise<Result> => new Promise<Result>(() => undefined);

export class World {
  readonly scenario: Scenario;
  readonly random: Random;
  readonly time = new VirtualTime(START_AT);
  readonly log = new EventLog();
  readonly violations: string[] = [];
  readonly #end = new AbortController();

  constructor(scenario: Scenario, random: Random) {
    this.scenario = scenario;
    this.random = random;
  }

  /** Aborts when the history is over. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  end(): void {
    this.#end.abort();
  }

  /** Nobody wakes after the end of the history: whoever asks again and again would never stop. */
  async sleep(ms: number, signal: AbortSignal = this.signal): Promise<void> {
    await this.time.sleep(ms, signal);
    if (this.signal.aborted) await never();
  }

  /** Does something after a while, unless the history is over by then. */
  later(ms: number, work: () => void): void {
    void this.sleep(ms).then(work);
  }

  /** Lets somebody live in the background; an error nobody expected breaks a rule instead of getting lost. */
  live(life: Promise<unknown>): void {
    life.catch((error: unknown) =>
      this.violate('no unexpected error', error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  }

  note(kind: string, text: string): void {
    this.log.write(this.time.now(), kind, text);
  }

  /** A rule is broken: the simulation stops here. */
  violate(rule: string, text: string): void {
    this.violations.push(`${rule}: ${text}`);
    this.note('violation', `${rule}: ${text}`);
  }

  /** Whether a fault of this probability happens now. */
  fault(probability: number): boolean {
    return probability > 0 && this.time.now() < FAULTS_END_AT && this.random.chance(probability);
  }
}
