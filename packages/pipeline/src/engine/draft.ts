/**
 * The working copy of an execution while one event is applied: written in place here, invisible outside until `finish`.
 *
 * What follows from a change is put on the agenda instead of being done at once: the rooms of the engine stay apart, nothing
 * recurses, and the order is always the same. A node whose status changes puts its parent on the agenda by itself.
 */
import type { PlanNode } from '../plan/plan.ts';
import type { Effect } from './effects.ts';
import type { Execution, NodeExecution } from './execution.ts';
import type { Foresight } from './foresight.ts';
import type { NodeExecutionId, NodeId, TimerId } from './ids.ts';
import { isFinal, type NodeStatus } from './status.ts';
import { isLegalMove } from './status-graph.ts';
import { assertInvariant } from './assert.ts';

export type Todo =
  /** Decide whether a node runs, then begin it. */
  | { readonly kind: 'open'; readonly id: NodeExecutionId }
  /** Begin a node whose `when` was decided before. */
  | { readonly kind: 'begin'; readonly id: NodeExecutionId }
  /** Bring a container up to date with its children. */
  | { readonly kind: 'settle'; readonly id: NodeExecutionId }
  | ({ readonly kind: 'stop'; readonly id: NodeExecutionId } & StopOrder);

/** Tells a node and all below it to end. */
export interface StopOrder {
  readonly as: 'Aborted' | 'Expired' | 'Failed';
  readonly interruptId?: string;
  /** The reason is this node's own: its failure strategies are asked. */
  readonly isOwn?: boolean;
  /** Rollbacks that are under way go on. */
  readonly sparesRollbacks?: boolean;
}

export class Draft {
  readonly at: number;
  /** Of a preview alone. */
  readonly foresight: Foresight | undefined;
  readonly effects: Effect[] = [];
  #execution: Execution;
  #nodes: Record<NodeExecutionId, NodeExecution>;
  #isCopied = false;
  /** The attempt that counts of each plan node and loop turn; built when an expression first asks. */
  #current: Map<string, NodeExecution['id']> | undefined;
  readonly #version: number;
  readonly #agenda: Todo[] = [];
  readonly #stops: Todo[] = [];
  #done = 0;
  readonly #unsettled = new Set<NodeExecutionId>();

  constructor(execution: Execution, at: number, foresight?: Foresight) {
    this.at = at;
    this.foresight = foresight;
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

  later(todo: Todo): void {
    if (todo.kind === 'settle') {
      if (this.#unsettled.has(todo.id)) return;
      this.#unsettled.add(todo.id);
    }
    if (todo.kind === 'stop') this.#stops.push(todo);
    else this.#agenda.push(todo);
  }

  /** Takes the oldest thing to do off the agenda; what is to stop is stopped before anything new starts. */
  next(): Todo | undefined {
    const stop = this.#stops.shift();
    if (stop !== undefined) return stop;
    const todo = this.#agenda[this.#done];
    if (todo === undefined) return undefined;
    this.#done += 1;
    if (todo.kind === 'settle') this.#unsettled.delete(todo.id);
    return todo;
  }

  planNode(id: NodeId): PlanNode {
    const node = this.#execution.plan.nodes[id];
    assertInvariant(node !== undefined, `plan has no node ${id}`);
    return node;
  }

  find(id: NodeExecutionId): NodeExecution | undefined {
    return this.#nodes[id];
  }

  /** The attempt that counts of a plan node, in the given turns of the loops around it. */
  current(node: NodeId, loop: readonly number[]): NodeExecution | undefined {
    if (this.#current === undefined) {
      this.#current = new Map();
      for (const candidate of Object.values(this.#nodes)) {
        if (candidate.isSuperseded === undefined)
          this.#current.set(turnKey(candidate.nodeId, candidate.loop), candidate.id);
      }
    }
    const id = this.#current.get(turnKey(node, loop));
    return id === undefined ? undefined : this.#nodes[id];
  }

  get(id: NodeExecutionId): NodeExecution {
    const node = this.#nodes[id];
    assertInvariant(node !== undefined, `execution has no node execution ${id}`);
    return node;
  }

  add(node: Omit<NodeExecution, 'changedAtVersion'>): void {
    assertInvariant(this.#nodes[node.id] === undefined, `node execution ${node.id} exists already`);
    this.#write({ ...node, changedAtVersion: this.#version });
    if (node.isSuperseded === undefined) this.#current?.set(turnKey(node.nodeId, node.loop), node.id);
  }

  /** Another attempt takes the place of this one: the node and all below it are history from now on. */
  supersede(id: NodeExecutionId): void {
    const node = this.get(id);
    for (const child of node.children) this.supersede(child);
    const key = turnKey(node.nodeId, node.loop);
    if (this.#current?.get(key) === id) this.#current.delete(key);
    this.#write({ ...node, isSuperseded: true, changedAtVersion: this.#version });
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
    if (change.status !== undefined && change.status !== before.status && before.parentId !== undefined) {
      this.later({ kind: 'settle', id: before.parentId });
    }
  }

  /** Ends a node (E1), and with it each of its timers. */
  end(
    id: NodeExecutionId,
    status: NodeStatus,
    details: Partial<Pick<NodeExecution, 'failure' | 'exitCode' | 'outcomes'>> = {},
  ): void {
    assertInvariant(isFinal(status), `${status} is not final`);
    this.cancelTimers(id);
    for (const { nodeExecutionId, key } of this.get(id).holds ?? []) {
      this.effects.push({ kind: 'releaseResource', nodeExecutionId, key });
    }
    this.update(id, { ...details, status, endedAt: this.at });
  }

  /** Its failure strategies were asked about the stop: what follows is no longer the node's own matter. */
  disownStopping(id: NodeExecutionId): void {
    const { stopping, ...rest } = this.get(id);
    if (stopping?.isOwn === undefined) return;
    const { isOwn: _, ...asked } = stopping;
    this.#write({ ...rest, stopping: asked, changedAtVersion: this.#version });
  }

  /** The node was stopped for a reason of its own and goes on after all, as a person or a strategy decides. */
  clearStopping(id: NodeExecutionId): void {
    const { stopping: _, failure: _failure, ...rest } = this.get(id);
    this.#write({ ...rest, changedAtVersion: this.#version });
  }

  clearDue(id: NodeExecutionId): void {
    const { isDue: _, ...rest } = this.get(id);
    this.#write({ ...rest, changedAtVersion: this.#version });
  }

  cancelTimers(id: NodeExecutionId): void {
    const { timers } = this.get(id);
    for (const timer of timers) this.effects.push({ kind: 'cancelTimer', timerId: timer });
    if (timers.length > 0) this.update(id, { timers: [] });
  }

  startTimer(id: NodeExecutionId, timerId: TimerId, dueAt: number): void {
    this.effects.push({ kind: 'startTimer', timerId, nodeExecutionId: id, dueAt });
    this.update(id, { timers: [...this.get(id).timers, timerId] });
  }

  patchExecution(
    change: Partial<Pick<Execution, 'status' | 'startedAt' | 'endedAt' | 'abort' | 'pause' | 'outputs'>>,
  ): void {
    this.#execution = { ...this.#execution, ...change };
  }

  /** The pause is over. */
  clearPause(): void {
    const { pause: _, ...rest } = this.#execution;
    this.#execution = rest;
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

function turnKey(node: NodeId, loop: readonly number[] | undefined): string {
  return loop === undefined || loop.length === 0 ? node : `${node}|${loop.join('.')}`;
}
