/**
 * What an execution must have come to, said by rules written a second time. Given are the events as they came, and so how
 * leaf nodes ended and what people said; predicted are which nodes ran, which failure strategy decided, what its action did,
 * how often a node was tried, what was rolled back, and what every parent came to. No code of the engine decides here.
 */
import {
  isBroken,
  isFinal,
  type Execution,
  type FailureAction,
  type NodeExecution,
  type NodeExecutionId,
  type NodeStatus,
  type Plan,
  type PlanNode,
} from '@bridle/pipeline';
import { itemsOf } from './behaviour.ts';
import { refOf } from './check-barriers.ts';
import { nameOf } from './check-state.ts';
import { decisionOf } from './oracle-decisions.ts';
import { factOf, type Failing, type Known, type Moment } from './oracle-facts.ts';
import { findAround, hasRun, isInRollback, isTakenOver, parentOf } from './oracle-places.ts';
import { checkRollbacksTaken } from './oracle-rollbacks.ts';
import { RETRY_CONDITIONS } from './random-strategies.ts';
import { VARIABLES, type SketchPipeline } from './sketch.ts';

export type { Moment } from './oracle-facts.ts';

/** Answers with what is not as it must be. `plan` is the plan as it was meant, whatever the engine was given. */
export function checkHistory(history: readonly Moment[], sketch: SketchPipeline, plan: Plan): readonly string[] {
  return new Oracle(history, sketch, plan).check();
}

class Oracle implements Known {
  readonly #history: readonly Moment[];
  readonly plan: Plan;
  readonly items: Known['items'];
  readonly sketch: SketchPipeline;
  readonly interventions = new Map<NodeExecutionId, { readonly onTimeout: FailureAction; readonly failing: Failing }>();
  readonly toldWhile = new Map<NodeExecutionId, NodeStatus | undefined>();
  isAborted = false;
  isExpired = false;
  /** Repetitions that failure strategies had made before this attempt. */
  readonly #retries = new Map<NodeExecutionId, number>();
  readonly #broken: string[] = [];
  /** Of the moment that is looked at. */
  #marks = new Map<NodeExecutionId, Set<string>>();
  #repeats = new Set<NodeExecutionId>();
  #replaced = new Set<NodeExecutionId>();

  constructor(history: readonly Moment[], sketch: SketchPipeline, plan: Plan) {
    this.#history = history;
    this.sketch = sketch;
    this.plan = plan;
    this.items = itemsOf(sketch);
  }

  check(): readonly string[] {
    for (const moment of this.#history) this.#look(moment);
    const last = this.#history.at(-1)?.after;
    if (last === undefined) return ['the pipeline never started'];
    this.#atTheEnd(last);
    return this.#broken;
  }

  #look(moment: Moment): void {
    const { before, after, event } = moment;
    this.#marks = new Map();
    this.#repeats = new Set();
    this.#replaced = new Set();
    if (event.kind === 'interruptRequested' && event.interrupt.type === 'StageRollback') this.#orderRollback(moment);
    if (event.kind === 'interruptRequested' && event.interrupt.type === 'ExpireAll') this.isExpired = true;
    const changed = Object.values(after.nodes).filter((node) => before.nodes[node.id] !== node);
    for (const node of changed) {
      const earlier = before.nodes[node.id];
      if (node.stopping !== undefined && earlier?.stopping === undefined) this.toldWhile.set(node.id, earlier?.status);
    }
    for (const node of changed) {
      const earlier = before.nodes[node.id];
      if ((earlier !== undefined && isFinal(earlier.status)) || isTakenOver(after, node)) continue;
      if (this.#isDecided(earlier, node)) this.#judge(moment, earlier, node);
    }
    for (const node of changed) this.#compare(after, before.nodes[node.id], node);
  }

  #isDecided(earlier: NodeExecution | undefined, node: NodeExecution): boolean {
    if (isFinal(node.status)) return node.status !== 'Skipped';
    return JSON.stringify(earlier?.advised) !== JSON.stringify(node.advised);
  }

