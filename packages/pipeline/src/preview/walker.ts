/**
 * Walks a plan as the engine would when every step succeeds at once, with a draft of its own: what the engine decides is asked
 * of the engine's own functions, and what they cannot tell yet shows as `Pending`.
 *
 * - P1 A node is decided before it is begun, begun before what is in it, and ended before what follows it: expressions see what
 *   they will see.
 * - P2 What may or may not run is walked as if it ran; from outside its state is unknown (W3).
 * - P3 A node that would fail is walked on as if its author had mended it.
 */
import { foreseeCondition } from '../expressions/foresee.ts';
import { Pending } from '../expressions/errors.ts';
import { aggregateFinal } from '../engine/aggregate.ts';
import { Draft } from '../engine/draft.ts';
import { resolveSpec, resolveValue } from '../engine/evaluation.ts';
import type { Execution, Iteration } from '../engine/execution.ts';
import type { NodeExecutionId, NodeId } from '../engine/ids.ts';
import { createTurns, decideLoop, labelTurn } from '../engine/loops.ts';
import { withInput } from '../engine/node-inputs.ts';
import { ancestry, appendChild, createNode, nodeIdentity } from '../engine/nodes.ts';
import { executionScope } from '../engine/scope.ts';
import { resolveSection, sectionSpec } from '../engine/sections.ts';
import { resolveTimeout } from '../engine/timeout.ts';
import { decideWhen, whenOf } from '../engine/when.ts';
import type { ExpressionScope } from '../expressions/scope.ts';
import type { PlanNode, RollbackNode, SectionNode, StrategyNode } from '../plan/plan.ts';
import type { YamlNode } from '../language/yaml-node.ts';
import type { Value } from '../expressions/values.ts';
import { authorTexts, type AuthorText } from './author-texts.ts';
import { strategiesInForce } from './failure-words.ts';
import { foreseeTexts, nullsOf, type Viewpoint } from './foreseen-texts.ts';
import type { Notes } from './notes.ts';
import { findNodeYaml, placeOf, type TextPlace } from './places.ts';
import type {
  Outlook,
  PreviewCondition,
  PreviewExpression,
  PreviewLoop,
  PreviewNode,
  PreviewProblem,
  PreviewTimeout,
  Wait,
} from './preview.ts';
import { ASKED_ROOT, PreviewForesight } from './preview-foresight.ts';
import { readWait, readWaits } from './waits.ts';

/** The place that somebody asks about: the walk ends there. */
export interface Goal {
  readonly node: NodeId;
  /** `skipped`: the names of what holds it and would be skipped. */
  arrive(viewpoint: Viewpoint, outlook: Outlook, skipped: readonly string[]): void;
}

/** Nothing is wrong: the walk has come to the place it was to find. */
class Arrived extends Error {}

export class Walker {
  readonly problems: PreviewProblem[] = [];
  readonly #draft: Draft;
  readonly #notes: Notes;
  /** The map under `pipeline` as its author wrote it, templates in place. */
  readonly #yaml: YamlNode | undefined;
  readonly #goal: Goal | undefined;
  /** What holds the goal is entered, whether or not it would run. */
  readonly #wayToGoal: ReadonlySet<NodeId>;
  readonly #skippedOnTheWay: string[] = [];

