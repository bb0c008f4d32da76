/**
 * The safety of the whole system, checked at every commit, lease and spawn (architecture.md §6: E1–E4, D1, D2). It sees each
 * transition at the moment it is saved and keeps its own copy of every execution.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  advance,
  createExecution,
  replay,
  type Effect,
  type EngineEvent,
  type Execution,
  type ExecutionHeader,
  type ExecutionId,
  type NodeExecutionId,
  type Plan,
} from '@bridle/pipeline';
import type { CommitOutcome, LeasedTask, MemoryDatabase, Transition } from '@bridle/runtime';
import { itemsOf } from './behaviour.ts';
import { checkBarriers } from './check-barriers.ts';
import { checkRollbacks } from './check-rollbacks.ts';
import { isOver, checkEffects, checkLoops, checkMoves, checkParents } from './check-state.ts';
import { countStates } from './count-states.ts';
import { Ledger } from './ledger.ts';
import { checkHistory, type Moment } from './oracle.ts';
import type { SketchPipeline } from './sketch.ts';
import { asStored } from './stored-shape.ts';
import type { World } from './world.ts';

export interface ExpectedExecution {
  readonly header: ExecutionHeader;
  readonly sketch: SketchPipeline;
  /** The plan as it is meant; the header may have a spoiled one. */
  readonly plan: Plan;
}

export class Checker {
  readonly #world: World;
  readonly #database: MemoryDatabase;
  readonly #expected: ReadonlyMap<ExecutionId, ExpectedExecution>;
  /** The fold of all events so far, done here and not by any replica. */
  readonly #folds = new Map<ExecutionId, Execution>();
  /** Every event with the states around it. */
  readonly #histories = new Map<ExecutionId, Moment[]>();
  readonly ledger: Ledger;
  readonly #spawns = new Map<NodeExecutionId, number>();
  readonly #completions = new Map<NodeExecutionId, number>();
  readonly #fences = new Map<NodeExecutionId, number>();

