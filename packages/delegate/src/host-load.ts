/**
 * Whether this host has room for more work. Thresholds keep new steps away while it is busy; those that run go on.
 *
 * - L1 without thresholds nothing is measured.
 * - L2 a look is the measure of a whole interval: one moment of work does not send steps away.
 */
import { cpus, totalmem } from 'node:os';
import type { Logger } from 'pino';

/** Between two looks; processor time is measured from one to the next. */
const INTERVAL_MS = 2_000;

export interface LoadThresholds {
  /** Per cent of the processors. */
  readonly cpuThreshold?: number;
  /** Per cent of the memory. */
  readonly memoryThreshold?: number;
}

/** Per cent in use; `cpu` since the sample before. */
export interface Load {
  readonly cpu: number;
  readonly memory: number;
}

export class HostLoad {
  readonly #thresholds: LoadThresholds;
  readonly #log: Logger;
  readonly #sample: () => Load;
  readonly #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  /** Called when there is room again. */
  onRelief: () => void = () => undefined;

  constructor(thresholds: LoadThresholds, log: Logger, sample: () => Load = systemSampler()) {
    this.#thresholds = thresholds;
    this.#log = log;
    this.#sample = sample;
    if (thresholds.cpuThreshold === undefined && thresholds.memoryThreshold === undefined) return;
    this.look();
    this.#timer = setInterval(() => this.look(), INTERVAL_MS);
    this.#timer.unref();
  }

  /** No new steps now. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Measures; the timer does it, and tests. */
  look(): void {
    const { cpu, memory } = this.#sample();
    const { cpuThreshold = Infinity, memoryThreshold = Infinity } = this.#thresholds;
    const wasOver = this.#isOver;
    this.#isOver = cpu > cpuThreshold || memory > memoryThreshold;
    if (this.#isOver === wasOver) return;
    const facts = { cpu: Math.round(cpu), memory: Math.round(memory), ...this.#thresholds };
    if (this.#isOver) this.#log.warn(facts, 'this host is busy: no new steps for now');
    else {
      this.#log.info(facts, 'this host has room again');
      this.onRelief();
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

function systemSampler(): () => Load {
  let before = processorTimes();
  return () => {
    const now = processorTimes();
    const total = now.total - before.total;
    const cpu = total <= 0 ? 0 : (100 * (now.busy - before.busy)) / total;
    before = now;
    return { cpu, memory: memoryInUse() };
  };
}

function processorTimes(): { readonly busy: number; readonly total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.irq + times.idle;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

/** Of the memory this process may use: in a container that is the container's. */
function memoryInUse(): number {
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  return 100 * (1 - Math.min(total, process.availableMemory()) / total);
}
