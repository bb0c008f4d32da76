/**
 * What names mean at a node of a running execution (pipelines.md §3.4, §3.5): aliases first, then a walk outwards from the
 * node until a child or a property of that name is found. Everything is looked up late and lazily.
 */
import {
  expressionTree,
  secretReference,
  type ExpressionScope,
  type ScopeObject,
  type ScopeValue,
} from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import type { PipelineNode, PlanNode, PlanVariable, StageNode } from '../plan/plan.ts';
import { assertInvariant } from './assert.ts';
import type { ExecutionHeader, NodeExecution } from './execution.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';
import { aggregateLive } from './aggregate.ts';
import { ENGINE_NAMES, isFinal } from './status.ts';
import { triggerScope } from '../triggers/trigger-scope.ts';

interface View {
  readonly execution: ExecutionHeader;
  readonly nodes: Readonly<Record<NodeExecutionId, NodeExecution>>;
  readonly states: ReadonlyMap<NodeId, NodeExecution>;
}

/** The scope seen from one plan node. */
export function executionScope(execution: ExecutionHeader, nodes: View['nodes'], at: NodeId): ExpressionScope {
  const states = new Map(Object.values(nodes).map((node) => [node.nodeId, node]));
  return scopeAt({ execution, nodes, states }, at);
}

function scopeAt(view: View, at: NodeId): ExpressionScope {
  const path = pathOf(view, at);
  return { root: (name) => alias(view, path, name) ?? walkOutwards(view, path, name) };
}

/** The node and its ancestors, innermost first. */
function pathOf(view: View, at: NodeId): readonly PlanNode[] {
  const node = planNode(view, at);
  return node.parentId === undefined ? [node] : [node, ...pathOf(view, node.parentId)];
}

function planNode(view: View, id: NodeId): PlanNode {
  const node = view.execution.plan.nodes[id];
  assertInvariant(node !== undefined, `plan has no node ${id}`);
  return node;
}

function alias(view: View, path: readonly PlanNode[], name: string): ScopeValue | undefined {
  const nearest = (kind: PlanNode['kind']): ScopeValue | undefined => {
    const node = path.find((candidate) => candidate.kind === kind);
    return node === undefined ? undefined : nodeObject(view, node);
  };
  switch (name) {
    case 'pipeline':
    case 'stage':
    case 'stepGroup':
    case 'step':
      return nearest(name);
    case 'stages':
      return childrenObject(view, [planNode(view, view.execution.plan.rootId)]);
    case 'steps':
      return childrenObject(
        view,
        path.filter((node) => node.kind === 'stage' || node.kind === 'stepGroup'),
      );
    case 'execution': {
      const stage = path.find((node) => node.kind === 'stage');
      return stage === undefined ? undefined : executionObject(view, stage);
    }
    case 'trigger':
    case 'eventPayload':
      return triggerRoot(view, name);
    case 'account':
      return { identifier: view.execution.scope.accountId };
    case 'org':
      return { identifier: view.execution.scope.orgIdentifier };
    case 'project':
      return { identifier: view.execution.scope.projectIdentifier };
    default:
      return undefined;
  }
}

/** A run without a trigger has no `trigger`: its expressions are null. */
function triggerRoot(view: View, name: 'trigger' | 'eventPayload'): ScopeValue | undefined {
  const { trigger } = view.execution.cause;
  return trigger === undefined ? null : triggerScope({ payload: trigger.payload, headers: trigger.headers }).root(name);
}