  constructor(execution: Execution, notes: Notes, yaml: YamlNode | undefined, goal?: Goal) {
    this.#draft = new Draft(execution, execution.createdAt, new PreviewForesight(notes));
    this.#notes = notes;
    this.#yaml = yaml;
    this.#goal = goal;
    this.#wayToGoal = new Set(goal === undefined ? [] : this.#around(goal.node));
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
    const outlook = this.#decide(id, plan);
    this.#draft.update(id, { startedAt: this.#draft.at });
    const isSkipped = outlook.kind === 'skipped';
    if (isSkipped && !this.#wayToGoal.has(plan.id)) {
      const expressions = this.#condition(id, plan);
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

  #decide(id: NodeExecutionId, plan: PlanNode): Outlook {
    const { status, condition: text } = whenOf(this.#draft, plan);
    try {
      const decision = decideWhen(this.#draft, id);
      const { record } = decision;
      const condition: PreviewCondition = {
        status,
        ...(text === undefined ? {} : { text }),
        parts: record.expressions,
      };
      const isPlain = text === undefined && status === 'Success';
      switch (decision.kind) {
        case 'run':
          return { kind: 'runs', ...(isPlain || plan.kind === 'fork' ? {} : { condition }) };
        case 'skip':
          return { kind: 'skipped', why: skippedBecause(record.statusHolds), condition };
        case 'error':
          this.#problem(
            plan,
            this.#place(plan, ['when', 'condition'], text ?? '', 0),
            decision.failure.message,
            undefined,
            true,
          );
          return { kind: 'fails', message: decision.failure.message, condition };
      }
    } catch (thrown) {
      if (!(thrown instanceof Pending) || text === undefined) throw thrown;
      return this.#foreseeWhen(id, plan, status, text);
    }
  }

  #foreseeWhen(id: NodeExecutionId, plan: PlanNode, status: PreviewCondition['status'], text: string): Outlook {
    const viewpoint = this.#viewpoint(id, plan);
    const foreseen = foreseeCondition(text, viewpoint.scope, nullsOf(viewpoint));
    const parts = foreseen.trace.map((part) =>
      'value' in part ? part : { expression: part.expression, waitsFor: readWaits(part.waitsFor) },
    );
    const condition: PreviewCondition = { status, text, parts };
    switch (foreseen.kind) {
      case 'value':
        return foreseen.holds ? { kind: 'runs', condition } : { kind: 'skipped', why: skippedBecause(true), condition };
      case 'later':
        return { kind: 'depends', waitsFor: readWaits(foreseen.waitsFor), condition };
      case 'error': {
        const message = `The condition of ${plan.name} cannot be evaluated: ${foreseen.error.message}`;
        this.#problem(plan, this.#place(plan, ['when', 'condition'], text, 0), message, undefined, true);
        return { kind: 'fails', message, condition };
      }
    }
  }

  #begin(id: NodeExecutionId, plan: PlanNode, decided: Outlook): PreviewNode {
    const [timeout, whyNot] = this.#timeout(id, plan);
    const outlook = this.#orFails(plan, decided, whyNot);
    this.#ask(id, plan);
    if (plan.id === this.#goal?.node) {
      this.#goal.arrive(this.#viewpoint(id, plan), outlook, this.#skippedOnTheWay);
      throw new Arrived();
    }
    const expressions = [...this.#condition(id, plan), ...this.#texts(id, plan)];
    const found = { expressions, ...(timeout === undefined ? {} : { timeout }) };
    switch (plan.kind) {
      case 'step': {
        const why = this.#startStep(id, plan);
        return this.#nodeOf(id, plan, this.#orFails(plan, outlook, why), found);
      }
      case 'section': {
        const why = this.#startSection(id, plan);
        return this.#nodeOf(id, plan, this.#orFails(plan, outlook, why), found);
      }
      case 'strategy':
        return this.#loop(id, plan, outlook, found);
      case 'stage':
        if (plan.chain !== undefined) {
          const why = this.#startChain(id, plan.chain);
          this.#finish(id);
          return this.#nodeOf(id, plan, this.#orFails(plan, outlook, why), found);
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

  #startStep(id: NodeExecutionId, plan: Extract<PlanNode, { readonly kind: 'step' }>): string | undefined {
    let why: string | undefined;
    // A custom approval has its script resolved by the step that asks.
    const isLate = plan.stepType === 'CustomApproval';
    const spec = this.#attempt(id, this.#notes.openSpecs, () => resolveSpec(this.#draft, id, plan));
    if (isLate) this.#notes.openSpecs.set(id, { kind: 'time', node: plan.fqn, text: `what ${plan.name} is told` });
    if (spec?.kind === 'error') why = `${plan.name} cannot start: ${spec.message}`;
    this.#draft.update(id, {
      status: 'Running',
      ...(spec?.kind === 'value' && !isLate ? { stepParameters: spec.value.value } : {}),
    });
    this.#draft.end(id, 'Success');
    return why;
  }

  /** One that is not known as a whole has no end: its parts are then asked for one by one. */
  #startSection(id: NodeExecutionId, plan: SectionNode): string | undefined {
    const resolved = this.#attempt(id, this.#notes.openSpecs, () => resolveSection(this.#draft, id, plan));
    this.#draft.update(id, { status: 'Running' });
    if (resolved?.kind === 'value') {
      const { spec, outcomes } = resolved.value;
      this.#draft.update(id, { stepParameters: spec });
      this.#draft.end(id, 'Success', { outcomes });
    } else this.#draft.update(id, { status: 'Success' });
    return resolved?.kind === 'error' ? resolved.message : undefined;
  }