  #judge(moment: Moment, earlier: NodeExecution | undefined, node: NodeExecution): void {
    const { after } = moment;
    const fact = factOf(this, moment, earlier, node);
    switch (fact.kind) {
      case 'wrong':
        this.#wrong(after, node, fact.text);
        return;
      case 'ends':
        this.#expect(after, node, fact.as);
        // One that waited at a broken barrier may be decided about, and be ended with all others in the same moment; one
        // that waited for inputs may go on with its defaults, find nothing to do and be over.
        if (
          JSON.stringify(earlier?.advised) !== JSON.stringify(node.advised) &&
          !(earlier?.status === 'InputWaiting' && node.advised?.action === 'ProceedWithDefaultValues') &&
          !(refOf(after, node.nodeId) !== undefined && node.stopping !== undefined)
        )
          this.#wrong(after, node, 'was decided about by a failure strategy without a failure');
        break;
      case 'fails':
        this.#fail(moment, earlier, node, fact);
        break;
      case 'answered':
        this.#apply(moment, earlier, node, fact.action, fact.failing);
        break;
      case 'retriedByPerson':
        this.#expect(after, node, fact.failing.as);
        this.#replace(after, node, this.#retries.get(node.id) ?? 0);
        break;
    }
    if (node.repeat !== undefined && node.stopping === undefined && isFinal(node.status) && fact.kind === 'ends')
      this.#replace(after, node, (this.#retries.get(node.id) ?? 0) + 1);
  }

  #fail(moment: Moment, earlier: NodeExecution | undefined, node: NodeExecution, failing: Failing): void {
    const { after } = moment;
    const advice = this.#advise(after, node, failing);
    if (advice === undefined) {
      // What went on with its defaults may fail later, and keeps what decided then.
      if (JSON.stringify(earlier?.advised) !== JSON.stringify(node.advised))
        this.#wrong(after, node, `was decided about by ${node.advised?.action}`);
      this.#expect(after, node, failing.as);
      return;
    }
    if (node.advised?.action !== advice.action.kind || node.advised.from !== advice.from)
      this.#wrong(after, node, `had to be decided about by ${advice.action.kind}`);
    this.#apply(moment, earlier, node, advice.action, failing);
  }

  /** F1–F3: from the inside out, the first strategy that names the error; up to the stage, or to the rollback it is in. */
  #advise(
    execution: Execution,
    node: NodeExecution,
    { errors }: Failing,
  ): { readonly action: FailureAction; readonly from: PlanNode['id'] } | undefined {
    const parent = parentOf(execution, node);
    if (parent !== undefined && this.plan.nodes[parent.nodeId]?.kind === 'step') return undefined;
    for (let at: NodeExecution | undefined = node; at !== undefined; at = parentOf(execution, at)) {
      const plan = this.plan.nodes[at.nodeId];
      if (plan === undefined || plan.kind === 'rollback') return undefined;
      for (const strategy of plan.failureStrategies ?? []) {
        const names = strategy.errors.some((error) => error === 'AllErrors' || errors.includes(error));
        if (names) return { action: strategy.action, from: plan.id };
      }
      if (plan.kind === 'stage') return undefined;
    }
    return undefined;
  }

  #apply(
    moment: Moment,
    earlier: NodeExecution | undefined,
    node: NodeExecution,
    action: FailureAction,
    failing: Failing,
  ): void {
    const { after } = moment;
    switch (action.kind) {
      case 'Ignore':
        this.#expect(after, node, 'IgnoreFailed');
        return;
      case 'MarkAsSuccess':
        this.#expect(after, node, 'Success');
        return;
      case 'MarkAsFailure':
        this.#expect(after, node, 'Failed');
        return;
      case 'Abort':
        this.isAborted = true;
        this.#expect(after, node, 'Aborted');
        if (!isBeingAborted(after)) this.#wrong(after, node, 'had to abort the execution');
        return;
      case 'Retry':
      case 'RetryStepGroup':
        this.#repeat(moment, earlier, node, action, failing);
        return;
      case 'ManualIntervention':
        if (hasRun(this.plan, node)) {
          this.#apply(moment, earlier, node, action.onTimeout, failing);
          return;
        }
        this.interventions.set(node.id, { onTimeout: action.onTimeout, failing });
        if (node.status !== 'InterventionWaiting') this.#wrong(after, node, 'had to wait for somebody');
        return;
      case 'StageRollback':
      case 'StepGroupRollback':
      case 'PipelineRollback':
        this.#askForRollback(moment, node, action.kind);
        // What has run itself ends after its rollback.
        if (!hasRun(this.plan, node) || isFinal(node.status)) this.#expect(after, node, failing.as);
        return;
      case 'ProceedWithDefaultValues': {
        const asks = this.plan.nodes[node.nodeId]?.executionInputs ?? [];
        const canProceed =
          earlier?.status === 'InputWaiting' &&
          earlier.inputs === undefined &&
          asks.length > 0 &&
          asks.every((input) => input.default !== undefined || !input.required);
        if (!canProceed) this.#expect(after, node, failing.as);
        else if (node.inputs === undefined) this.#wrong(after, node, 'had to go on with its defaults');
        return;
      }
    }
  }

  #repeat(
    moment: Moment,
    earlier: NodeExecution | undefined,
    node: NodeExecution,
    action: Extract<FailureAction, { readonly kind: 'Retry' | 'RetryStepGroup' }>,
    failing: Failing,
  ): void {
    const { after } = moment;
    const target = action.kind === 'Retry' ? node : findAround(after, this.plan, node, 'stepGroup');
    if (target === undefined) {
      this.#expect(after, node, failing.as);
      return;
    }
    const done = this.#retries.get(target.id) ?? 0;
    const count = typeof action.count === 'number' ? action.count : Number(VARIABLES.count);
    const truth = RETRY_CONDITIONS.find(({ text }) => text === action.condition)?.truth ?? 'holds';
    // A container is not tried again because it failed itself; a group that says so of itself is.
    const isOver = action.kind === 'Retry' && hasRun(this.plan, node);
    if (isOver || done >= count || truth === 'fails') {
      if (action.onExhausted === undefined) this.#expect(after, node, failing.as);
      else this.#apply(moment, earlier, node, action.onExhausted, failing);
    } else if (truth === 'broken') this.#expect(after, node, 'Failed');
    else {
      this.#expect(after, node, failing.as);
      if (target === node) this.#replace(after, node, done + 1);
      else this.#repeats.add(target.id);
    }
  }

  /** Another attempt takes its place. */
  #replace(after: Execution, node: NodeExecution, retries: number): void {
    this.#replaced.add(node.id);
    const next = Object.values(after.nodes).find(({ retryIds }) => retryIds?.at(-1) === node.id);
    if (next === undefined || node.isSuperseded !== true) this.#wrong(after, node, 'had to be tried again');
    else this.#retries.set(next.id, retries);
  }

  #askForRollback({ after }: Moment, node: NodeExecution, action: FailureAction['kind']): void {
    if (isInRollback(after, this.plan, node)) return;
    this.#mark(after, node, action === 'StepGroupRollback' ? 'stepGroup' : 'stage', action);
    if (action === 'PipelineRollback') this.#mark(after, node, 'pipeline', action);
  }

  #mark(after: Execution, node: NodeExecution, kind: PlanNode['kind'], action: FailureAction['kind']): void {
    const container = findAround(after, this.plan, node, kind);
    if (container === undefined) return;
    const wanted = this.#marks.get(container.id) ?? new Set();
    this.#marks.set(container.id, wanted.add(ROLLBACK_OF[action] ?? ''));
    if (container.rollback === undefined) this.#wrong(after, container, `had to be asked to roll back by ${action}`);
  }

  /** A person's word about a stage. */
  #orderRollback({ before, event }: Moment): void {
    if (event.kind !== 'interruptRequested') return;
    const id = event.interrupt.nodeExecutionId;
    const node = id === undefined ? undefined : before.nodes[id];
    if (node !== undefined && this.plan.nodes[node.nodeId]?.kind === 'stage')
      this.#marks.set(node.id, new Set(['stage']));
  }

  /** Nothing was marked, repeated or replaced but what had to be. */
  #compare(after: Execution, earlier: NodeExecution | undefined, node: NodeExecution): void {
    if (isTakenOver(after, node)) return;
    if (JSON.stringify(earlier?.rollback) !== JSON.stringify(node.rollback)) {
      const wanted = this.#marks.get(node.id);
      if (wanted === undefined || !wanted.has(node.rollback?.kind ?? ''))
        this.#wrong(after, node, `is to roll back (${node.rollback?.kind}) and nobody asked for it`);
    }
    if (earlier?.repeat === undefined && node.repeat !== undefined && !this.#repeats.has(node.id))
      this.#wrong(after, node, 'is to run again and nobody asked for it');
    if (node.isSuperseded === true && earlier?.isSuperseded === undefined && !this.#mayBeReplaced(after, node))
      this.#wrong(after, node, 'was tried again without reason');
  }

  #mayBeReplaced(after: Execution, node: NodeExecution): boolean {
    if (this.#replaced.has(node.id)) return true;
    const parent = parentOf(after, node);
    if (parent === undefined) return false;
    // The script of an approval is asked again and again.
    return parent.isSuperseded === true || this.plan.nodes[parent.nodeId]?.kind === 'step';
  }

  #atTheEnd(execution: Execution): void {
    const nodes = Object.values(execution.nodes);
    for (const node of nodes) {
      if (!isFinal(node.status)) this.#wrong(execution, node, 'never ended');
      if (isTakenOver(execution, node)) continue;
      const decision = decisionOf(this, execution, node);
      if (decision === 'skip' && node.status !== 'Skipped') this.#wrong(execution, node, 'had to be skipped');
      if (decision === 'run' && node.status === 'Skipped') this.#wrong(execution, node, 'had to run');
      if (decision === 'fail' && node.status === 'Skipped') this.#wrong(execution, node, 'had to fail');
      if (node.status === 'Skipped' && node.children.length > 0)
        this.#wrong(execution, node, 'was skipped but has children');
    }
    const root = nodes.find(({ parentId }) => parentId === undefined);
    if (root !== undefined && root.status !== execution.status)
      this.#wrong(execution, root, `is not what the execution is, ${execution.status}`);
    if (execution.parent !== undefined && root !== undefined && execution.outputs?.['told'] !== this.sketch.identifier)
      this.#wrong(execution, root, 'did not tell its parent who it is');
    this.#broken.push(...checkRollbacksTaken(this.plan, execution));
  }

  #expect(execution: Execution, node: NodeExecution, status: NodeStatus): void {
    if (node.status !== status) this.#wrong(execution, node, `had to be ${status}`);
  }

  #wrong(execution: Execution, node: NodeExecution, text: string): void {
    this.#broken.push(`${nameOf(execution, node)} is ${node.status} and ${text}`);
  }
}

const ROLLBACK_OF: Partial<Record<FailureAction['kind'], string>> = {
  StageRollback: 'stage',
  StepGroupRollback: 'stepGroup',
  PipelineRollback: 'pipeline',
};

function isBeingAborted(execution: Execution): boolean {
  if (execution.status === 'Aborted') return true;
  const root = Object.values(execution.nodes).find(({ parentId }) => parentId === undefined);
  return root?.stopping?.as === 'Aborted' || (root !== undefined && isBroken(root.status));
}