function walkOutwards(view: View, path: readonly PlanNode[], name: string): ScopeValue | undefined {
  for (const node of path) {
    const found = childNamed(view, node, name) ?? nodeObject(view, node).get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A stage, step group or step by its identifier; forks are not part of any address. */
function childNamed(view: View, parent: PlanNode, identifier: string): ScopeObject | undefined {
  if (parent.kind === 'step') return undefined;
  for (const id of parent.children) {
    const child = planNode(view, id);
    if (child.kind === 'fork') {
      const found = childNamed(view, child, identifier);
      if (found !== undefined) return found;
    } else if (child.identifier === identifier) {
      return nodeObject(view, child);
    }
  }
  return undefined;
}

function childrenObject(view: View, parents: readonly PlanNode[]): ScopeObject {
  return {
    get: (key) => {
      for (const parent of parents) {
        const found = childNamed(view, parent, key);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    toValue: () => null,
  };
}

function executionObject(view: View, stage: PlanNode): ScopeObject {
  return { get: (key) => (key === 'steps' ? childrenObject(view, [stage]) : undefined), toValue: () => null };
}

function nodeObject(view: View, node: PlanNode): ScopeObject {
  const state = view.states.get(node.id);
  return {
    get: (key) => common(view, node, state, key) ?? specific(view, node, state, key),
    toValue: () => node.name,
  };
}

/** Properties that every kind of node has. */
function common(view: View, node: PlanNode, state: NodeExecution | undefined, key: string): ScopeValue | undefined {
  switch (key) {
    case 'name':
    case 'identifier':
      return node[key];
    case 'description':
      return node.description ?? '';
    case 'tags':
      return node.tags;
    case 'status':
    case 'currentStatus':
    case 'liveStatus':
      return key === 'status' && state !== undefined ? ENGINE_NAMES[state.status] : liveStatus(view, state);
    case 'startTs':
      return state?.startedAt ?? null;
    case 'endTs':
      return state?.endedAt ?? null;
    case 'executionUrl':
      return view.execution.executionUrl;
    case 'timeout':
      return state?.timeoutMs === undefined ? null : `${state.timeoutMs}ms`;
    default:
      return undefined;
  }
}

/** While a container goes on: what its children say so far; a failed child makes it failed already. */
function liveStatus(view: View, state: NodeExecution | undefined): string {
  if (state === undefined) return ENGINE_NAMES.NotStarted;
  if (isFinal(state.status) || state.children.length === 0) return ENGINE_NAMES[state.status];
  const children = state.children.flatMap((id) => view.nodes[id]?.status ?? []);
  const broken = children.find(
    (status) => status === 'Failed' || status === 'Errored' || status === 'Expired' || status === 'Aborted',
  );
  return ENGINE_NAMES[broken ?? aggregateLive(children)];
}

function specific(view: View, node: PlanNode, state: NodeExecution | undefined, key: string): ScopeValue | undefined {
  switch (node.kind) {
    case 'pipeline':
      return pipelineProperty(view, node, key);
    case 'stage':
      return stageProperty(view, node, key);
    case 'stepGroup':
      if (key === 'variables') return variablesObject(view, node.id, node.variables);
      return key === 'steps' ? childrenObject(view, [node]) : undefined;
    case 'step':
      if (key === 'type') return node.stepType;
      if (key === 'spec') return state?.stepParameters ?? expressionTree(node.spec, scopeAt(view, node.id));
      if (key === 'output') return state?.outcomes['output'] ?? null;
      return key === 'retryCount' ? (state?.attempt ?? 0) : undefined;
    case 'fork':
      return undefined;
  }
}

function pipelineProperty(view: View, node: PipelineNode, key: string): ScopeValue | undefined {
  const { execution } = view;
  switch (key) {
    case 'variables':
      return variablesObject(view, node.id, node.variables);
    case 'stages':
      return childrenObject(view, [node]);
    case 'executionId':
      return execution.id;
    case 'sequenceId':
      return execution.runSequence;
    case 'executionMode':
      return 'NORMAL';
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
      return node.delegateSelectors;
    case 'properties':
      return node.properties;
    default:
      return undefined;
  }
}

function triggeredBy({ cause }: ExecutionHeader): Value {
  return {
    name: cause.triggeredBy.identifier,
    email: cause.triggeredBy.email ?? null,
    triggerIdentifier: cause.trigger?.identifier ?? null,
  };
}

function stageProperty(view: View, node: StageNode, key: string): ScopeValue | undefined {
  switch (key) {
    case 'type':
      return node.stageType;
    case 'variables':
      return variablesObject(view, node.id, node.variables);
    case 'delegateSelectors':
      return node.delegateSelectors;
    case 'spec':
      return {
        get: (inner) => (inner === 'execution' ? executionObject(view, node) : property(view, node, inner)),
        toValue: () => node.spec,
      };
    default:
      return undefined;
  }
}

/** A member of a stage's `spec`: author's text, seen from the stage. */
function property(view: View, stage: StageNode, key: string): ScopeValue | undefined {
  const { spec } = stage;
  if (typeof spec !== 'object' || spec === null || !Object.hasOwn(spec, key)) return undefined;
  return expressionTree((spec as { readonly [key: string]: Value })[key] ?? null, scopeAt(view, stage.id));
}

/** Variables are resolved when they are read, seen from the node that declares them. */
function variablesObject(view: View, owner: NodeId, variables: readonly PlanVariable[]): ScopeObject {
  return {
    get: (name) => {
      const variable = variables.find((candidate) => candidate.name === name);
      return variable === undefined ? undefined : variableValue(view, owner, variable);
    },
    keys: () => variables.map(({ name }) => name),
    toValue: () => Object.fromEntries(variables.map(({ name, value }) => [name, value])),
  };
}

function variableValue(view: View, owner: NodeId, { type, value }: PlanVariable): ScopeValue {
  if (type === 'Secret' && typeof value === 'string' && !value.includes('<+')) return secretReference(value);
  return expressionTree(value, scopeAt(view, owner));
}
