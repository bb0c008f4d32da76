/** What a delegate tells its watchdog: one JSON object a line. */
export type WatchdogMessage =
  | { readonly kind: 'guard'; readonly markPrefix: string; readonly root: string }
  | {
      readonly kind: 'registered';
      readonly url: string;
      readonly token: string;
      readonly delegateId: string;
      readonly incarnation: string;
    }
  | { readonly kind: 'groupStarted'; readonly group: number }
  | { readonly kind: 'groupEnded'; readonly group: number }
  /** The delegate ends by itself and has told the server: clean up, tell nobody. */
  | { readonly kind: 'farewell' };
