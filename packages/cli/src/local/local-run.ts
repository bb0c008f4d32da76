/** A run on this machine as the terminal sees it: what happens comes as events, what people decide goes in. */
import type { ExecutionId, FinalStatus, NodeExecutionId } from '@bridle/pipeline';
import type { RunEvent } from '@bridle/protocol';

export interface LocalRun {
  readonly executionId: ExecutionId;
  /** Resolves when all is over and cleaned up: no process, container or folder of the run is left. Rejects for a bug of ours only. */
  readonly ended: Promise<RunEnd>;
  /** The first call aborts as a person on a server would; the second one does not wait for graces. */
  abort(): void;
  /** What people decide; answers with the objection, if there is one, in a sentence. */
  decide(decision: Decision): Promise<string | undefined>;
}

export interface RunEnd {
  readonly status: FinalStatus;
  readonly durationMs: number;
  /** Nobody could be asked: the run ended because a person was needed. */
  readonly neededPerson: boolean;
}

export type Decision =
  | {
      readonly kind: 'approval';
      readonly node: NodeExecutionId;
      readonly action: 'APPROVE' | 'REJECT';
      readonly comments: string;
      readonly inputs: Readonly<Record<string, string>>;
    }
  /** `action`: one of `NODE_INTERRUPTS`. */
  | { readonly kind: 'intervention'; readonly node: NodeExecutionId; readonly action: string }
  /** Values of execution inputs, by path joined with `.`. */
  | { readonly kind: 'inputs'; readonly node: NodeExecutionId; readonly values: Readonly<Record<string, string>> };

/** Hears everything, in order. The run does not go on printing before the promise resolves: that is the back pressure of logs. */
export type RunListener = (event: RunEvent) => Promise<void> | void;
