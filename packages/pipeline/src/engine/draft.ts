/**
 * The working copy of an execution while one event is applied: written in place here, invisible outside until `finish`.
 */
import type { PlanNode } from '../plan/plan.ts';
import type { Effect } from './effects.ts';
import type { Execution, NodeExecution } from './execution.ts';
import type { NodeExecutionId, NodeId, TimerId } from './ids.ts';
import { isFinal, type NodeStatus } from './status.ts';
import { isLegalMove } from './status-graph.ts';
import { assertInvariant } from './assert.ts';

export class Draft {
  readonly at: number;
  readonly effects: Effect[] = [];
  #execution: Execution;
  #nodes: Record<NodeExecutionId, NodeExecution>;
  #isCopied = false;
  readonly #version: number;

  constructor(execution: Execution, at: number) {
    this.at = at;
    this.#execution = execution;
    this.#nodes = execution.nodes;
    this.#version = execution.version + 1;
  }

  get execution(): Execution {
    return this.#execution;
  }

  /** The nodes as they stand now, changes of this event included. */
  get nodes(): Readonly<Record<NodeExecutionId, NodeExecution>> {
    return this.#nodes;
  }

  planNode(id: NodeId): PlanNode {
    const node = this.#execution.plan.nodes[id];
    assertInvariant(node !== undefined, `plan has no node ${id}`);
    return node;
  }

  find(id: NodeExecutionId): NodeExecution | undefined {
    return this.#nodes[id];
  }

  get(id: NodeExecutionId): NodeExecution {
    const node = this.#nodes[id];
    assertInvariant(node !== undefined, `execution has no node execution ${id}`);
    return node;
  }

  add(node: Omit<NodeExecution, 'changedAtVersion'>): void {
    assertInvariant(this.#nodes[node.id] === undefined, `node execution ${node.id} exists already`);
    this.#write({ ...node, changedAtVersion: this.#version });
  }

  /** Changes fields of a node; the status only along the status graph (E1). */
  update(id: NodeExecutionId, change: Partial<Omit<NodeExecution, 'id' | 'nodeId' | 'changedAtVersion'>>): void {
    const before = this.get(id);
    if (change.status !== undefined) {
      assertInvariant(
        isLegalMove(before.status, change.status),
        `E1: ${id} cannot go from ${before.status} to ${change.status}`,
      );
    }
    this.#write({ ...before, ...change, changedAtVersion: this.#version });
  }

  /** Ends a node (E1), and with it each of its timers. */
  end(
    id: NodeExecutionId,
    status: NodeStatus,
    details: Partial<Pick<NodeExecution, 'failure' | 'exitCode' | 'outcomes'>> = {},
  ): void {
    assertInvariant(isFinal(status), `${status} is not final`);
    const node = this.get(id);
    for (const timer of node.timers) this.effects.push({ kind: 'cancelTimer', timerId: timer });
    this.update(id, { ...details, status, endedAt: this.at, timers: [] });
  }

  startTimer(id: NodeExecutionId, timerId: TimerId, dueAt: number): void {
    this.effects.push({ kind: 'startTimer', timerId, nodeExecutionId: id, dueAt });
    this.update(id, { timers: [...this.get(id).timers, timerId] });
  }

  patchExecution(change: Partial<Pick<Execution, 'status' | 'startedAt' | 'endedAt' | 'abort'>>): void {
    this.#execution = { ...this.#execution, ...change };
  }

  finish(): { execution: Execution; effects: readonly Effect[] } {
    return { execution: { ...this.#execution, nodes: this.#nodes, version: this.#version }, effects: this.effects };
  }

  #write(node: NodeExecution): void {
    if (!this.#isCopied) {
      this.#nodes = { ...this.#nodes };
      this.#isCopied = true;
    }
    this.#nodes[node.id] = node;
  }
}
