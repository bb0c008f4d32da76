/**
 * What an execution must have come to, said by rules written a second time: it walks the sketch top-down with what was
 * broken before, while the engine climbs its nodes bottom-up. Given are only the ends of steps; which nodes ran, which were
 * skipped and what their parents are is predicted.
 */
import {
  isBroken,
  type EngineEvent,
  type Execution,
  type FinalStatus,
  type NodeExecution,
  type NodeStatus,
  type PlanNode,
} from '@bridle/pipeline';
import { nameOf } from './check-state.ts';
import { behavioursOf, namedItems, VARIABLES, type SketchItem, type SketchPipeline } from './sketch.ts';

/**
 * R9: a step that was told to end has ended after so long, whatever its delegate does: the engine's patience of a minute,
 * and some time for replicas that are being restarted.
 */
const STOPPED_WITHIN_MS = 180_000;

/** Answers with what is not as it must be. */
export function checkOutcome(
  execution: Execution,
  events: readonly EngineEvent[],
  sketch: SketchPipeline,
): readonly string[] {
  return new Oracle(execution, events, sketch).check();
}

class Oracle {
  readonly #execution: Execution;
  readonly #sketch: SketchPipeline;
  readonly #items: ReturnType<typeof namedItems>;
  readonly #behaviours: ReturnType<typeof behavioursOf>;
  readonly #byNode: ReadonlyMap<string, NodeExecution>;
  readonly #reported = new Set<string>();
  readonly #given = new Set<string>();
  readonly #broken: string[] = [];

  constructor(execution: Execution, events: readonly EngineEvent[], sketch: SketchPipeline) {
    this.#execution = execution;
    this.#sketch = sketch;
    this.#items = namedItems(sketch.stages);
    this.#behaviours = behavioursOf(sketch.stages);
    this.#byNode = new Map(Object.values(execution.nodes).map((node) => [node.nodeId, node]));
    for (const event of events) {
      if (event.kind === 'taskCompleted') this.#reported.add(event.nodeExecutionId);
      if (event.kind === 'taskLost' || event.kind === 'taskUnassignable') this.#given.add(event.nodeExecutionId);
      if (event.kind === 'taskCompleted' && event.outcome.kind === 'cancelled') this.#given.add(event.nodeExecutionId);
    }
  }

  check(): readonly string[] {
    const root = this.#planNode(this.#execution.plan.rootId);
    const node = this.#byNode.get(root.id);
    if (node === undefined) return ['the pipeline never started'];
    this.#ended(root, node, false);
    if (this.#execution.status !== node.status)
      this.#wrong(node, `is not what the execution is, ${this.#execution.status}`);
    return this.#broken;
  }

  /** A node that exists: was it right to run it, and did it end as it must? */
  #node(id: PlanNode['id'], isBrokenBefore: boolean): NodeStatus | undefined {
    const plan = this.#planNode(id);
    const node = this.#byNode.get(id);
    if (node === undefined) return undefined;
    const decision = plan.kind === 'fork' ? 'run' : this.#decision(plan, isBrokenBefore);
    if (decision === 'skip' && node.status !== 'Skipped') this.#wrong(node, 'had to be skipped');
    else if (decision === 'fail' && node.status !== 'Failed') this.#wrong(node, 'had to fail by its condition');
    else if (decision === 'run' && node.status === 'Skipped') this.#wrong(node, 'had to run');
    else if (decision === 'run' || (decision === 'unknown' && node.status !== 'Skipped' && !failedByCondition(node)))
      this.#ended(plan, node, isBrokenBefore);
    if (node.status === 'Skipped' && node.children.length > 0) this.#wrong(node, 'was skipped but has children');
    return node.status;
  }

