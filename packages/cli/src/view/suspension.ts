/** Ctrl-Z and `fg`: the terminal is given back before the process stops, and taken again when it goes on. */
export interface SuspensionHooks {
  /** The process stops right after it. */
  readonly stop: () => void;
  readonly goOn: () => void;
}

export class Suspension {
  readonly #hooks: SuspensionHooks;

  constructor(hooks: SuspensionHooks) {
    this.#hooks = hooks;
  }

  open(): void {
    // Windows has neither.
    if (process.platform === 'win32') return;
    process.on('SIGTSTP', this.#stop);
    process.on('SIGCONT', this.#hooks.goOn);
  }

  close(): void {
    process.off('SIGTSTP', this.#stop);
    process.off('SIGCONT', this.#hooks.goOn);
  }

  readonly #stop = (): void => {
    this.#hooks.stop();
    // Whoever listens to SIGTSTP is not stopped by it.
    process.kill(process.pid, 'SIGSTOP');
  };
}
