/** Stages, groups, steps and the pipeline as objects of expressions (pipelines.md §3.5): their children and properties. */
import { expressionTree, secretReference, type ScopeObject, type ScopeValue } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import type { PipelineNode, PlanNode, PlanVariable, StageNode, StepNode } from '../plan/plan.ts';
import { aggregateLive } from './aggregate.ts';
import type { Execution, NodeExecution } from './execution.ts';
import { formatMs } from './format-ms.ts';
import { withInput } from './node-inputs.ts';
import { readOutput } from './secret-outputs.ts';
import { ownMatrix } from './scope-loops.ts';
import { loopedPlan, ownTurn, stateOf, type Seat, type SeatedView } from './scope-seats.ts';
import { isMap, member, memberList, memberText } from './spec-members.ts';
import { ENGINE_NAMES, isFinal } from './status.ts';

/** A stage, step group or step by its identifier; forks, loops and sections are not part of any address. */
export function childNamed(view: SeatedView, parent: Seat, identifier: string): Seat | undefined {
  const { plan, turns } = parent;
  if (plan.kind === 'step' || plan.kind === 'section') return undefined;
  if (plan.kind === 'strategy') return turnNamed(view, parent, identifier);
  for (const id of plan.children) {
    const child: Seat = { plan: view.draft.planNode(id), turns };
    switch (child.plan.kind) {
      case 'section':
        break;
      case 'fork':
      case 'strategy': {
        const found = childNamed(view, child, identifier);
        if (found !== undefined) return found;
        break;
      }
      default:
        if (child.plan.identifier === identifier) return child;
    }
  }
  return undefined;
}

/** `build_0` is the turn with that postfix (or number); `build` alone is a turn only from inside it. */
function turnNamed(view: SeatedView, strategy: Seat, identifier: string): Seat | undefined {
  const plan = loopedPlan(view, strategy);
  if (identifier === plan.identifier) return ownTurn(view, strategy);
  if (!identifier.startsWith(`${plan.identifier}_`)) return undefined;
  const postfix = identifier.slice(plan.identifier.length);
  const turns = (stateOf(view, strategy)?.children ?? []).map((id) => view.draft.get(id));
  const turn =
    turns.find(({ iteration }) => iteration?.postfix === postfix) ??
    turns.find(({ iteration }) => iteration !== undefined && `_${String(iteration.index)}` === postfix);
  return turn?.loop === undefined ? undefined : { plan, turns: turn.loop };
}

/** The first of the parents that has a child of the name. */
export function childrenObject(view: SeatedView, parents: readonly Seat[]): ScopeObject {
  return {
    get: (key) => {
      for (const parent of parents) {
        const found = childNamed(view, parent, key);
        if (found !== undefined) return nodeObject(view, found);
      }
      return view.draft.foresight?.child(view, parents, key);
    },
    names: () => parents.flatMap((parent) => childNames(view, parent)),
    toValue: () => null,
  };
}

export function executionObject(view: SeatedView, stage: Seat): ScopeObject {
  return {
    get: (key) => {
      if (key === 'steps') return childrenObject(view, [stage]);
      return key === 'rollbackSteps' ? childrenObject(view, rollbackOf(view, stage)) : undefined;
    },
    names: () => ['steps', 'rollbackSteps'],
    toValue: () => null,
  };
}

function rollbackOf(view: SeatedView, { plan, turns }: Seat): readonly Seat[] {
  if ((plan.kind !== 'stage' && plan.kind !== 'stepGroup') || plan.rollback === undefined) return [];
  return [{ plan: view.draft.planNode(plan.rollback), turns }];
}

export function nodeObject(view: SeatedView, seat: Seat): ScopeObject {
  const state = stateOf(view, seat);
  return {
    get: (key) =>
      view.draft.foresight?.property(view, seat, key) ??
      common(view, seat, state, key) ??
      specific(view, seat, state, key),
    names: () => PROPERTIES[seat.plan.kind],
    toValue: () => seat.plan.name,
  };
}

