/** How long the supervisor waits for what. Tests shorten it; nothing else does. */
export interface Patience {
  /** A first start migrates a database; a big one takes a while. */
  readonly serverReadyMs: number;
  /** Time for the delegate to finish or hand back what runs. */
  readonly delegateStopMs: number;
  /** Time for the server to answer what is in flight. */
  readonly serverStopMs: number;
  /** Time for a process of an earlier launcher to end. */
  readonly orphanStopMs: number;
  /** Wait before the first restart; doubled with each failure in a row. */
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** A process that lived this long was healthy: its next failure is the first one again. */
  readonly healthyAfterMs: number;
  /** Failures in a row after which the server, or PostgreSQL, is given up. */
  readonly failuresMax: number;
  /** npm passes a Ctrl-C on that the terminal has sent already: signals this close together are one. */
  readonly sameSignalMs: number;
}

export const DEFAULT_PATIENCE: Patience = {
  serverReadyMs: 120_000,
  delegateStopMs: 30_000,
  serverStopMs: 15_000,
  orphanStopMs: 10_000,
  backoffMinMs: 500,
  backoffMaxMs: 30_000,
  healthyAfterMs: 60_000,
  failuresMax: 5,
  sameSignalMs: 500,
};

/** Wait before the restart after the n-th failure in a row (n ≥ 1). */
export function backoffMs(failures: number, patience: Patience): number {
  return Math.min(patience.backoffMaxMs, patience.backoffMinMs * 2 ** Math.min(failures - 1, 30));
}
