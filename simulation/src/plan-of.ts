/** From a sketch to a plan without the language: what `compilePlan` would give for the same pipeline. */
import {
  deriveId,
  nodeId,
  parseDuration,
  SEMANTICS_VERSION,
  type ExecutionInput,
  type NodeId,
  type Plan,
  type PlanNode,
  type StageNode,
  type StepNode,
  type Timeout,
  type Value,
  type When,
} from '@bridle/pipeline';
import {
  approvalSpec,
  buildFacts,
  buildSpec,
  chainOf,
  chainSpec,
  customApprovalSpec,
  scriptSpec,
} from './step-specs.ts';
import {
  inputText,
  namedItems,
  VARIABLES,
  type SketchFork,
  type SketchInput,
  type SketchItem,
  type SketchNamed,
  type SketchPipeline,
  type SketchStage,
} from './sketch.ts';

export function planOf(sketch: SketchPipeline, seed: string): Plan {
  const nodes: Record<NodeId, PlanNode> = {};
  const rootId = nodeId(deriveId(seed, 'plan', 'pipeline'));
  const at: Place = { nodes, seed, parentId: rootId, path: 'pipeline', prefix: 'pipeline.stages', of: 'stages' };
  const children = sketch.stages.map((item, index) => add(at, item, index));
  const canRollBack = [...namedItems(sketch.stages).values()].some(
    (item) => item.kind === 'stage' && item.rollback !== undefined,
  );
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
    ...(canRollBack ? { rollback: rollback({ ...at, path: 'pipeline' }, 'pipeline', 'pipeline.rollback', []) } : {}),
    allowStageExecutions: false,
    properties: null,
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
  readonly of: 'stages' | 'steps';
  readonly stageType?: SketchStage['type'];
}

function idOf(at: Place, fqn: string): NodeId {
  return nodeId(deriveId(at.seed, 'plan', fqn));
}

function add(at: Place, item: SketchItem, index: number): NodeId {
  if (item.kind === 'fork') return fork(at, item, `${at.path}.parallel${index}`);
  const fqn = `${at.prefix}.${item.identifier}`;
  if (item.loop === undefined) return named(at, item, fqn);
  const id = idOf(at, `${fqn}.strategy`);
  const { loop, maxConcurrency, onFailure, condition } = item.loop;
  at.nodes[id] = {
    kind: 'strategy',
    id,
    parentId: at.parentId,
    identifier: item.identifier,
    name: item.identifier,
    tags: {},
    fqn: `${fqn}.strategy`,
    when: { status: 'All', ...(condition === undefined ? {} : { condition: condition.text }) },
    line: 1,
    of: at.of,
    loop,
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    onFailure,
    children: [named({ ...at, parentId: id }, item, fqn)],
  };
  return id;
}

