/**
 * What the launcher and the processes it starts tell each other.
 *
 * The channel is Node's IPC channel (`process.send`, JSON): it exists only when a process was started by the launcher, so a
 * child calls `process.send?.(message)` and works the same without it. The rules a child keeps:
 *
 * - M1 It sends exactly one `ready` or one `failed` message per process, and nothing before it has done what the message says.
 * - M2 SIGTERM asks for a graceful stop: no new work, what runs is finished or handed back, then exit code 0. The launcher
 *   starts its children in sessions of their own, so a Ctrl-C in the terminal never reaches them directly.
 * - M3 When the channel closes (`process.on('disconnect', …)`) the launcher is gone: the child stops as if it got SIGTERM.
 *   Without this a killed launcher would leave a server behind that holds the port.
 */

/** Sent by the server once it accepts requests: migrations are done and the demo exists. */
export interface ServerReadyMessage {
  readonly kind: 'ready';
  /** Where a person opens Bridle, without a trailing slash, e.g. `http://127.0.0.1:7070`. */
  readonly url: string;
  /** True when this start made the installation (admin user, tokens, demo). */
  readonly firstStart: boolean;
  /** The admin's personal access token in plain text; sent at the first start only. */
  readonly adminToken?: string;
  /** File that keeps the admin's token (mode 0600). */
  readonly adminTokenPath: string;
  /** Token with which the launcher's delegate registers. Never printed, never put on a command line. */
  readonly delegateToken: string;
  /** Link that signs a browser in, once. */
  readonly loginUrl?: string;
  /** The founding document's curl for the demo, ready to paste (may span lines); absent where there is no demo. */
  readonly webhookCurl?: string;
}

/** Sent by a child that cannot do its work. It exits with a code other than 0 right after. */
export interface ChildFailedMessage {
  readonly kind: 'failed';
  /**
   * Stable code. The launcher has its own words for `PORT_IN_USE` (the address of `BRIDLE_HOST` and `BRIDLE_PORT` is taken)
   * and `PORT_FORBIDDEN` (the system does not let this user listen there); for every other code it prints `message`.
   */
  readonly code: string;
  /** What went wrong and what to do, for a person. */
  readonly message: string;
}

/** Sent by the delegate once the server has registered it. Optional: the launcher does not wait for it. */
export interface DelegateReadyMessage {
  readonly kind: 'ready';
  readonly name: string;
}

/** Everything a server may send to its launcher. */
export type ServerMessage = ServerReadyMessage | ChildFailedMessage;

/** Everything a delegate may send to its launcher. */
export type DelegateMessage = DelegateReadyMessage | ChildFailedMessage;
