/**
 * Walks a plan as the engine would when every step succeeds at once, with a draft of its own: what the engine decides is asked
 * of the engine's own functions, and what they cannot tell yet shows as `Pending`.
 *
 * - P1 A node is decided before it is begun, begun before what is in it, and ended before what follows it: expressions see what
 *   they will see.
 * - P2 What may or may not run is walked as if it ran; from outside its state is unknown (W3).
 * - P3 A node that would fail is walked on as if its author had mended it.
 */
import { aggregateFinal } from '../engine/aggregate.ts';
import { Draft } from '../engine/draft.ts';
import type { Execution, Iteration } from '../engine/execution.ts';
import type { NodeExecutionId, NodeId } from '../engine/ids.ts';
import { createTurns, decideLoop, labelTurn } from '../engine/loops.ts';
import { ancestry, appendChild, createNode, nodeIdentity } from '../engine/nodes.ts';
import type { PlanNode, RollbackNode, StrategyNode } from '../plan/plan.ts';
import type { YamlNode } from '../language/yaml-node.ts';
import type { Value } from '../expressions/values.ts';
import { strategiesInForce } from './failure-words.ts';
import type { Viewpoint } from './foreseen-texts.ts';
import { NodeReader } from './node-reader.ts';
import type { Notes } from './notes.ts';
import type { Outlook, PreviewLoop, PreviewNode, PreviewProblem, Wait } from './preview.ts';
import { PreviewForesight } from './preview-foresight.ts';
import { askForInputs, attempt, startChain, startSection, startStep, startTimeout, type Ground } from './start-node.ts';

/** The place that somebody asks about: the walk ends there. */
export interface Goal {
  readonly node: NodeId;
  /** `skipped`: the names of what holds it and would be skipped. */
  arrive(viewpoint: Viewpoint, outlook: Outlook, skipped: readonly string[]): void;
}

/** Nothing is wrong: the walk has come to the place it was to find. */
class Arrived extends Error {}

export class Walker {
  readonly #draft: Draft;
  readonly #notes: Notes;
  readonly #ground: Ground;
  readonly #reader: NodeReader;
  readonly #goal: Goal | undefined;
  /** What holds the goal is entered, whether or not it would run. */
  readonly #wayToGoal: ReadonlySet<NodeId>;
  readonly #skippedOnTheWay: string[] = [];

  constructor(execution: Execution, notes: Notes, yaml: YamlNode | undefined, goal?: Goal) {
    this.#draft = new Draft(execution, execution.createdAt, new PreviewForesight(notes));
    this.#notes = notes;
    this.#ground = { draft: this.#draft, notes };
    this.#reader = new NodeReader(this.#draft, notes, yaml);
    this.#goal = goal;
    this.#wayToGoal = new Set(goal === undefined ? [] : this.#around(goal.node));
  }

  get problems(): readonly PreviewProblem[] {
    return this.#reader.problems;
  }

  /** The whole pipeline; `undefined` when the goal was reached. */
  walk(): PreviewNode | undefined {
    const { execution } = this.#draft;
    this.#draft.patchExecution({ status: 'Running', startedAt: this.#draft.at });
    const plan = this.#draft.planNode(execution.plan.rootId);
    try {
      return this.#open(createNode(this.#draft, plan, undefined), plan);
    } catch (thrown) {
      if (thrown instanceof Arrived) return undefined;
      throw thrown;
    }
  }

  #around(id: NodeId): readonly NodeId[] {
    const { parentId } = this.#draft.planNode(id);
    return parentId === undefined ? [id] : [id, ...this.#around(parentId)];
  }