  constructor(world: World, database: MemoryDatabase, expected: ReadonlyMap<ExecutionId, ExpectedExecution>) {
    this.#world = world;
    this.#database = database;
    this.#expected = expected;
    this.ledger = new Ledger(database, world.scenario.executionsMax, (rule, text) => this.#break(rule, text));
  }

  onTransition(transition: Transition, outcome: CommitOutcome): void {
    this.#world.log.count(outcome.kind);
    if (outcome.kind !== 'committed') return;
    const { execution } = transition;
    const before = this.#folds.get(execution.id);
    if ((before?.version ?? 0) !== (transition.expectedVersion ?? 0)) {
      this.#break('E2', `a transition over version ${transition.expectedVersion} was saved over ${before?.version}`);
      return;
    }
    const after = this.#fold(transition, before);
    this.#folds.set(execution.id, after);
    if (!isDeepStrictEqual(after, execution))
      this.#break('E2', `the state saved at version ${execution.version} is not the fold of its events`);
    this.#all('E1', checkMoves(before, after));
    this.#all('E4', checkParents(after));
    this.#all('E3', checkEffects(after, this.#database));
    this.#all(
      'L2',
      checkLoops(after, (identifier) => this.#slotsOf(after.id, identifier)),
    );
    const { plan } = this.#expectedOf(after.id);
    const meant = before === undefined ? undefined : { ...before, plan };
    this.#all('barrier', checkBarriers(meant, { ...after, plan }, transition.events));
    this.ledger.onTransition(before, after, transition.events, transition.effects);
    this.#count(transition.events, transition.effects);
    countStates(this.#world.log, before, after);
  }

  #slotsOf(id: ExecutionId, identifier: string): number | undefined {
    const item = itemsOf(this.#expectedOf(id).sketch).get(identifier);
    return item?.loop?.slots;
  }

  #count(events: readonly EngineEvent[], effects: readonly Effect[]): void {
    const { log } = this.#world;
    for (const event of events) {
      log.count(`event ${event.kind}`);
      if (event.kind === 'interruptRequested') log.count(`interrupt ${event.interrupt.type}`);
      if (event.kind === 'timerFired') log.count(`timer ${event.timerId.slice(event.timerId.indexOf(':') + 1)}`);
    }
    for (const effect of effects) log.count(`effect ${effect.kind}`);
  }

  /** D1: fences of a task only grow. */
  onLease({ task, fence }: LeasedTask): void {
    const last = this.#fences.get(task.taskId) ?? 0;
    if (fence <= last) this.#break('D1', `task ${task.identifier} was leased with fence ${fence} after ${last}`);
    this.#fences.set(task.taskId, fence);
  }

  onSpawn({ task, fence }: LeasedTask, incarnation: string): void {
    const spawns = (this.#spawns.get(task.taskId) ?? 0) + 1;
    this.#spawns.set(task.taskId, spawns);
    if (spawns > 1)
      this.#break('D2', `the process of ${task.identifier} was started ${spawns} times, now by ${incarnation}`);
    const held = this.#database.tasks.get(task.taskId)?.fence;
    if (held !== fence)
      this.#break('D1', `${incarnation} starts ${task.identifier} with fence ${fence}, the task has ${held}`);
  }

  onCompleted({ task }: LeasedTask): void {
    const completions = (this.#completions.get(task.taskId) ?? 0) + 1;
    this.#completions.set(task.taskId, completions);
    if (completions > 1) this.#break('D2', `step ${task.identifier} completed ${completions} times`);
  }

  /** When all is over: everything ended, nothing is left, and every kept log gives the state that is stored. */
  onEnd(): void {
    for (const { header, sketch, plan } of this.#expected.values()) {
      const record = this.#database.executions.get(header.id);
      if (record === undefined) {
        // A chained one may be given up before it starts.
        if (header.parent === undefined) this.#break('liveness', `execution ${header.runSequence} was never created`);
        continue;
      }
      const { execution, events } = record;
      if (events.length !== execution.version)
        this.#break('E2', `${events.length} events for version ${execution.version}`);
      const rebuilt = replay(header, execution.createdAt, JSON.parse(JSON.stringify(events)));
      if (!isDeepStrictEqual(rebuilt, execution))
        this.#break('E2', `execution ${header.runSequence} rebuilt from its events differs`);
      if (!isDeepStrictEqual(asStored(execution), execution))
        this.#break('E2', `execution ${header.runSequence} is not plain JSON`);
      this.#all('rollback', checkRollbacks({ ...execution, plan }));
      this.#all('oracle', checkHistory(this.#histories.get(header.id) ?? [], sketch, plan));
    }
    this.ledger.onEnd();
    for (const record of this.#database.tasks.values()) {
      if (!isOver(record)) this.#break('liveness', `task ${record.task.identifier} is still ${record.state}`);
    }
    for (const { key, releasedAt } of this.#database.workspaces.values()) {
      if (releasedAt === undefined) this.#break('E3', `workspace ${key} was never released`);
    }
    for (const { timerId } of this.#database.timers.values()) this.#break('liveness', `timer ${timerId} still runs`);
  }

  #fold({ execution, events, effects }: Transition, before: Execution | undefined): Execution {
    let state = before ?? createExecution(this.#headerOf(execution.id), execution.createdAt);
    const wanted = [];
    for (const event of events) {
      this.#world.note('event', `${state.runSequence} ${state.version + 1} ${JSON.stringify(event)}`);
      const next = advance(state, event);
      const history = this.#histories.get(state.id) ?? [];
      history.push({ event, before: state, after: next.execution });
      this.#histories.set(state.id, history);
      state = next.execution;
      wanted.push(...next.effects);
    }
    if (!isDeepStrictEqual(wanted, effects))
      this.#break('E3', `the effects saved with version ${execution.version} are not those of its events`);
    this.#world.note('state', `${state.runSequence} ${state.version} ${state.status}`);
    return state;
  }

  #headerOf(id: ExecutionId): ExecutionHeader {
    return this.#expectedOf(id).header;
  }

  #expectedOf(id: ExecutionId): ExpectedExecution {
    const expected = this.#expected.get(id);
    if (expected === undefined) throw new Error(`nobody asked for execution ${id}`);
    return expected;
  }

  #all(rule: string, broken: readonly string[]): void {
    for (const text of broken) this.#break(rule, text);
  }

  #break(rule: string, text: string): void {
    this.#world.violate(rule, text);
  }
}
