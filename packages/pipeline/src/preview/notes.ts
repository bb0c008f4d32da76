/** What a preview notes of the node executions in its draft, beside their states. */
import type { NodeExecutionId, NodeId } from '../engine/ids.ts';
import type { Wait } from './preview.ts';

export interface Notes {
  /** Whether they run at all is known later. */
  readonly unsure: Map<NodeExecutionId, Wait>;
  /** Loops whose turns are known later. */
  readonly openLoops: Map<NodeExecutionId, Wait>;
  /** The one turn of such a loop that stands for all. */
  readonly openTurns: Map<NodeExecutionId, Wait>;
  /** Turns whose label holds something that is known later. */
  readonly openLabels: Map<NodeExecutionId, Wait>;
  /** Steps whose spec holds something that is known later. */
  readonly openSpecs: Map<NodeExecutionId, Wait>;
  readonly openTimeouts: Map<NodeExecutionId, Wait>;
  /** Loops that run one turn after the other. */
  readonly serialLoops: Set<NodeExecutionId>;
  /** Plan nodes may show a wait as their status (approvals, queues, …): then the status of what holds them cannot be told. */
  readonly mayWait: boolean;
  /** Set while texts are looked at that are read when something else needs them, such as variables. */
  isReadLater: boolean;
  /** Aliases under which steps publish, with those steps. */
  readonly aliases: ReadonlyMap<string, NodeId>;
}

export function emptyNotes(mayWait: boolean, aliases: Notes['aliases']): Notes {
  return {
    unsure: new Map(),
    openLoops: new Map(),
    openTurns: new Map(),
    openLabels: new Map(),
    openSpecs: new Map(),
    openTimeouts: new Map(),
    serialLoops: new Set(),
    mayWait,
    isReadLater: false,
    aliases,
  };
}
