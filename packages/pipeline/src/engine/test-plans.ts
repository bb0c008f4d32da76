/** Plans and events for tests, without YAML: `planOf(stage('s', step('a'), parallel(step('b'), step('c'))))`. */
import type { ForkNode, Plan, PlanNode, PlanVariable, StageNode, StepGroupNode, StepNode, When } from '../plan/plan.ts';
import { SEMANTICS_VERSION } from '../plan/plan.ts';
import type { Value } from '../expressions/values.ts';
import { advance, createExecution, type Advance } from './advance.ts';
import { deriveId } from './derive-id.ts';
import type { EngineEvent, TaskOutcome } from './events.ts';
import type { Execution, ExecutionHeader, NodeExecution } from './execution.ts';
import { executionId, nodeId, type NodeId } from './ids.ts';

export interface Sketch {
  readonly kind: 'stage' | 'stepGroup' | 'step' | 'fork';
  readonly identifier: string;
  readonly children: readonly Sketch[];
  readonly options: SketchOptions;
}

export interface SketchOptions {
  readonly when?: When;
  readonly timeoutMs?: number;
  readonly stageType?: StageNode['stageType'];
  readonly stepType?: StepNode['stepType'];
  readonly spec?: Value;
  readonly variables?: readonly PlanVariable[];
  readonly failureStrategies?: PlanNode['failureStrategies'];
  readonly executionInputs?: PlanNode['executionInputs'];
}

export const stage = (identifier: string, children: readonly Sketch[], options: SketchOptions = {}): Sketch => ({
  kind: 'stage',
  identifier,
  children,
  options,
});
export const group = (identifier: string, children: readonly Sketch[], options: SketchOptions = {}): Sketch => ({
  kind: 'stepGroup',
  identifier,
  children,
  options,
});
export const step = (identifier: string, options: SketchOptions = {}): Sketch => ({
  kind: 'step',
  identifier,
  children: [],
  options,
});
export const wait = (identifier: string, duration: string, options: SketchOptions = {}): Sketch =>
  step(identifier, { ...options, stepType: 'Wait', spec: { duration } });
export const parallel = (...children: readonly Sketch[]): Sketch => ({
  kind: 'fork',
  identifier: '',
  children,
  options: {},
});

const ALWAYS_SUCCESS: When = { status: 'Success' };

export function planOf(
  stages: readonly Sketch[],
  options: { readonly variables?: readonly PlanVariable[]; readonly timeoutMs?: number } = {},
): Plan {
  const nodes: Record<NodeId, PlanNode> = {};
  const rootId = nodeId(deriveId('test', 'pipeline'));
  const children = stages.map((sketch, index) => addNode(nodes, sketch, rootId, 'pipeline', 'pipeline.stages', index));
  nodes[rootId] = {
    kind: 'pipeline',
    id: rootId,
    identifier: 'test',
    name: 'test',
    tags: {},
    fqn: 'pipeline',
    when: ALWAYS_SUCCESS,
    line: 1,
    ...(options.timeoutMs === undefined ? {} : { timeout: { kind: 'fixed', ms: options.timeoutMs } }),
    variables: options.variables ?? [],
    delegateSelectors: [],
    children,
    allowStageExecutions: false,
    properties: {},
  };
  return { semanticsVersion: SEMANTICS_VERSION, rootId, nodes };
}

function addNode(
  nodes: Record<NodeId, PlanNode>,
  sketch: Sketch,
  parentId: NodeId,
  forkPath: string,
  prefix: string,
  index: number,
): NodeId {
  const isFork = sketch.kind === 'fork';
  const fqn = isFork ? `${forkPath}.parallel${index}` : `${prefix}.${sketch.identifier}`;
  const id = nodeId(deriveId('test', fqn));
  const inner = isFork ? prefix : sketch.kind === 'stage' ? `${fqn}.spec.execution.steps` : `${fqn}.steps`;
  const children = sketch.children.map((child, at) => addNode(nodes, child, id, fqn, inner, at));
  const { options } = sketch;
  const base = {
    id,
    parentId,
    identifier: isFork ? `parallel${id}` : sketch.identifier,
    name: isFork ? `parallel${id}` : sketch.identifier,
    tags: {},
    fqn,
    when: options.when ?? ALWAYS_SUCCESS,
    line: 1,
    ...(options.timeoutMs === undefined ? {} : { timeout: { kind: 'fixed' as const, ms: options.timeoutMs } }),
    ...(options.failureStrategies === undefined ? {} : { failureStrategies: options.failureStrategies }),
    ...(options.executionInputs === undefined ? {} : { executionInputs: options.executionInputs }),
  };
  nodes[id] = nodeOf(sketch, base, children);
  return id;
}

