import type { ServerWay } from './client.ts';

/** What a watchdog is told of the delegate that died: one JSON object a line. */
export type WatchdogFact =
  | {
      readonly kind: 'guard';
      readonly mark: string;
      readonly root: string;
      /** Folder of what the server does not have of the logs. */
      readonly spool: string;
      /** The control group that those of steps lie in, where there are any. */
      readonly controlGroup?: string;
    }
  | {
      readonly kind: 'registered';
      readonly url: string;
      readonly token: string;
      readonly delegateId: string;
      readonly incarnation: string;
      readonly way: ServerWay;
    }
  /** A process group of a step that was running. */
  | { readonly kind: 'group'; readonly group: number };
