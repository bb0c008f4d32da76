/** The timers that run in an execution, as its effects tell of them. */
import type { Effect } from '../engine/effects.ts';
import type { TimerId } from '../engine/ids.ts';

export class TimersSeen {
  readonly #due = new Map<TimerId, number>();

  take(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'startTimer') this.#due.set(effect.timerId, effect.dueAt);
      else if (effect.kind === 'cancelTimer') this.#due.delete(effect.timerId);
    }
  }

  drop(timer: TimerId): void {
    this.#due.delete(timer);
  }

  dueAt(timer: TimerId): number | undefined {
    return this.#due.get(timer);
  }

  /** The first timer of the wanted ones that is due before `at`, and is not by the other's account. */
  findEarlier(at: number, other: TimersSeen, isWanted: (timer: TimerId) => boolean): Due | undefined {
    let first: Due | undefined;
    for (const [timer, dueAt] of this.#due) {
      const isEarly = dueAt < at && other.dueAt(timer) !== dueAt && isWanted(timer);
      if (isEarly && (first === undefined || dueAt < first.dueAt)) first = { timer, dueAt };
    }
    return first;
  }
}

export interface Due {
  readonly timer: TimerId;
  readonly dueAt: number;
}