  /** Decides, and walks on into what runs or may run. */
  #open(id: NodeExecutionId, plan: PlanNode): PreviewNode {
    const outlook = this.#reader.decide(id, plan);
    this.#draft.update(id, { startedAt: this.#draft.at });
    const isSkipped = outlook.kind === 'skipped';
    if (isSkipped && !this.#wayToGoal.has(plan.id)) {
      const expressions = this.#reader.conditionTexts(id, plan);
      this.#draft.end(id, 'Skipped');
      return this.#nodeOf(id, plan, outlook, { expressions });
    }
    if (isSkipped && plan.id !== this.#goal?.node) this.#skippedOnTheWay.push(plan.name);
    if (outlook.kind === 'depends') {
      const why = outlook.waitsFor.map(({ text }) => text).join(', ');
      const wait: Wait = { kind: 'decision', node: plan.fqn, text: `whether ${plan.name} runs (${why})` };
      this.#notes.unsure.set(id, wait);
    }
    return this.#begin(id, plan, outlook);
  }

  #begin(id: NodeExecutionId, plan: PlanNode, decided: Outlook): PreviewNode {
    const [timeout, whyNot] = startTimeout(this.#ground, id, plan);
    const outlook = this.#reader.orFails(plan, decided, whyNot);
    askForInputs(this.#ground, id, plan);
    if (plan.id === this.#goal?.node) {
      this.#goal.arrive(this.#reader.viewpoint(id, plan), outlook, this.#skippedOnTheWay);
      throw new Arrived();
    }
    const expressions = [...this.#reader.conditionTexts(id, plan), ...this.#reader.texts(id, plan)];
    const found = { expressions, ...(timeout === undefined ? {} : { timeout }) };
    switch (plan.kind) {
      case 'step': {
        const why = startStep(this.#ground, id, plan);
        return this.#nodeOf(id, plan, this.#reader.orFails(plan, outlook, why), found);
      }
      case 'section': {
        const why = startSection(this.#ground, id, plan);
        return this.#nodeOf(id, plan, this.#reader.orFails(plan, outlook, why), found);
      }
      case 'strategy':
        return this.#loop(id, plan, outlook, found);
      case 'stage':
        if (plan.chain !== undefined) {
          const why = startChain(this.#ground, id, plan.chain);
          this.#finish(id);
          return this.#nodeOf(id, plan, this.#reader.orFails(plan, outlook, why), found);
        }
        return this.#contain(id, plan, outlook, found);
      case 'fork':
      case 'pipeline':
      case 'stepGroup':
      case 'rollback':
        return this.#contain(id, plan, outlook, found);
    }
  }

  #contain(
    id: NodeExecutionId,
    plan: Exclude<PlanNode, { readonly kind: 'step' | 'section' | 'strategy' }>,
    decided: Outlook,
    found: Found,
  ): PreviewNode {
    this.#draft.update(id, { status: 'Running' });
    const plans = plan.children.map((child) => this.#draft.planNode(child));
    const make = (child: PlanNode): NodeExecutionId => {
      const made = createNode(this.#draft, child, id);
      appendChild(this.#draft, id, made);
      return made;
    };
    // Members of a fork are all there before the first of them decides.
    const made = plan.kind === 'fork' ? plans.map(make) : [];
    const children = plans.map((child, index) => this.#open(made[index] ?? make(child), child));
    this.#finish(id);
    const rollback = 'rollback' in plan && plan.rollback !== undefined ? [this.#rollback(plan.rollback)].flat() : [];
    return this.#nodeOf(id, plan, decided, { ...found, children: [...children, ...rollback] });
  }

  #finish(id: NodeExecutionId): void {
    const { children, status } = this.#draft.get(id);
    if (status !== 'Running') this.#draft.update(id, { status: 'Running' });
    this.#draft.end(id, aggregateFinal(children.map((child) => this.#draft.get(child).status)));
  }

  #loop(id: NodeExecutionId, plan: StrategyNode, decided: Outlook, found: Found): PreviewNode {
    const looped = this.#draft.planNode(plan.children[0] as NodeId);
    const loop = attempt(id, this.#notes.openLoops, () => decideLoop(this.#draft, id, plan));
    if (loop?.kind === 'value') {
      const { turns, slots } = loop.value;
      const made = createTurns(this.#draft, id, plan, loop.value);
      if (slots === 1) this.#notes.serialLoops.add(id);
      for (const turn of made) {
        attempt(turn, this.#notes.openLabels, () => labelTurn(this.#draft, turn, plan.loop));
        if (slots < turns.length) this.#draft.update(turn, { status: 'Queued' });
      }
      const children = made.map((turn) => this.#turn(turn, looped));
      this.#finish(id);
      const shown: PreviewLoop = { kind: 'expanded', turns: turns.length, atOnce: slots };
      return this.#nodeOf(id, plan, decided, { ...found, loop: shown, children });
    }
    const why = loop?.message;
    const wait = this.#notes.openLoops.get(id) ?? { kind: 'turn', node: plan.fqn, text: `the turns of ${plan.name}` };
    const child = this.#openTurn(id, plan, looped, wait);
    this.#finish(id);
    const shown: PreviewLoop = { kind: 'knownLater', waitsFor: [wait] };
    return this.#nodeOf(id, plan, this.#reader.orFails(plan, decided, why), {
      ...found,
      loop: shown,
      children: [child],
    });
  }

  #turn(turn: NodeExecutionId, looped: PlanNode): PreviewNode {
    // As the engine does: its slot is taken before it is opened.
    this.#draft.update(turn, { startedAt: this.#draft.at });
    return this.#open(turn, looped);
  }

  /** One turn that stands for all of a loop whose turns are not known. */
  #openTurn(id: NodeExecutionId, plan: StrategyNode, looped: PlanNode, why: Wait): PreviewNode {
    const { loop = [] } = this.#draft.get(id);
    const iteration: Iteration = {
      index: -1,
      total: -1,
      postfix: '',
      ...(plan.loop.kind === 'matrix' ? { matrix: {} } : {}),
    };
    const turn = createNode(this.#draft, looped, id, { loop: [...loop, 0], iteration });
    this.#draft.update(id, { status: 'Running', children: [turn] });
    this.#notes.openLoops.set(id, why);
    this.#notes.openTurns.set(turn, {
      kind: 'turn',
      node: plan.fqn,
      text: `the turn of ${plan.name}, whose loop waits for ${why.text}`,
    });
    return this.#turn(turn, looped);
  }

  /** Rollback steps are listed, not walked: they run when something fails. */
  #rollback(id: NodeId): readonly PreviewNode[] {
    const plan = this.#draft.planNode(id) as RollbackNode;
    return plan.children.length === 0 ? [] : [this.#unwalked(plan)];
  }

  #unwalked(plan: PlanNode): PreviewNode {
    const children = 'children' in plan ? plan.children.map((child) => this.#draft.planNode(child)) : [];
    return {
      kind: plan.kind,
      identifier: plan.identifier,
      name: plan.name,
      ...typeOf(plan),
      address: plan.fqn,
      line: plan.line,
      outlook: { kind: 'skipped', why: 'it runs only when something before fails' },
      failureStrategies: [],
      expressions: [],
      children: children.map((child) => this.#unwalked(child)),
    };
  }

  #nodeOf(id: NodeExecutionId, plan: PlanNode, outlook: Outlook, found: Found): PreviewNode {
    const node = this.#draft.get(id);
    const { execution, nodes } = this.#draft;
    const identity = nodeIdentity({ plan: execution.plan, nodes }, node);
    const { iteration } = node;
    const around = [...ancestry(this.#draft, id)].map(({ plan: holder }) => holder);
    const { children = [], ...rest } = found;
    return {
      kind: plan.kind,
      identifier: identity.identifier,
      name: identity.name,
      ...typeOf(plan),
      address: identity.fqn,
      line: plan.line,
      outlook,
      failureStrategies: strategiesInForce(around),
      ...(iteration === undefined || iteration.index < 0
        ? {}
        : { turn: { index: iteration.index, values: turnValues(iteration) } }),
      ...rest,
      children,
    };
  }
}

type Found = Pick<PreviewNode, 'expressions' | 'timeout' | 'loop'> & { readonly children?: readonly PreviewNode[] };

function typeOf(plan: PlanNode): Pick<PreviewNode, 'type'> {
  if (plan.kind === 'step') return { type: plan.stepType };
  return plan.kind === 'stage' ? { type: plan.stageType } : {};
}

function turnValues({ matrix, item, partition }: Iteration): Value {
  return matrix ?? item ?? partition ?? null;
}