function fork(at: Place, item: SketchFork, fqn: string): NodeId {
  const id = idOf(at, fqn);
  const children = item.children.map((child, index) => add({ ...at, parentId: id, path: fqn }, child, index));
  const identifier = `parallel${id}`;
  const when: When = { status: 'All' };
  at.nodes[id] = {
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
  return id;
}

function rollback(
  at: Place,
  of: 'pipeline' | 'stage' | 'stepGroup',
  fqn: string,
  items: readonly SketchItem[],
): NodeId {
  const id = idOf(at, fqn);
  const inside: Place = { ...at, parentId: id, path: `${at.path}.rollback`, prefix: fqn, of: 'steps' };
  at.nodes[id] = {
    kind: 'rollback',
    id,
    parentId: at.parentId,
    identifier: fqn.slice(fqn.lastIndexOf('.') + 1),
    name: 'Rollback',
    tags: {},
    fqn,
    when: { status: 'All' },
    line: 0,
    of,
    children: items.map((child, index) => add(inside, child, index)),
  };
  return id;
}

function named(at: Place, item: SketchNamed, fqn: string): NodeId {
  const id = idOf(at, fqn);
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
    ...(item.strategies === undefined ? {} : { failureStrategies: item.strategies }),
  };
  const inside: Place = { ...at, parentId: id, path: fqn, of: 'steps' };
  const step = (stepType: StepNode['stepType'], spec: Value, more: Partial<StepNode> = {}): StepNode => ({
    ...base,
    kind: 'step',
    stepType,
    spec,
    delegateSelectors: [],
    ...more,
  });
  switch (item.kind) {
    case 'stage':
      at.nodes[id] = stage({ ...inside, stageType: item.type }, item, base);
      break;
    case 'chain':
      at.nodes[id] = {
        ...base,
        variables: [],
        delegateSelectors: [],
        kind: 'stage',
        stageType: 'Pipeline',
        children: [],
        spec: chainSpec(item),
        chain: chainOf(item),
      };
      break;
    case 'group': {
      const prefix = `${fqn}.steps`;
      at.nodes[id] = {
        ...base,
        variables: [],
        delegateSelectors: [],
        kind: 'stepGroup',
        children: item.children.map((child, index) => add({ ...inside, prefix }, child, index)),
        ...(item.rollback === undefined
          ? {}
          : { rollback: rollback(inside, 'stepGroup', `${fqn}.rollbackSteps`, item.rollback) }),
      };
      break;
    }
    case 'wait':
      at.nodes[id] = step('Wait', { duration: item.duration });
      break;
    case 'approval':
      at.nodes[id] = step('HarnessApproval', approvalSpec(item));
      break;
    case 'barrier':
      at.nodes[id] = step('Barrier', { barrierRef: item.ref });
      break;
    case 'queue':
      at.nodes[id] = step('Queue', { key: item.key, scope: item.scope });
      break;
    case 'customApproval': {
      const script = idOf(at, `${fqn}.script`);
      const spec = customApprovalSpec(item);
      at.nodes[id] = step('CustomApproval', spec, { script });
      const { strategies: _, ...plain } = item;
      at.nodes[script] = {
        id: script,
        parentId: id,
        identifier: plain.identifier,
        name: plain.identifier,
        tags: {},
        fqn: `${fqn}.script`,
        when: { status: 'All' },
        line: 1,
        ...timeoutOf(item.scriptTimeout),
        kind: 'step',
        stepType: 'ShellScript',
        spec: {
          shell: spec.shell,
          source: spec.source,
          environmentVariables: spec.environmentVariables,
          outputVariables: spec.outputVariables,
          onDelegate: true,
        },
        delegateSelectors: [],
      };
      break;
    }
    case 'step': {
      const isRun = at.stageType === 'CI';
      const path = isRun ? ['spec', 'command'] : ['spec', 'source', 'spec', 'script'];
      at.nodes[id] = step(isRun ? 'Run' : 'ShellScript', scriptSpec(item, isRun), {
        delegateSelectors: item.selectors,
        ...asks(path, item.asks),
      });
      break;
    }
  }
  return id;
}

function stage(
  inside: Place,
  item: SketchStage,
  base: Omit<StageNode, 'kind' | 'stageType' | 'children' | 'spec' | 'variables' | 'delegateSelectors'>,
): StageNode {
  const execution = `${base.fqn}.spec.execution`;
  return {
    ...base,
    kind: 'stage',
    stageType: item.type,
    variables: item.asks === undefined ? [] : [{ name: 'tag', type: 'String', value: inputText(item.asks) }],
    delegateSelectors: [],
    children: item.children.map((child, index) => add({ ...inside, prefix: `${execution}.steps` }, child, index)),
    spec: buildSpec(item.type),
    ...buildFacts(item.type),
    ...(item.rollback === undefined
      ? {}
      : { rollback: rollback(inside, 'stage', `${execution}.rollbackSteps`, item.rollback) }),
    ...asks(['variables', 'tag', 'value'], item.asks),
  };
}

function asks(
  path: readonly string[],
  input: SketchInput | undefined,
): { readonly executionInputs?: readonly ExecutionInput[] } {
  if (input === undefined) return {};
  const isDefaulted = input === 'defaulted';
  return {
    executionInputs: [{ path, type: 'String', ...(isDefaulted ? { default: 'blue' } : {}), required: !isDefaulted }],
  };
}

function timeoutOf(text: string | undefined): { timeout?: Timeout } {
  if (text === undefined) return {};
  if (text.startsWith('<+')) return { timeout: { kind: 'expression', text } };
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`${text} is no duration`);
  return { timeout: { kind: 'fixed', ms } };
}
