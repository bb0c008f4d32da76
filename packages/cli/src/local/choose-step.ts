/** `--step`: a plan with one step of its stage, and with what a stage needs to be one. */
import { findExpressions, suggest, type NodeId, type Plan, type PlanNode } from '@bridle/pipeline';
import { UsageError } from '../command-line/usage-error.ts';
import { isCodebaseStep, stageOf } from './plan-places.ts';
import { textsIn } from './sure-nodes.ts';

export interface ChosenStep {
  readonly plan: Plan;
  /** What it would have had of steps that do not run. */
  readonly lacks: readonly string[];
}

/**
 * @param names - `STEP`, or `STAGE.STEP` where several stages have one of that name; groups are steps, too
 * @throws UsageError
 */
export function chooseSteps(plan: Plan, names: readonly string[]): ChosenStep {
  const chosen = names.map((name) => findStep(plan, name));
  const kept = new Set<NodeId>();
  for (const node of chosen) {
    for (const each of Object.values(plan.nodes)) if (isBelow(plan, each, node)) kept.add(each.id);
    for (let up: PlanNode | undefined = node; up !== undefined; up = parentOf(plan, up)) kept.add(up.id);
    const stage = stageOf(plan, node.id);
    for (const each of Object.values(plan.nodes)) {
      // What a server would put around the steps of the stage, but the caches of a whole one.
      const isSetUp = isCodebaseStep(each) || each.kind === 'section';
      if (isSetUp && stageOf(plan, each.id) === stage) kept.add(each.id);
    }
  }
  const nodes = Object.values(plan.nodes).filter(({ id }) => kept.has(id));
  const pruned = nodes.map((node) => [node.id, prune(node, kept)] as const);
  return { plan: { ...plan, nodes: Object.fromEntries(pruned) }, lacks: lacksOf(plan, chosen, kept) };
}

function findStep(plan: Plan, name: string): PlanNode {
  const wanted = name.split('.');
  const identifier = wanted.at(-1) ?? name;
  const stage = wanted.length > 1 ? wanted[0] : undefined;
  const steps = Object.values(plan.nodes).filter(
    (node) => (node.kind === 'step' || node.kind === 'stepGroup') && stageOf(plan, node.id) !== undefined,
  );
  const found = steps.filter(
    (node) => node.identifier === identifier && (stage === undefined || stageOf(plan, node.id)?.identifier === stage),
  );
  const [step, ...others] = found;
  if (step === undefined) {
    const known = [...new Set(steps.map((node) => node.identifier))];
    const nearest = suggest(identifier, known);
    const hint = nearest === undefined ? '' : `Did you mean ${nearest}? `;
    throw new UsageError(`The pipeline has no step ${name}.`, `${hint}Steps: ${known.join(', ')}.`, 5);
  }
  if (others.length > 0) {
    const places = found.map((node) => `${stageOf(plan, node.id)?.identifier ?? ''}.${node.identifier}`);
    throw new UsageError(
      `${name} may be one of ${found.length} steps.`,
      `Say which: ${[...new Set(places)].join(', ')}.`,
    );
  }
  return step;
}

function isBelow(plan: Plan, node: PlanNode, holder: PlanNode): boolean {
  for (let up = parentOf(plan, node); up !== undefined; up = parentOf(plan, up)) if (up.id === holder.id) return true;
  return false;
}

function parentOf(plan: Plan, { parentId }: PlanNode): PlanNode | undefined {
  return parentId === undefined ? undefined : plan.nodes[parentId];
}

/** A rollback of what did not run undoes nothing. */
function prune(node: PlanNode, kept: ReadonlySet<NodeId>): PlanNode {
  if (!('children' in node)) return node;
  const children = node.children.filter((id) => kept.has(id));
  if (!('rollback' in node)) return { ...node, children };
  const { rollback, ...rest } = node;
  return { ...rest, children, ...(rollback !== undefined && kept.has(rollback) ? { rollback } : {}) };
}

function lacksOf(plan: Plan, chosen: readonly PlanNode[], kept: ReadonlySet<NodeId>): readonly string[] {
  const gone = new Set(
    Object.values(plan.nodes)
      .filter(({ id, kind }) => !kept.has(id) && (kind === 'step' || kind === 'stepGroup' || kind === 'stage'))
      .map(({ identifier }) => identifier),
  );
  const lacks = chosen.flatMap((node) =>
    textsIn('spec' in node ? node.spec : null).flatMap((text) =>
      findExpressions(text)
        .map(({ start, end }) => text.slice(start, end))
        .filter((expression) =>
          [...expression.matchAll(/\b(?:steps|stages)\.([A-Za-z_$][\w$]*)/g)].some(([, name = '']) => gone.has(name)),
        ),
    ),
  );
  return [...new Set(lacks)];
}
