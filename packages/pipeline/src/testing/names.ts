/**
 * How a test names stages, step groups and steps: by identifiers joined with dots, from the outside in. What comes before the
 * last one may be left out, `*` stands for any characters within one identifier, and the address of Harness
 * (`pipeline.stages.S.spec.execution.steps.X`) is a name too. A chained pipeline's parts stand below the stage that starts it.
 * A name means everything it fits: the turns of a loop all together, or one of them by its own identifier (`build_0`).
 */
import type { Execution, NodeExecution } from '../engine/execution.ts';
import type { ExecutionId, NodeExecutionId } from '../engine/ids.ts';
import { nodeIdentity } from '../engine/nodes.ts';
import { listStages, type Pipeline, type StepItem } from '../language/model.ts';
import type { Plan, PlanNode } from '../plan/plan.ts';

/** One identifier on the way to a node; below a loop also with its postfix. */
export type Segment = readonly string[];

export type NamedKind = 'stage' | 'stepGroup' | 'step';

export interface Named {
  readonly kind: NamedKind;
  readonly segments: readonly Segment[];
  /** Addresses of Harness, with and without postfixes. */
  readonly fqns: readonly string[];
}

/** A stage, step group or step of a plan. */
export interface PlanPlace extends Named {
  readonly plan: PlanNode;
}

/** One run of a node in an execution, or a loop over such nodes (`isLoop`). Earlier attempts are left out. */
export interface RunPlace extends Named {
  readonly execution: Execution;
  readonly node: NodeExecution;
  readonly plan: PlanNode;
  readonly isLoop: boolean;
}

/** @param outside - of a chained pipeline: the way to the stage that starts it */
export function listPlanPlaces(plan: Plan, outside: readonly Segment[] = []): readonly PlanPlace[] {
  const places: PlanPlace[] = [];
  const visit = (node: PlanNode, around: readonly Segment[]): void => {
    const kind = namedKind(node);
    const segments = kind === undefined ? around : [...around, [node.identifier]];
    if (kind !== undefined) places.push({ kind, segments, fqns: [node.fqn], plan: node });
    // The script of a custom approval goes by the name of the approval.
    if (node.kind === 'step') return;
    for (const id of belowOf(node)) {
      const child = plan.nodes[id];
      if (child !== undefined) visit(child, segments);
    }
  };
  const root = plan.nodes[plan.rootId];
  if (root !== undefined) visit(root, outside);
  return places;
}

/** The same of a pipeline as it is written: what it has in stages that are not chosen, too. */
export function listWrittenNames({ stages }: Pick<Pipeline, 'stages'>): readonly Named[] {
  return listStages(stages).flatMap(({ identifier, steps, rollbackSteps }): readonly Named[] => {
    const segments = [[identifier]];
    const fqn = `pipeline.stages.${identifier}`;
    const execution = `${fqn}.spec.execution`;
    return [
      { kind: 'stage', segments, fqns: [fqn] },
      ...namesIn(steps, segments, `${execution}.steps`),
      ...namesIn(rollbackSteps, segments, `${execution}.rollbackSteps`),
    ];
  });
}

function namesIn(items: readonly StepItem[], around: readonly Segment[], address: string): readonly Named[] {
  return items.flatMap((item): readonly Named[] => {
    if (item.kind === 'parallel') return namesIn(item.items, around, address);
    const segments = [...around, [item.identifier]];
    const fqn = `${address}.${item.identifier}`;
    const named = { kind: item.kind, segments, fqns: [fqn] };
    if (item.kind === 'step') return [named];
    return [
      named,
      ...namesIn(item.steps, segments, `${fqn}.steps`),
      ...namesIn(item.rollbackSteps, segments, `${fqn}.rollbackSteps`),
    ];
  });
}

function belowOf(node: PlanNode): readonly PlanNode['id'][] {
  const children = 'children' in node ? node.children : [];
  const isRolledBackAlone = node.kind === 'stage' || node.kind === 'stepGroup';
  return isRolledBackAlone && node.rollback !== undefined ? [...children, node.rollback] : children;
}