/** Nobody reads more names of turns. */
const TURN_NAMES_MAX = 50;

/** What may stand behind `steps.` and the like: turns by their own names. */
function childNames(view: SeatedView, parent: Seat): readonly string[] {
  const { plan, turns } = parent;
  if (plan.kind === 'step' || plan.kind === 'section') return [];
  if (plan.kind === 'strategy') {
    const turnsOf = (stateOf(view, parent)?.children ?? [])
      .slice(0, TURN_NAMES_MAX)
      .map((id) => view.draft.get(id).iteration?.postfix ?? '');
    return [plan.identifier, ...turnsOf.map((postfix) => plan.identifier + postfix)];
  }
  return plan.children.flatMap((id) => {
    const child = view.draft.planNode(id);
    const isPart = child.kind === 'fork' || child.kind === 'strategy' || child.kind === 'section';
    return isPart ? childNames(view, { plan: child, turns }) : [child.identifier];
  });
}

const COMMON = [
  ...['name', 'identifier', 'description', 'tags', 'status', 'currentStatus', 'liveStatus', 'startTs', 'endTs'],
  ...['executionUrl', 'timeout', 'identifierPostFix'],
];
/** The names of properties, for people who mistook one. */
const PROPERTIES: Readonly<Record<PlanNode['kind'], readonly string[]>> = {
  pipeline: [
    ...COMMON,
    ...['variables', 'stages', 'executionId', 'resumedExecutionId', 'sequenceId', 'executionMode', 'selectedStages'],
    ...['orgIdentifier', 'projectIdentifier', 'triggerType', 'triggeredBy', 'delegateSelectors', 'properties'],
  ],
  stage: [...COMMON, 'type', 'variables', 'delegateSelectors', 'matrix', 'output', 'spec'],
  stepGroup: [...COMMON, 'variables', 'steps', 'rollbackSteps', 'getParentStepGroup'],
  step: [...COMMON, 'type', 'spec', 'output', 'exitCode', 'retryCount'],
  section: [...COMMON, 'output'],
  rollback: COMMON,
  fork: COMMON,
  strategy: COMMON,
};

/** Properties that every kind of node has. */
function common(
  view: SeatedView,
  { plan }: Seat,
  state: NodeExecution | undefined,
  key: string,
): ScopeValue | undefined {
  switch (key) {
    case 'name':
      return state?.iteration?.label ?? plan.name + (state?.iteration?.postfix ?? '');
    case 'identifier':
      return plan.identifier + (state?.iteration?.postfix ?? '');
    case 'identifierPostFix':
      return state?.iteration?.postfix ?? '';
    case 'description':
      return plan.description ?? '';
    case 'tags':
      return plan.tags;
    case 'status':
      return ENGINE_NAMES[isBeginning(state) ? 'Running' : (state?.status ?? 'NotStarted')];
    case 'currentStatus':
      return liveStatus(view, state, false);
    case 'liveStatus':
      return liveStatus(view, state, true);
    case 'startTs':
      return state?.startedAt ?? null;
    case 'endTs':
      return state?.endedAt ?? null;
    case 'executionUrl':
      return view.draft.execution.executionUrl;
    case 'timeout':
      return state?.timeoutMs === undefined ? null : formatMs(state.timeoutMs);
    default:
      return undefined;
  }
}

/** Its own spec is being resolved. */
function isBeginning(state: NodeExecution | undefined): boolean {
  return state?.status === 'NotStarted' && state.startedAt !== undefined;
}

/** While a container goes on: what its children say so far; a failed child makes it failed already. Loops count by wish. */
function liveStatus(view: SeatedView, state: NodeExecution | undefined, withLoops: boolean): string {
  if (state === undefined) return ENGINE_NAMES.NotStarted;
  if (isFinal(state.status) || state.children.length === 0) return ENGINE_NAMES[state.status];
  const children = state.children
    .map((id) => view.draft.get(id))
    .filter(({ nodeId }) => withLoops || view.draft.planNode(nodeId).kind !== 'strategy')
    .map(({ status }) => status);
  const broken = children.find(
    (status) => status === 'Failed' || status === 'Errored' || status === 'Expired' || status === 'Aborted',
  );
  return ENGINE_NAMES[broken ?? aggregateLive(children)];
}

