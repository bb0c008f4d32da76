/**
 * Logs of Background steps: each stays open after its step, for what the service writes, until that has ended.
 *
 * - V1 What a step of the stage hides while it runs is hidden in the logs of the stage's services, too, from then on: what a step sends
 *   to a service, the service may print.
 * - V2 A service with more secrets around it than can be hidden is not shown any further. It runs on.
 */
import { MaskLimitPassed, type Mask, type MaskedLog, type ServiceLog } from '@bridle/executors';
import type { TaskLog } from './task-log.ts';

const MUTED = 'What the service writes from here on is not shown: the secrets around it are too many to be hidden.\n';

interface Stage {
  /** Of the steps that run now. */
  readonly steps: Set<Mask>;
  readonly services: Set<OpenServiceLog>;
}

export class ServiceLogs {
  readonly #stages = new Map<string, Stage>();

  /**
   * A step begins.
   * @param stageKey - `undefined` outside of stages, where there are no services
   */
  enter(stageKey: string | undefined, mask: Mask, masked: MaskedLog, log: TaskLog): StageStep {
    const stage: Stage = this.#stages.get(stageKey ?? '') ?? { steps: new Set(), services: new Set() };
    if (stageKey !== undefined) this.#stages.set(stageKey, stage);
    stage.steps.add(mask);
    const stopTelling = mask.onSecret((secret) => {
      for (const service of stage.services) service.hide(secret);
    });
    const forget = (): void => {
      if (stage.steps.size + stage.services.size === 0) this.#stages.delete(stageKey ?? '');
    };
    let service: OpenServiceLog | undefined;
    return {
      keepLog: () => {
        const own = new OpenServiceLog(mask, masked, log, () => {
          stage.services.delete(own);
          forget();
        });
        service = own;
        stage.services.add(own);
        // Those of now; what comes is told to all services there are.
        for (const step of stage.steps) step.onSecret((secret) => own.hide(secret))();
        return own;
      },
      leave: async () => {
        stage.steps.delete(mask);
        stopTelling();
        forget();
        if (service === undefined) await masked.end();
        return service === undefined || service.isOver;
      },
    };
  }
}

/** One step of a stage, and the log of the service that it may start. */
export interface StageStep {
  readonly keepLog: () => ServiceLog;
  /** The step is over. Whether its log is, too. */
  readonly leave: () => Promise<boolean>;
}

class OpenServiceLog implements ServiceLog {
  readonly #mask: Mask;
  readonly #masked: MaskedLog;
  readonly #log: TaskLog;
  readonly #onEnd: () => void;
  #isMuted = false;
  isOver = false;

  constructor(mask: Mask, masked: MaskedLog, log: TaskLog, onEnd: () => void) {
    this.#mask = mask;
    this.#masked = masked;
    this.#log = log;
    this.#onEnd = onEnd;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#isMuted) await this.#masked.write(bytes);
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#onEnd();
    void this.#masked.end().then(() => this.#log.finish());
  }

  /** V1, V2 */
  hide(secret: Uint8Array): void {
    if (this.#isMuted || this.isOver) return;
    try {
      this.#mask.add(secret);
    } catch (error) {
      if (!(error instanceof MaskLimitPassed)) throw error;
      this.#isMuted = true;
      void this.#log.write(Buffer.from(MUTED));
    }
  }
}
