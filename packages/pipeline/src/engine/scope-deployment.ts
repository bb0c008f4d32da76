/** `service`, `env`, `infra`, `artifacts` and the like: the sections of the nearest Deployment stage (pipelines.md §3.5 CD). */
import { ExpressionTree, expressionTree, isScopeObject, type ScopeValue } from '../expressions/scope.ts';
import { chooseSection, deploymentRoot, type SectionView } from '../plan/deployment.ts';
import { findInstance } from '../plan/instances.ts';
import type { SectionNode } from '../plan/plan.ts';
import { nodeObject } from './scope-nodes.ts';
import { withSecrets } from './section-secrets.ts';
import { ancestors, stateOf, type Seat, type SeatedView } from './scope-seats.ts';
import { isMap, member } from './spec-members.ts';
import type { Value } from '../expressions/values.ts';

export function deploymentAlias(view: SeatedView, path: readonly Seat[], name: string): ScopeValue | undefined {
  const stage = path.find(({ plan }) => plan.kind === 'stage');
  if (stage?.plan.kind !== 'stage' || stage.plan.stageType !== 'Deployment') return undefined;
  if (name === 'instance') return turnInstance(view, path, stage);
  const service = sectionView(view, stage, 'service');
  const infrastructure = sectionView(view, stage, 'infrastructure');
  const root = deploymentRoot(name, service, infrastructure);
  const value = withSecrets(name, root, name === 'infra' ? infrastructure : service);
  return name === 'serviceVariables' ? underGroups(view, path, value) : value;
}

/** Variables of step groups win over those of the service, the inner group's over the outer one's (pipelines.md §5.6). */
function underGroups(view: SeatedView, path: readonly Seat[], value: ScopeValue | undefined): ScopeValue | undefined {
  const groups = path.filter(({ plan }) => plan.kind === 'stepGroup' && plan.variables.length > 0);
  if (groups.length === 0) return value;
  const service = isScopeObject(value) ? value : undefined;
  const own = value instanceof ExpressionTree ? value.value : (service?.toValue() ?? ((value ?? null) as Value));
  return {
    get: (key) => {
      for (const group of groups) {
        const variables = nodeObject(view, group).get('variables');
        const found = isScopeObject(variables) ? variables.get(key) : undefined;
        if (found !== undefined) return found;
      }
      if (service !== undefined) return service.get(key);
      if (!isMap(own) || !Object.hasOwn(own, key)) return undefined;
      return value instanceof ExpressionTree ? expressionTree(member(own, key), value.scope) : member(own, key);
    },
    toValue: () => own,
  };
}

/** In a loop over `<+stage.output.hosts>`: the instance whose name is the item of the turn. */
function turnInstance(view: SeatedView, path: readonly Seat[], stage: Seat): Value {
  const item = path.map((seat) => stateOf(view, seat)?.iteration?.item).find((found) => found !== undefined);
  return findInstance(member(stateOf(view, stage)?.outcomes['output'] ?? null, 'instances') ?? null, item ?? null);
}

function sectionView(view: SeatedView, stage: Seat, section: SectionNode['section']): SectionView | undefined {
  if (stage.plan.kind !== 'stage') return undefined;
  for (const id of stage.plan.children) {
    const plan = view.draft.planNode(id);
    if (plan.kind !== 'section' || plan.section !== section) continue;
    const seat: Seat = { plan, turns: stage.turns };
    const state = stateOf(view, seat);
    return {
      spec: chosenSpec(view, stage, plan),
      scope: view.scopeAt(view, seat),
      ...(state?.endedAt === undefined ? {} : { outcomes: state.outcomes }),
    };
  }
  return undefined;
}

/** The spec of this turn: several services or environments make a loop around the stage. */
export function chosenSpec(view: SeatedView, stage: Seat, { spec }: SectionNode): Value {
  return chooseSection(spec, matrixAround(view, stage));
}

function matrixAround(view: SeatedView, seat: Seat): Readonly<Record<string, Value>> | undefined {
  const matrices = ancestors(view, seat).flatMap((around) => stateOf(view, around)?.iteration?.matrix ?? []);
  return matrices.length === 0 ? undefined : (Object.assign({}, ...matrices.toReversed()) as Record<string, Value>);
}