type Base = Omit<ForkNode, 'kind' | 'of' | 'children'>;

function nodeOf(sketch: Sketch, base: Base, children: readonly NodeId[]): PlanNode {
  const { options } = sketch;
  const container = { variables: options.variables ?? [], delegateSelectors: [], children };
  switch (sketch.kind) {
    case 'fork':
      return {
        ...base,
        kind: 'fork',
        of: sketch.children.some((child) => child.kind === 'stage') ? 'stages' : 'steps',
        children,
      };
    case 'stage':
      return {
        ...base,
        ...container,
        kind: 'stage',
        stageType: options.stageType ?? 'Custom',
        spec: {},
      } satisfies StageNode;
    case 'stepGroup':
      return { ...base, ...container, kind: 'stepGroup' } satisfies StepGroupNode;
    case 'step':
      return {
        ...base,
        kind: 'step',
        stepType: options.stepType ?? 'ShellScript',
        spec: options.spec ?? {},
        delegateSelectors: [],
      };
  }
}

export function headerOf(plan: Plan): ExecutionHeader {
  return {
    id: executionId(deriveId('test', 'execution')),
    scope: { accountId: 'account', orgIdentifier: 'default', projectIdentifier: 'myproject' },
    pipelineIdentifier: 'test',
    runSequence: 1,
    seed: 'seed',
    plan,
    cause: { triggerType: 'MANUAL', triggeredBy: { uuid: 'u', identifier: 'admin', email: 'admin@example.com' } },
    executionUrl: 'http://localhost/x',
    defaults: { pipelineTimeoutMs: 86_400_000, stepTimeoutMs: 36_000_000 },
  };
}

/** An execution under a hand-driven world: the test says what happens and sees every effect. */
export class Driver {
  readonly header: ExecutionHeader;
  readonly events: EngineEvent[] = [];
  readonly advances: Advance[] = [];
  execution: Execution;
  at = 1_000;

  constructor(plan: Plan) {
    this.header = headerOf(plan);
    this.execution = createExecution(this.header, this.at);
    this.send({ kind: 'executionStarted', at: this.at });
  }

  send(event: EngineEvent): Advance {
    const result = advance(this.execution, event);
    this.events.push(event);
    this.advances.push(result);
    this.execution = result.execution;
    return result;
  }

  /** The latest node execution of the node with this identifier. */
  node(identifier: string): NodeExecution {
    const found = Object.values(this.execution.nodes).findLast(
      (node) => this.header.plan.nodes[node.nodeId]?.identifier === identifier,
    );
    if (found === undefined) throw new Error(`${identifier} has not started`);
    return found;
  }

  status(identifier: string): string {
    const started = Object.values(this.execution.nodes).some(
      (node) => this.header.plan.nodes[node.nodeId]?.identifier === identifier,
    );
    return started ? this.node(identifier).status : 'NotStarted';
  }

  start(identifier: string): Advance {
    return this.send({
      kind: 'taskStarted',
      at: (this.at += 1),
      nodeExecutionId: this.node(identifier).id,
      delegate: { id: 'd', name: 'laptop' },
    });
  }

  complete(identifier: string, outcome: TaskOutcome = { kind: 'succeeded', exitCode: 0, outputs: {} }): Advance {
    return this.send({ kind: 'taskCompleted', at: (this.at += 1), nodeExecutionId: this.node(identifier).id, outcome });
  }

  run(identifier: string, outcome?: TaskOutcome): Advance {
    this.start(identifier);
    return this.complete(identifier, outcome);
  }

  fail(identifier: string): Advance {
    return this.run(identifier, {
      kind: 'failed',
      exitCode: 7,
      outputs: {},
      failure: { message: 'exit code 7', types: ['APPLICATION_ERROR'] },
    });
  }

  fire(identifier: string, purpose: 'wait' | 'timeout' | 'stop', afterMs: number): Advance {
    const timer = this.node(identifier).timers.find((candidate) => candidate.endsWith(`:${purpose}`));
    if (timer === undefined) throw new Error(`${identifier} has no ${purpose} timer`);
    this.at += afterMs;
    return this.send({ kind: 'timerFired', at: this.at, timerId: timer });
  }

  abort(interruptId = 'interrupt-1'): Advance {
    this.at += 1;
    return this.send({
      kind: 'interruptRequested',
      at: this.at,
      interrupt: {
        interruptId,
        type: 'AbortAll',
        at: this.at,
        by: { userId: 'u', name: 'admin', email: 'admin@example.com' },
      },
    });
  }
}