  #startChain(
    id: NodeExecutionId,
    { orgIdentifier, projectIdentifier, pipelineIdentifier, inputs, inputSetReferences }: Chain,
  ): string | undefined {
    const asked = {
      orgIdentifier,
      projectIdentifier,
      pipelineIdentifier,
      inputs,
      inputSetReferences: [...inputSetReferences],
    };
    const resolved = this.#attempt(id, this.#notes.openSpecs, () => resolveValue(this.#draft, id, asked));
    return resolved?.kind === 'error' ? resolved.message : undefined;
  }

  #loop(id: NodeExecutionId, plan: StrategyNode, decided: Outlook, found: Found): PreviewNode {
    const looped = this.#draft.planNode(plan.children[0] as NodeId);
    const loop = this.#attempt(id, this.#notes.openLoops, () => decideLoop(this.#draft, id, plan));
    if (loop?.kind === 'value') {
      const { turns, slots } = loop.value;
      const made = createTurns(this.#draft, id, plan, loop.value);
      if (slots === 1) this.#notes.serialLoops.add(id);
      for (const turn of made) {
        this.#label(turn, plan);
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
    return this.#nodeOf(id, plan, this.#orFails(plan, decided, why), { ...found, loop: shown, children: [child] });
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
    const shown = this.#turn(turn, looped);
    return shown;
  }

  #label(turn: NodeExecutionId, plan: StrategyNode): void {
    try {
      labelTurn(this.#draft, turn, plan.loop);
    } catch (thrown) {
      if (!(thrown instanceof Pending)) throw thrown;
    }
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

  /** `undefined` = it is known later; noted as such. */
  #attempt<T>(id: NodeExecutionId, notes: Map<NodeExecutionId, Wait>, decide: () => T): T | undefined {
    try {
      return decide();
    } catch (thrown) {
      if (!(thrown instanceof Pending)) throw thrown;
      notes.set(id, readWait(thrown.waitsFor));
      return undefined;
    }
  }

  #timeout(id: NodeExecutionId, plan: PlanNode): readonly [PreviewTimeout | undefined, string?] {
    const isAsked = plan.executionInputs?.some(({ path }) => path.join('.') === 'timeout') === true;
    const asked: Wait = { kind: 'executionInput', node: plan.fqn, text: `the timeout of ${plan.name}, asked for then` };
    if (isAsked) this.#notes.openTimeouts.set(id, asked);
    const resolved = isAsked
      ? undefined
      : this.#attempt(id, this.#notes.openTimeouts, () => resolveTimeout(this.#draft, id));
    if (resolved === undefined) {
      const wait = this.#notes.openTimeouts.get(id);
      return [{ kind: 'knownLater', waitsFor: wait === undefined ? [] : [wait] }];
    }
    if (resolved.kind === 'error') return [undefined, resolved.failure.message];
    if (resolved.ms === undefined) return [undefined];
    this.#draft.update(id, { timeoutMs: resolved.ms });
    return [{ kind: 'value', ms: resolved.ms, isDefault: plan.timeout === undefined }];
  }

  /** Where people are asked for values there stands a name for them. */
  #ask(id: NodeExecutionId, { executionInputs = [] }: PlanNode): void {
    if (executionInputs.length === 0) return;
    const inputs = executionInputs.map(({ path }): [string, Value] => {
      const written = path.join('.');
      return [written, `<+${ASKED_ROOT}[${JSON.stringify(written)}]>`];
    });
    this.#draft.update(id, { inputs: Object.fromEntries(inputs) });
  }

  #condition(id: NodeExecutionId, plan: PlanNode): readonly PreviewExpression[] {
    const { condition } = plan.when;
    if (condition === undefined || !condition.includes('<+')) return [];
    // Seen as it is when the condition is judged; what is not there is asked about in it, and no mistake.
    return this.#foresee(id, plan, [{ path: ['when', 'condition'], text: condition }]).map((expression) =>
      expression.result.kind === 'neverKnown'
        ? { ...expression, result: { ...expression.result, fails: false } }
        : expression,
    );
  }

  #texts(id: NodeExecutionId, plan: PlanNode): readonly PreviewExpression[] {
    const state = this.#draft.get(id);
    const section = plan.kind === 'section' ? sectionSpec(this.#draft, id, plan) : undefined;
    const asked = 'spec' in plan ? { ...plan, spec: withInput(plan.spec, state, 'spec') } : plan;
    return this.#foresee(id, plan, [...authorTexts(withAskedVariables(asked, state.inputs), section)]);
  }

  #foresee(id: NodeExecutionId, plan: PlanNode, texts: readonly AuthorText[]): readonly PreviewExpression[] {
    if (texts.length === 0) return [];
    const yaml = this.#yamlOf(plan);
    const viewpoint = this.#viewpoint(id, plan);
    const place = ({ path, text }: AuthorText, offset: number): TextPlace =>
      yaml === undefined ? { line: plan.line } : placeOf(yaml, path, text, offset);
    const isVariable = ({ path }: AuthorText): boolean => path[0] === 'variables';
    this.#notes.isReadLater = true;
    const late = foreseeTexts(texts.filter(isVariable), viewpoint, place);
    this.#notes.isReadLater = false;
    const own = foreseeTexts(
      texts.filter((text) => !isVariable(text)),
      viewpoint,
      place,
    );
    const expressions = [...late, ...own];
    for (const { text, result, ...at } of expressions) {
      if (result.kind === 'neverKnown' && at.path !== 'when.condition')
        this.#problem(plan, at, `${text} of ${at.path}: ${result.message}`, result.hint, result.fails);
      if (result.kind === 'knownLater' && result.doubt !== undefined)
        this.#problem(plan, at, `${text} of ${at.path}: ${result.doubt.message}`, result.doubt.hint);
    }
    return expressions;
  }

  #viewpoint(id: NodeExecutionId, plan: PlanNode): Viewpoint {
    const { execution } = this.#draft;
    return {
      scope: executionScope(this.#draft, id),
      nulls: execution.switches?.unresolved,
      node: plan.fqn,
      around: () => this.#namesAround(id),
      hasEvent: execution.cause.trigger !== undefined,
    };
  }

  /** Identifiers that are found by walking outwards. */
  #namesAround(id: NodeExecutionId): readonly string[] {
    const scope: ExpressionScope = executionScope(this.#draft, id);
    const objects = ['steps', 'stages'].map((name) => scope.root(name));
    return objects.flatMap((object) =>
      typeof object === 'object' && object !== null && 'names' in object && typeof object.names === 'function'
        ? (object.names() as readonly string[])
        : [],
    );
  }

  #orFails(plan: PlanNode, decided: Outlook, why: string | undefined): Outlook {
    if (why === undefined || decided.kind === 'fails') return decided;
    // Where an expression is to blame, that was said already.
    if (!this.problems.some(({ node, isFatal }) => node === plan.fqn && isFatal))
      this.#problem(plan, { line: plan.line }, why, undefined, true);
    return {
      kind: 'fails',
      message: why,
      ...('condition' in decided && decided.condition !== undefined ? { condition: decided.condition } : {}),
    };
  }

  #problem(plan: PlanNode, { line, document }: TextPlace, message: string, hint?: string, isFatal = false): void {
    const problem: PreviewProblem = {
      node: plan.fqn,
      line,
      ...(document === undefined ? {} : { document }),
      message,
      ...(hint === undefined ? {} : { hint }),
      isFatal,
    };
    // Each turn of a loop says the same.
    if (!this.problems.some((known) => known.message === message && known.line === line)) this.problems.push(problem);
  }

  #place(plan: PlanNode, path: AuthorText['path'], text: string, offset: number): TextPlace {
    const yaml = this.#yamlOf(plan);
    return yaml === undefined ? { line: plan.line } : placeOf(yaml, path, text, offset);
  }

  #yamlOf(plan: PlanNode): YamlNode | undefined {
    return this.#yaml === undefined ? undefined : findNodeYaml(this.#yaml, plan.fqn);
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

type Chain = NonNullable<Extract<PlanNode, { readonly kind: 'stage' }>['chain']>;
type Found = Pick<PreviewNode, 'expressions' | 'timeout' | 'loop'> & { readonly children?: readonly PreviewNode[] };

function skippedBecause(statusHolds: boolean): string {
  return statusHolds ? 'its condition does not hold' : 'it runs only when something before fails';
}

function typeOf(plan: PlanNode): Pick<PreviewNode, 'type'> {
  if (plan.kind === 'step') return { type: plan.stepType };
  return plan.kind === 'stage' ? { type: plan.stageType } : {};
}

function turnValues({ matrix, item, partition }: Iteration): Value {
  return matrix ?? item ?? partition ?? null;
}

function withAskedVariables(plan: PlanNode, inputs: Readonly<Record<string, Value>> | undefined): PlanNode {
  if (!('variables' in plan) || inputs === undefined) return plan;
  const variables = plan.variables.map((variable) => ({
    ...variable,
    value: inputs[`variables.${variable.name}.value`] ?? variable.value,
  }));
  return { ...plan, variables };
}