function namedKind({ kind }: PlanNode): NamedKind | undefined {
  return kind === 'stage' || kind === 'stepGroup' || kind === 'step' ? kind : undefined;
}

export type FindExecution = (id: ExecutionId) => Execution | undefined;

/** Everything that counts of an execution and of its chained ones. */
export function listRunPlaces(
  execution: Execution,
  find: FindExecution,
  outside: readonly Segment[] = [],
): readonly RunPlace[] {
  return Object.values(execution.nodes).flatMap((node): readonly RunPlace[] => {
    const plan = execution.plan.nodes[node.nodeId];
    if (plan === undefined || node.isSuperseded === true || isScript(execution, node)) return [];
    const kind = plan.kind === 'strategy' ? (plan.of === 'stages' ? 'stage' : 'step') : namedKind(plan);
    if (kind === undefined) return [];
    const segments = [...outside, ...segmentsOf(execution, node)];
    const fqns = [plan.fqn.replace(/\.strategy$/, ''), nodeIdentity(execution, node).fqn];
    const place = { kind, segments, fqns, execution, node, plan, isLoop: plan.kind === 'strategy' };
    const child = node.childExecutionId === undefined ? undefined : find(node.childExecutionId);
    return [place, ...(child === undefined ? [] : listRunPlaces(child, find, segments))];
  });
}

function isScript({ nodes, plan }: Execution, { parentId }: NodeExecution): boolean {
  const parent = parentId === undefined ? undefined : nodes[parentId];
  return parent !== undefined && plan.nodes[parent.nodeId]?.kind === 'step';
}

/** The identifiers around a node execution and its own, from the outside in; a script's are those of its approval. */
export function segmentsOf(execution: Execution, node: NodeExecution): readonly Segment[] {
  const segments: Segment[] = [];
  for (let current: NodeExecution | undefined = node; current !== undefined; current = above(execution, current)) {
    const plan = execution.plan.nodes[current.nodeId];
    // A loop is called as the node it repeats.
    const isLoop = plan?.kind === 'strategy' && current === node;
    if (plan === undefined || (namedKind(plan) === undefined && !isLoop) || isScript(execution, current)) continue;
    const { identifier } = nodeIdentity(execution, current);
    segments.unshift(identifier === plan.identifier ? [identifier] : [plan.identifier, identifier]);
  }
  return segments;
}

/** What holds the node; the rollback of a stage under the pipeline's is held by the stage it undoes. */
function above({ nodes }: Execution, { subject, parentId }: NodeExecution): NodeExecution | undefined {
  const id: NodeExecutionId | undefined = subject ?? parentId;
  return id === undefined ? undefined : nodes[id];
}

export function isNamed(name: string, { segments, fqns }: Pick<Named, 'segments' | 'fqns'>): boolean {
  const wanted = name.split('.');
  if (wanted[0] === 'pipeline' && fqns.some((fqn) => fits(name, fqn))) return true;
  const last = segments.at(-1);
  const own = wanted.at(-1);
  if (last === undefined || own === undefined || !fitsSegment(own, last)) return false;
  let next = wanted.length - 2;
  for (let at = segments.length - 2; at >= 0 && next >= 0; at -= 1) {
    const segment = segments[at];
    if (segment !== undefined && fitsSegment(wanted[next] ?? '', segment)) next -= 1;
  }
  return next < 0;
}

function fitsSegment(pattern: string, segment: Segment): boolean {
  return segment.some((identifier) => fits(pattern, identifier));
}

/** `*` stands for any characters; no backtracking, so that no pattern takes long. */
function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  if (!text.startsWith(first)) return false;
  if (rest.length === 0) return text === first;
  let at = first.length;
  const end = rest.pop() ?? '';
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - end.length >= at && text.endsWith(end);
}

/** The shortest name people would write. */
export function nameOf({ segments }: Pick<Named, 'segments'>): string {
  return segments.map((segment) => segment.at(-1) ?? '').join('.');
}