function specific(view: SeatedView, seat: Seat, state: NodeExecution | undefined, key: string): ScopeValue | undefined {
  const { plan } = seat;
  switch (plan.kind) {
    case 'pipeline':
      return pipelineProperty(view, seat, plan, key);
    case 'stage':
      return stageProperty(view, seat, plan, state, key);
    case 'stepGroup':
      if (key === 'variables') return variablesObject(view, seat, plan.variables);
      if (key === 'getParentStepGroup') return parentGroup(view, seat);
      if (key === 'rollbackSteps') return childrenObject(view, rollbackOf(view, seat));
      return key === 'steps' ? childrenObject(view, [seat]) : undefined;
    case 'step':
      return stepProperty(view, seat, plan, state, key);
    case 'section':
      return key === 'output' ? (readOutput(state?.outcomes) ?? null) : undefined;
    case 'rollback':
    case 'fork':
    case 'strategy':
      return undefined;
  }
}

function stepProperty(
  view: SeatedView,
  seat: Seat,
  plan: StepNode,
  state: NodeExecution | undefined,
  key: string,
): ScopeValue | undefined {
  switch (key) {
    case 'type':
      return plan.stepType;
    case 'spec':
      return stepSpec(view, seat, plan, state);
    case 'output':
      return readOutput(state?.outcomes) ?? null;
    case 'exitCode':
      return state?.exitCode ?? null;
    case 'retryCount':
      return state?.attempt ?? 0;
    default:
      return undefined;
  }
}

/** `spec.inputVariables` is written as a list, and its variables are called by their names. */
function stepSpec(view: SeatedView, seat: Seat, plan: StepNode, state: NodeExecution | undefined): ScopeValue {
  const isResolved = state?.stepParameters !== undefined;
  const spec = state?.stepParameters ?? withInput(plan.spec, state, 'spec');
  const asWritten = (value: Value): ScopeValue =>
    isResolved ? value : expressionTree(value, view.scopeAt(view, seat));
  const variables = memberList(spec, 'inputVariables');
  if (variables.length === 0) return asWritten(spec);
  return {
    get: (key) => {
      if (!isMap(spec) || !Object.hasOwn(spec, key)) return undefined;
      return key === 'inputVariables' ? namedValues(variables, asWritten) : asWritten(member(spec, key));
    },
    toValue: () => spec,
  };
}

function namedValues(variables: readonly Value[], asWritten: (value: Value) => ScopeValue): ScopeObject {
  return {
    get: (name) => {
      const variable = variables.find((candidate) => memberText(candidate, 'name') === name);
      return variable === undefined ? undefined : asWritten(member(variable, 'value'));
    },
    keys: () => variables.map((variable) => memberText(variable, 'name')),
    toValue: () => variables,
  };
}

function parentGroup(view: SeatedView, { plan, turns }: Seat): ScopeValue {
  let around = turns;
  for (let id = plan.parentId; id !== undefined;) {
    const parent: PlanNode = view.draft.planNode(id);
    if (parent.kind === 'strategy') around = around.slice(0, -1);
    if (parent.kind === 'stepGroup') return nodeObject(view, { plan: parent, turns: around });
    id = parent.parentId;
  }
  return null;
}

