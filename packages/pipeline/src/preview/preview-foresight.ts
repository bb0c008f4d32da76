/**
 * What the scopes of the engine cannot tell before the run.
 *
 * - W1 A value that is given is the one that the run has there, as long as every step succeeds at its first attempt.
 * - W2 What runs at the same time as the reader is not known: either may be first.
 * - W3 What may be skipped is not known to whoever stands outside of it.
 */
import type { ScopeValue } from '../expressions/scope.ts';
import type { NodeExecution } from '../engine/execution.ts';
import type { Foresight } from '../engine/foresight.ts';
import { ancestors, stateOf, type Seat, type View } from '../engine/scope-seats.ts';
import { isFinal } from '../engine/status.ts';
import type { PlanNode } from '../plan/plan.ts';
import { CLONE_STEP } from '../steps/git-clone.ts';
import type { Notes } from './notes.ts';
import type { Wait } from './preview.ts';
import { givesOutputs, laterOutput } from './step-outputs.ts';
import { laterObject, waitValue } from './waits.ts';

/** The name under which values stand that are asked for when a node is reached; no author's name has this form. */
export const ASKED_ROOT = '_asked_';

/** Given by whoever starts the run. */
const START_KEYS: ReadonlySet<string> = new Set([
  ...['executionId', 'resumedExecutionId', 'sequenceId', 'execution', 'executionUrl'],
]);
const STATUS_KEYS: ReadonlySet<string> = new Set(['status', 'currentStatus', 'liveStatus']);
/** Those that the state of a node decides. */
const STATE_KEYS: ReadonlySet<string> = new Set([
  ...STATUS_KEYS,
  ...['startTs', 'endTs', 'timeout', 'output', 'exitCode', 'retryCount'],
]);
const TURN_KEYS: ReadonlySet<string> = new Set(['name', 'identifier', 'identifierPostFix', 'matrix']);

export class PreviewForesight implements Foresight {
  readonly #notes: Notes;

  constructor(notes: Notes) {
    this.#notes = notes;
  }

  root(view: View, path: readonly Seat[], name: string): ScopeValue | undefined {
    switch (name) {
      case ASKED_ROOT:
        return askedValues(path);
      case 'strategy':
      case 'matrix':
      case 'repeat':
        return this.#turnValue(view, path, name);
      case 'codebase':
        return this.#codebase(view, path);
      case 'exportedVariables':
        return this.#exported(view);
      case 'instance':
        return fetchedInstances(view, path);
      default:
        return undefined;
    }
  }

  property(view: View, seat: Seat, key: string): ScopeValue | undefined {
    const { plan } = seat;
    if (START_KEYS.has(key) && (plan.kind === 'pipeline' || key === 'executionUrl')) {
      return waitValue({ kind: 'start', node: 'pipeline', text: 'the start of the run' });
    }
    const state = stateOf(view, seat);
    const openTurn = state === undefined ? undefined : this.#notes.openTurns.get(state.id);
    if (openTurn !== undefined && TURN_KEYS.has(key)) return waitValue(openTurn);
    const openLabel = state === undefined || key !== 'name' ? undefined : this.#notes.openLabels.get(state.id);
    if (openLabel !== undefined) return waitValue(openLabel);
    if (!STATE_KEYS.has(key) && !(key === 'spec' && plan.kind === 'step')) return undefined;
    if (this.#notes.isReadLater && (state === undefined || !isFinal(state.status))) {
      return waitValue({ kind: 'time', node: plan.fqn, text: `how ${plan.name} stands when it is read` });
    }
    const wait = this.#doubtAbout(view, seat);
    if (wait !== undefined) return waitValue(wait);
    return state === undefined ? undefined : this.#ofState(view, seat, state, key);
  }

  child(view: View, parents: readonly Seat[], identifier: string): ScopeValue | undefined {
    for (const parent of parents) {
      for (const loop of loopsBelow(view, parent)) {
        if (!identifier.startsWith(`${loop.plan.identifier}_`)) continue;
        const state = stateOf(view, loop);
        const open = state === undefined ? undefined : this.#notes.openLoops.get(state.id);
        // A turn that is not there yet may be, for a reader that runs at the same time (W2).
        const wait = open ?? this.#doubtAbout(view, loop);
        if (wait !== undefined) return waitValue(wait);
      }
    }
    return undefined;
  }

