/** What the watchdog of a local run is told: one JSON object a line. */
export type RunFact =
  | {
      readonly kind: 'guard';
      readonly mark: string;
      /** Where folders of steps and stages lie. */
      readonly work: string;
      /** Everything of the run. */
      readonly folder: string;
    }
  /** A process group of a step that was running. */
  | { readonly kind: 'group'; readonly group: number };
