/** The first difference between what was recorded and what would happen today, in words. */
import type { NodeStatus } from '../engine/status.ts';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly node: DifferentNode;
  /** What it did then, and what it does now: each completes "then: …", "now: …". */
  readonly then: string;
  readonly now: string;
  /** One sentence, where more can be said than the two. */
  readonly why?: string;
  /** The event at which it shows. */
  readonly event: {
    /** 1-based, in the record. */
    readonly sequence: number;
    readonly at: number;
    /** As in "after compile had succeeded". */
    readonly description: string;
  };
}

export type DifferenceKind =
  /** It ran then and does not now, or the other way round. */
  | 'gone'
  | 'new'
  /** Another node comes first. */
  | 'order'
  | 'condition'
  /** The turns of a loop, or the values of one. */
  | 'loop'
  /** What it was started with. */
  | 'spec'
  | 'environment'
  | 'placement'
  | 'approval'
  | 'outputs'
  /** What its failure strategy does. */
  | 'handling'
  /** A timeout that would end it now, or would not any more. */
  | 'timeout'
  | 'status'
  /** The engine decides otherwise, with the same pipeline. */
  | 'engine';

export interface DifferentNode {
  /** With the postfixes of its loops, as in `pipeline.stages.build.spec.execution.steps.test_1`. */
  readonly fqn: string;
  readonly identifier: string;
  readonly name: string;
  /** As in `step`. */
  readonly kind: string;
  /** 0-based. */
  readonly attempt: number;
  /** 1-based line in the present pipeline; absent = it has none there. */
  readonly line?: number;
  /** Where the record leaves it; absent = it had not begun at the event. */
  readonly statusThen?: NodeStatus;
  /** Where it stands after the event; absent = it has not begun. */
  readonly statusNow?: NodeStatus;
}