  /** W2, W3: why the state of a seat cannot be told from the vantage point. */
  #doubtAbout(view: View, seat: Seat): Wait | undefined {
    const around = new Set(holders(view).map(({ id }) => id));
    for (const current of ancestors(view, seat)) {
      const state = stateOf(view, current);
      if (state !== undefined && around.has(state.id)) {
        return current !== seat && this.#runsTogether(current, state)
          ? { kind: 'race', node: seat.plan.fqn, text: `${seat.plan.name}, which runs at the same time` }
          : undefined;
      }
      const unsure = state === undefined ? undefined : this.#notes.unsure.get(state.id);
      if (unsure !== undefined) return unsure;
    }
    return undefined;
  }

  #runsTogether({ plan }: Seat, state: NodeExecution): boolean {
    return plan.kind === 'fork' || (plan.kind === 'strategy' && !this.#notes.serialLoops.has(state.id));
  }

  #ofState(view: View, seat: Seat, state: NodeExecution, key: string): ScopeValue | undefined {
    const { plan } = seat;
    const time: Wait = { kind: 'time', node: plan.fqn, text: `the time at which ${plan.name} runs` };
    switch (key) {
      case 'startTs':
        return state.startedAt === undefined ? undefined : waitValue(time);
      case 'endTs':
        return state.endedAt === undefined ? undefined : waitValue(time);
      case 'timeout':
        return orLater(this.#notes.openTimeouts.get(state.id));
      case 'status':
      case 'currentStatus':
      case 'liveStatus':
        return this.#status(view, seat, state);
      case 'spec':
        return orLater(this.#notes.openSpecs.get(state.id));
      case 'exitCode':
        return plan.kind === 'step' && givesOutputs(plan.stepType) && state.status === 'Success'
          ? waitValue({ kind: 'output', node: plan.fqn, text: `the exit code of ${plan.name}` })
          : undefined;
      case 'output':
        return outputOf(view, plan, state);
      default:
        return undefined;
    }
  }

  /** What holds the reader runs, and may show a wait of something in it: also one that has just ended. */
  #status(view: View, { plan }: Seat, state: NodeExecution): ScopeValue | undefined {
    const isAround = holders(view).some(({ id }) => id === state.id);
    return isAround && this.#notes.mayWait && !isFinal(state.status)
      ? waitValue({ kind: 'race', node: plan.fqn, text: `how ${plan.name} stands then` })
      : undefined;
  }

  #turnValue(view: View, path: readonly Seat[], name: 'strategy' | 'matrix' | 'repeat'): ScopeValue | undefined {
    for (const seat of path) {
      const state = stateOf(view, seat);
      if (state?.iteration === undefined) continue;
      const wait = this.#notes.openTurns.get(state.id);
      const isMatrix = state.iteration.matrix !== undefined;
      if (name === 'strategy' || (name === 'matrix') === isMatrix) return orLater(wait);
    }
    return undefined;
  }

  /** What the clone of a CI stage finds. */
  #codebase(view: View, path: readonly Seat[]): ScopeValue | undefined {
    const stage = path.find(({ plan }) => plan.kind === 'stage');
    if (stage?.plan.kind !== 'stage') return undefined;
    for (const id of stage.plan.children) {
      const plan = view.draft.planNode(id);
      if (plan.identifier !== CLONE_STEP) continue;
      const state = stateOf(view, { plan, turns: stage.turns });
      return state?.status === 'Success'
        ? waitValue({ kind: 'output', node: plan.fqn, text: 'what is cloned' })
        : undefined;
    }
    return undefined;
  }

  #exported(view: View): ScopeValue | undefined {
    const { aliases } = this.#notes;
    if (aliases.size === 0) return undefined;
    return {
      get: () => undefined,
      toValue: () => null,
      call: (method, [address]) => {
        if (method !== 'getValue' || typeof address !== 'string') return undefined;
        const step = aliases.get(address.split('.')[1] ?? '');
        if (step === undefined) return null;
        const { name, fqn } = view.draft.planNode(step);
        return waitValue({ kind: 'output', node: fqn, text: `the output of ${name}` });
      },
    };
  }
}

function orLater(wait: Wait | undefined): ScopeValue | undefined {
  return wait === undefined ? undefined : waitValue(wait);
}

/** Values that people are asked for when a node is reached. */
function askedValues([seat]: readonly Seat[]): ScopeValue {
  const node = seat?.plan.fqn ?? 'pipeline';
  return {
    get: (path) =>
      waitValue({ kind: 'executionInput', node, text: `the input ${path}, asked for when the run gets there` }),
    toValue: () => null,
  };
}

function outputOf(view: View, plan: PlanNode, state: NodeExecution): ScopeValue | undefined {
  if (plan.kind === 'step') {
    if (state.status !== 'Success') return undefined;
    return laterOutput(plan.stepType, state.stepParameters ?? plan.spec, plan.fqn, plan.name);
  }
  if (plan.kind !== 'stage') return undefined;
  if (plan.chain !== undefined) {
    if (state.status !== 'Success') return undefined;
    const names = plan.chain.outputs.map(({ name }) => name);
    const wait: Wait = { kind: 'chain', node: plan.fqn, text: `the outputs of the pipeline that ${plan.name} starts` };
    return laterObject(wait, (key) => (names.includes(key) ? waitValue(wait) : undefined), names);
  }
  return fetchesInstances(view, plan) ? waitValue(instancesOf(plan)) : undefined;
}

function fetchedInstances(view: View, path: readonly Seat[]): ScopeValue | undefined {
  const stage = path.find(({ plan }) => plan.kind === 'stage');
  return stage !== undefined && fetchesInstances(view, stage.plan) ? waitValue(instancesOf(stage.plan)) : undefined;
}

function instancesOf({ fqn, name }: PlanNode): Wait {
  return { kind: 'output', node: fqn, text: `the instances that ${name} finds` };
}

function fetchesInstances(view: View, plan: PlanNode): boolean {
  if (plan.kind === 'step') return plan.stepType === 'FetchInstanceScript';
  return 'children' in plan && plan.children.some((id) => fetchesInstances(view, view.draft.planNode(id)));
}

/** The node executions around the vantage point, itself first. */
function holders({ draft, vantage }: View): readonly NodeExecution[] {
  const path: NodeExecution[] = [];
  for (let node: NodeExecution | undefined = draft.get(vantage); node !== undefined;) {
    path.push(node);
    node = node.parentId === undefined ? undefined : draft.get(node.parentId);
  }
  return path;
}

function loopsBelow(view: View, { plan, turns }: Seat): readonly Seat[] {
  if (plan.kind === 'strategy') return [{ plan, turns }];
  if (plan.kind === 'step' || plan.kind === 'section') return [];
  return plan.children.flatMap((id) => {
    const child = view.draft.planNode(id);
    return child.kind === 'strategy' || child.kind === 'fork' ? loopsBelow(view, { plan: child, turns }) : [];
  });
}
