/** `service`, `env`, `infra`, `artifacts` and the like: the sections of the nearest Deployment stage (pipelines.md §3.5 CD). */
import type { ScopeValue } from '../expressions/scope.ts';
import { chooseSection, deploymentRoot, type SectionView } from '../plan/deployment.ts';
import { findInstance } from '../plan/instances.ts';
import type { SectionNode } from '../plan/plan.ts';
import { ancestors, stateOf, type Seat, type SeatedView } from './scope-seats.ts';
import { member } from './spec-members.ts';
import type { Value } from '../expressions/values.ts';

export function deploymentAlias(view: SeatedView, path: readonly Seat[], name: string): ScopeValue | undefined {
  const stage = path.find(({ plan }) => plan.kind === 'stage');
  if (stage?.plan.kind !== 'stage' || stage.plan.stageType !== 'Deployment') return undefined;
  if (name === 'instance') return turnInstance(view, path, stage);
  return deploymentRoot(name, sectionView(view, stage, 'service'), sectionView(view, stage, 'infrastructure'));
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
