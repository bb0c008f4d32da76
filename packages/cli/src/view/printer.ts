/** What people and scripts see of a run. */
import type { RunEnd, RunListener } from '../local/local-run.ts';

export interface RunPrinter {
  readonly on: RunListener;
  /** The first Ctrl-C was heard: says what the second one does. */
  stopping(): Promise<void>;
  /** Takes the screen for a question and gives it back afterwards; what happens meanwhile is shown then. */
  aside<T>(question: () => Promise<T>): Promise<T>;
  /** Somebody pressed Enter: the terminal has moved its cursor. */
  typed(): void;
  /** Looks away while the run goes on: leaves the terminal as it was found, without a word about the run. */
  detach(): Promise<void>;
  /** The last word: what ran, what failed and why. Leaves the terminal as it was found. */
  end(result: RunEnd): Promise<void>;
}

export interface PrinterOptions {
  /** Of `--json[=fields]`: `undefined` = for people, empty = all fields. */
  readonly fields: readonly string[] | undefined;
  /** `--logs`: the lines of all steps, where otherwise only the last ones of those that run are shown. */
  readonly hasLogs: boolean;
  /** Off a terminal, too, lines are only kept for the report of failures. */
  readonly keepsLogs?: boolean;
  /** The pipeline file, as its user named it: failures point into it. */
  readonly file?: string;
}