  #decision(plan: PlanNode, isBrokenBefore: boolean): 'run' | 'skip' | 'fail' | 'unknown' {
    const item = this.#items.get(plan.identifier);
    if (item === undefined) throw new Error(`${plan.fqn} is not in the sketch`);
    const statusHolds = item.status === 'All' || (item.status === 'Failure') === isBrokenBefore;
    if (!statusHolds) return 'skip';
    switch (item.condition?.truth) {
      case undefined:
      case 'holds':
        return 'run';
      case 'fails':
        return 'skip';
      case 'broken':
        return 'fail';
      case 'unknown':
        return 'unknown';
    }
  }

  #ended(plan: PlanNode, node: NodeExecution, isBrokenBefore: boolean): void {
    if (node.stopping !== undefined) this.#stopped(plan, node, isBrokenBefore);
    else if (plan.kind === 'step') this.#step(plan, node);
    else {
      const statuses = this.#children(plan, isBrokenBefore);
      if (statuses.includes(undefined)) this.#wrong(node, 'ended before all of its children had their turn');
      this.#expect(node, worst(statuses.filter((status) => status !== undefined)));
    }
  }

  /** Ended from outside: as what it was told, and for a reason that is there. */
  #stopped(plan: PlanNode, node: NodeExecution, isBrokenBefore: boolean): void {
    if (node.status === 'Aborted') {
      if (this.#execution.abort === undefined) this.#wrong(node, 'was aborted by nobody');
    } else if (node.status === 'Expired') {
      if (!this.#isTimeOver(node)) this.#wrong(node, 'expired before its time');
    } else this.#wrong(node, `was told to end as ${node.stopping?.as}`);
    const tookMs = (node.endedAt ?? 0) - (node.stopping?.at ?? 0);
    if (tookMs > STOPPED_WITHIN_MS) this.#wrong(node, `took ${tookMs} ms to end`);
    if (plan.kind !== 'step') this.#children(plan, isBrokenBefore);
  }

  /** T1: its own time was over when it was told to end, or that of a node that holds it. */
  #isTimeOver(node: NodeExecution): boolean {
    const at = node.stopping?.at ?? 0;
    for (let current: NodeExecution | undefined = node; current !== undefined;) {
      if (current.timeoutMs !== undefined && at - (current.startedAt ?? at) >= current.timeoutMs) return true;
      current = current.parentId === undefined ? undefined : this.#execution.nodes[current.parentId];
    }
    return false;
  }

  #step(plan: PlanNode, node: NodeExecution): void {
    const item: SketchItem | undefined = this.#items.get(plan.identifier);
    if (item?.kind === 'wait') {
      this.#expect(node, 'Success');
      const waited = (node.endedAt ?? 0) - (node.startedAt ?? 0);
      if (waited < waitMs(item.duration)) this.#wrong(node, `waited only ${waited} ms`);
      return;
    }
    const behaviour = this.#behaviours.get(plan.identifier);
    if (this.#given.has(node.id) && node.status === 'Failed') return;
    if (!this.#reported.has(node.id)) this.#wrong(node, 'ended without a report');
    this.#expect(node, behaviour?.exitCode === 0 ? 'Success' : 'Failed');
  }

  /** Statuses of all plan children; `undefined` for those that never had their turn. */
  #children(plan: PlanNode, isBrokenBefore: boolean): readonly (NodeStatus | undefined)[] {
    if (plan.kind === 'step') return [];
    // A stage looks at the stages before it; what is in it looks at the stage alone.
    let broken = plan.kind === 'stage' ? false : isBrokenBefore;
    return plan.children.map((child) => {
      const status = this.#node(child, broken);
      if (plan.kind !== 'fork' && status !== undefined && isBroken(status)) broken = true;
      return status;
    });
  }

  #planNode(id: PlanNode['id']): PlanNode {
    const node = this.#execution.plan.nodes[id];
    if (node === undefined) throw new Error(`${this.#sketch.identifier} has no node ${id}`);
    return node;
  }

  #expect(node: NodeExecution, status: FinalStatus): void {
    if (node.status !== status) this.#wrong(node, `had to be ${status}`);
  }

  #wrong(node: NodeExecution, text: string): void {
    this.#broken.push(`${nameOf(this.#execution, node)} is ${node.status} and ${text}`);
  }
}

/** The order of api.md §7.2, as far as the simulation's steps can end. */
function worst(statuses: readonly NodeStatus[]): FinalStatus {
  if (statuses.includes('Aborted')) return 'Aborted';
  if (statuses.includes('Failed')) return 'Failed';
  return statuses.includes('Expired') ? 'Expired' : 'Success';
}

function failedByCondition(node: NodeExecution): boolean {
  return node.status === 'Failed' && node.when?.conditionHolds === undefined;
}

function waitMs(duration: string): number {
  const text = duration.startsWith('<+') ? VARIABLES.pause : duration;
  const match = /^(?:(\d+)m ?)?(?:(\d+)s)?$/.exec(text);
  return Number(match?.[1] ?? 0) * 60_000 + Number(match?.[2] ?? 0) * 1_000;
}