function pipelineProperty(view: SeatedView, seat: Seat, plan: PipelineNode, key: string): ScopeValue | undefined {
  const { execution } = view.draft;
  switch (key) {
    case 'variables':
      return variablesObject(view, seat, plan.variables);
    case 'stages':
      return childrenObject(view, [seat]);
    case 'executionId':
      return execution.id;
    case 'resumedExecutionId':
      return execution.retained?.rootExecutionId ?? execution.id;
    case 'sequenceId':
      return execution.runSequence;
    case 'executionMode':
      return executionMode(view);
    case 'selectedStages':
      return plan.selectedStages ?? allStages(view, seat);
    case 'orgIdentifier':
    case 'projectIdentifier':
      return execution.scope[key];
    case 'triggerType':
      return execution.cause.triggerType;
    case 'triggeredBy':
      return triggeredBy(execution);
    case 'storeType':
      return 'inline';
    case 'delegateSelectors':
      return plan.delegateSelectors;
    case 'properties':
      return plan.properties;
    // Before 2023: `pipeline.execution.Url`.
    case 'execution':
      return { Url: execution.executionUrl };
    default:
      return undefined;
  }
}

/** `PIPELINE_ROLLBACK` in what a pipeline rollback runs. */
function executionMode({ draft, vantage }: SeatedView): string {
  for (let node: NodeExecution | undefined = draft.get(vantage); node !== undefined;) {
    const plan = draft.planNode(node.nodeId);
    if (plan.kind === 'rollback' && plan.of === 'pipeline') return 'PIPELINE_ROLLBACK';
    node = node.parentId === undefined ? undefined : draft.get(node.parentId);
  }
  return 'NORMAL';
}

function allStages({ draft }: SeatedView, { plan }: Seat): readonly string[] {
  const below = (node: PlanNode): readonly string[] => {
    if (node.kind === 'stage') return [node.identifier];
    return 'children' in node ? node.children.flatMap((id) => below(draft.planNode(id))) : [];
  };
  return below(plan);
}

function triggeredBy({ cause }: Execution): Value {
  return {
    name: cause.triggeredBy.identifier,
    email: cause.triggeredBy.email ?? null,
    triggerIdentifier: cause.trigger?.identifier ?? null,
  };
}

function stageProperty(
  view: SeatedView,
  seat: Seat,
  plan: StageNode,
  state: NodeExecution | undefined,
  key: string,
): ScopeValue | undefined {
  switch (key) {
    case 'type':
      return plan.stageType;
    case 'variables':
      return variablesObject(view, seat, plan.variables);
    case 'delegateSelectors':
      return plan.delegateSelectors;
    case 'matrix':
      return ownMatrix(state);
    case 'output':
      return readOutput(state?.outcomes) ?? null;
    case 'execution':
      return undefined;
    case 'spec':
      return {
        get: (inner) => (inner === 'execution' ? executionObject(view, seat) : specProperty(view, seat, plan, inner)),
        toValue: () => plan.spec,
      };
    default:
      return undefined;
  }
}

/** A member of a stage's `spec`: author's text, seen from the stage. */
function specProperty(view: SeatedView, seat: Seat, plan: StageNode, key: string): ScopeValue | undefined {
  const spec = withInput(plan.spec, stateOf(view, seat), 'spec');
  if (typeof spec !== 'object' || spec === null || !Object.hasOwn(spec, key)) return undefined;
  return expressionTree((spec as { readonly [key: string]: Value })[key] ?? null, view.scopeAt(view, seat));
}

/** Variables are resolved when they are read, seen from the node that declares them. */
function variablesObject(view: SeatedView, owner: Seat, variables: readonly PlanVariable[]): ScopeObject {
  const valueOf = (variable: PlanVariable): Value => {
    const supplied = stateOf(view, owner)?.inputs?.[`variables.${variable.name}.value`];
    return supplied ?? variable.value;
  };
  return {
    get: (name) => {
      const variable = variables.find((candidate) => candidate.name === name);
      return variable === undefined ? undefined : variableValue(view, owner, variable, valueOf(variable));
    },
    keys: () => variables.map(({ name }) => name),
    toValue: () => Object.fromEntries(variables.map((variable) => [variable.name, valueOf(variable)])),
  };
}

function variableValue(view: SeatedView, owner: Seat, { type }: PlanVariable, value: Value): ScopeValue {
  if (type === 'Secret' && typeof value === 'string' && !value.includes('<+')) return secretReference(value);
  return expressionTree(value, view.scopeAt(view, owner));
}
