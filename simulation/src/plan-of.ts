/** From a sketch to a plan without the language: what `compilePlan` would give for the same pipeline. */
import {
  deriveId,
  nodeId,
  parseDuration,
  SEMANTICS_VERSION,
  type NodeId,
  type Plan,
  type PlanNode,
  type StepNode,
  type Timeout,
  type Value,
  type When,
} from '@bridle/pipeline';
import { VARIABLES, type SketchFork, type SketchItem, type SketchPipeline } from './sketch.ts';

export function planOf(sketch: SketchPipeline, seed: string): Plan {
  const nodes: Record<NodeId, PlanNode> = {};
  const rootId = nodeId(deriveId(seed, 'plan', 'pipeline'));
  const at: Place = { nodes, seed, parentId: rootId, path: 'pipeline', prefix: 'pipeline.stages', of: 'stages' };
  const children = sketch.stages.map((item, index) => add(at, item, index));
  nodes[rootId] = {
    kind: 'pipeline',
    id: rootId,
    identifier: sketch.identifier,
    name: sketch.identifier,
    tags: {},
    fqn: 'pipeline',
    when: { status: 'Success' },
    line: 1,
    ...timeoutOf(sketch.timeout),
    variables: Object.entries(VARIABLES).map(([name, value]) => ({ name, type: 'String', value })),
    delegateSelectors: [],
    children,
    allowStageExecutions: false,
    properties: {},
  };
  return { semanticsVersion: SEMANTICS_VERSION, rootId, nodes };
}

interface Place {
  readonly nodes: Record<NodeId, PlanNode>;
  readonly seed: string;
  readonly parentId: NodeId;
  /** Address of the parent, forks included: what makes a fork's own address unique. */
  readonly path: string;
  /** Address under which named children are found. */
  readonly prefix: string;
  readonly of: SketchForkOf;
}

type SketchForkOf = 'stages' | 'steps';

function add(at: Place, item: SketchItem, index: number): NodeId {
  const fqn = item.kind === 'fork' ? `${at.path}.parallel${index}` : `${at.prefix}.${item.identifier}`;
  const id = nodeId(deriveId(at.seed, 'plan', fqn));
  at.nodes[id] = item.kind === 'fork' ? fork(at, item, id, fqn) : named(at, item, id, fqn);
  return id;
}

function fork(at: Place, item: SketchFork, id: NodeId, fqn: string): PlanNode {
  const children = item.children.map((child, index) => add({ ...at, parentId: id, path: fqn }, child, index));
  const identifier = `parallel${id}`;
  const when: When = { status: 'All' };
  return {
    kind: 'fork',
    id,
    parentId: at.parentId,
    identifier,
    name: identifier,
    tags: {},
    fqn,
    when,
    line: 0,
    of: at.of,
    children,
  };
}

function named(at: Place, item: Exclude<SketchItem, SketchFork>, id: NodeId, fqn: string): PlanNode {
  const base = {
    id,
    parentId: at.parentId,
    identifier: item.identifier,
    name: item.identifier,
    tags: {},
    fqn,
    when: { status: item.status, ...(item.condition === undefined ? {} : { condition: item.condition.text }) },
    line: 1,
    ...timeoutOf(item.timeout),
  };
  const inside = (prefix: string): Place => ({ ...at, parentId: id, path: fqn, prefix, of: 'steps' });
  const shared = { variables: [], delegateSelectors: [] };
  switch (item.kind) {
    case 'stage': {
      const children = item.children.map((child, index) => add(inside(`${fqn}.spec.execution.steps`), child, index));
      return { ...base, ...shared, kind: 'stage', stageType: item.type, children, spec: {} };
    }
    case 'group': {
      const children = item.children.map((child, index) => add(inside(`${fqn}.steps`), child, index));
      return { ...base, ...shared, kind: 'stepGroup', children };
    }
    case 'wait':
      return {
        ...base,
        kind: 'step',
        stepType: 'Wait',
        spec: { duration: item.duration },
        delegateSelectors: [],
      } satisfies StepNode;
    case 'step':
      return {
        ...base,
        kind: 'step',
        stepType: 'ShellScript',
        spec: scriptOf(item.identifier),
        delegateSelectors: item.selectors,
      } satisfies StepNode;
  }
}

function scriptOf(identifier: string): Value {
  return {
    shell: 'Bash',
    source: { type: 'Inline', spec: { script: `echo ${identifier} of <+pipeline.sequenceId>` } },
    environmentVariables: [],
    outputVariables: [{ name: 'result', type: 'String', value: 'result' }],
    onDelegate: true,
  };
}

function timeoutOf(text: string | undefined): { timeout?: Timeout } {
  if (text === undefined) return {};
  if (text.startsWith('<+')) return { timeout: { kind: 'expression', text } };
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`${text} is no duration`);
  return { timeout: { kind: 'fixed', ms } };
}
