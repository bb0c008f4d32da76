/**
 * What names mean at a node of a running execution (pipelines.md §3.4, §3.5): aliases first, then a walk outwards from the
 * node until a child or a property of that name is found. Everything is looked up late and lazily.
 *
 * A plan node below a loop exists once per turn, so a name means a seat: the plan node and the turns of the loops around it.
 * Seen from inside a turn, its own turn is meant; from outside the turn must be named (`build_0`).
 */
import { expressionTree, type ExpressionScope, type ScopeValue } from '../expressions/scope.ts';
import { triggerScope } from '../triggers/trigger-scope.ts';
import type { Draft } from './draft.ts';
import { codebaseObject } from './scope-codebase.ts';
import type { NodeExecutionId, NodeId } from './ids.ts';
import { exportedVariables } from './scope-exported.ts';
import { loopAlias } from './scope-loops.ts';
import { childNamed, childrenObject, executionObject, nodeObject } from './scope-nodes.ts';
import { ancestors, seatAround, seatOf, type Seat, type SeatedView, type View } from './scope-seats.ts';
import { deploymentAlias } from './scope-deployment.ts';

/** The scope seen from one node execution. */
export function executionScope(draft: Draft, at: NodeExecutionId): ExpressionScope {
  const view: View = { draft, vantage: at };
  return scopeAt(view, seatOf(view, at));
}

/** The scope of text that a container around `at` declares, such as its variables. */
export function ownerScope(draft: Draft, at: NodeExecutionId, owner: NodeId): ExpressionScope {
  const view: View = { draft, vantage: at };
  return scopeAt(view, seatAround(view, owner));
}

/** What names mean at a seat. */
function scopeAt(view: View, seat: Seat): ExpressionScope {
  const seats: SeatedView = { ...view, scopeAt };
  const path = ancestors(seats, seat);
  return {
    root: (name) =>
      view.draft.foresight?.root(view, path, name) ?? alias(seats, path, name) ?? walkOutwards(seats, path, name),
  };
}

function alias(view: SeatedView, path: readonly Seat[], name: string): ScopeValue | undefined {
  const { execution } = view.draft;
  switch (name) {
    case 'pipeline':
    case 'stage':
    case 'stepGroup':
    case 'step': {
      const nearest = path.find(({ plan }) => plan.kind === name);
      return nearest === undefined ? undefined : nodeObject(view, nearest);
    }
    case 'stages':
      return childrenObject(view, path.slice(-1));
    case 'steps':
      return childrenObject(
        view,
        path.filter(({ plan }) => plan.kind === 'rollback' || plan.kind === 'stage' || plan.kind === 'stepGroup'),
      );
    case 'execution': {
      const stage = path.find(({ plan }) => plan.kind === 'stage');
      return stage === undefined ? undefined : executionObject(view, stage);
    }
    case 'strategy':
    case 'matrix':
    case 'repeat':
      return loopAlias(view, path, name);
    case 'exportedVariables':
      return exportedVariables(view, path);
    case 'trigger':
    case 'eventPayload':
      return triggerRoot(view, name);
    case 'codebase':
      return codebaseObject(view, path);
    case 'inputSet':
    case 'input':
      return givenInputs(view, path);
    case 'variable':
      return ownerVariables(view, path);
    case 'account':
      return { identifier: execution.scope.accountId };
    case 'org':
      return { identifier: execution.scope.orgIdentifier };
    case 'project':
      return { identifier: execution.scope.projectIdentifier };
    default:
      return deploymentAlias(view, path, name);
  }
}

/** The inputs of the run; their texts are an author's and may hold expressions. A run without inputs has none: null. */
function givenInputs(view: SeatedView, path: readonly Seat[]): ScopeValue {
  const pipeline = path.findLast(({ plan }) => plan.kind === 'pipeline');
  const inputs = pipeline?.plan.kind === 'pipeline' ? pipeline.plan.inputs : undefined;
  return pipeline === undefined || inputs === undefined ? null : expressionTree(inputs, view.scopeAt(view, pipeline));
}

/** What the account, the organization and the project call by name, as it was when the run began. */
function ownerVariables(view: SeatedView, path: readonly Seat[]): ScopeValue | undefined {
  const pipeline = path.findLast(({ plan }) => plan.kind === 'pipeline');
  const variables = pipeline?.plan.kind === 'pipeline' ? pipeline.plan.ownerVariables : undefined;
  if (pipeline === undefined || variables === undefined) return undefined;
  const scope = view.scopeAt(view, pipeline);
  return expressionTree({ ...variables.project, org: variables.org, account: variables.account }, scope);
}

/** A run without a trigger has no `trigger`: its expressions are null. */
function triggerRoot(view: View, name: 'trigger' | 'eventPayload'): ScopeValue | undefined {
  const { trigger } = view.draft.execution.cause;
  return trigger === undefined ? null : triggerScope(trigger).root(name);
}

function walkOutwards(view: SeatedView, path: readonly Seat[], name: string): ScopeValue | undefined {
  for (const seat of path) {
    const child = childNamed(view, seat, name);
    const found = child === undefined ? nodeObject(view, seat).get(name) : nodeObject(view, child);
    if (found !== undefined) return found;
    const later = view.draft.foresight?.child(view, [seat], name);
    if (later !== undefined) return later;
  }
  return undefined;
}
