/** `exportedVariables` (pipelines.md §3.5): what steps published under an alias. */
import { isScopeObject, type ScopeObject, type ScopeValue } from '../expressions/scope.ts';
import type { Value } from '../expressions/values.ts';
import { readOutputVariables } from './secret-outputs.ts';
import { ownTurn, stateOf, type Seat, type SeatedView } from './scope-seats.ts';
import { member, memberText } from './spec-members.ts';

/**
 * `exportedVariables.getValue("stage.ALIAS.VAR")`: outputs that a step published under an alias (`outputAlias`). Not from
 * inside loops that the reader is not in itself. The first step that published something under a name keeps the name.
 */
export function exportedVariables(view: SeatedView, path: readonly Seat[]): ScopeObject {
  return {
    get: () => undefined,
    toValue: () => null,
    call: (method, args) => {
      const [address] = args;
      if (method !== 'getValue' || typeof address !== 'string') return undefined;
      const [scope = '', alias = '', ...names] = address.split('.');
      const variables = findPublished(view, path, scope, alias) ?? null;
      if (names.length === 0) return variables;
      const name = names.join('.');
      return isScopeObject(variables) ? variables.get(name) : member(variables as Value, name);
    },
  };
}

/** Of several groups around the reader the nearest one that has the alias. */
function findPublished(view: SeatedView, path: readonly Seat[], scope: string, alias: string): ScopeValue | undefined {
  for (const around of path) {
    const found = around.plan.kind === scope ? publishedBelow(view, around, scope, alias) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function publishedBelow(view: SeatedView, around: Seat, scope: string, alias: string): ScopeValue | undefined {
  const { plan } = around;
  if (!('children' in plan)) return undefined;
  for (const id of plan.children) {
    const child: Seat = { plan: view.draft.planNode(id), turns: around.turns };
    const inner = child.plan.kind === 'strategy' ? ownTurn(view, child) : child;
    const found = inner === undefined ? undefined : publishedAt(view, inner, scope, alias);
    if (found !== undefined) return found;
  }
  return undefined;
}

function publishedAt(view: SeatedView, seat: Seat, scope: string, alias: string): ScopeValue | undefined {
  const { plan } = seat;
  // What a step publishes for its group is not for the groups around that.
  if (plan.kind === 'stepGroup' && scope === 'stepGroup') return undefined;
  if (plan.kind !== 'step') return publishedBelow(view, seat, scope, alias);
  const published = member(plan.spec, 'outputAlias');
  const isMeant =
    memberText(published, 'key') === alias && memberText(published, 'scope').toLowerCase() === scope.toLowerCase();
  const outcomes = isMeant ? stateOf(view, seat)?.outcomes : undefined;
  return outcomes?.['output'] === undefined ? undefined : readOutputVariables(outcomes);
}
