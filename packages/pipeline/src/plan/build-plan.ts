/** The model of a pipeline that may run → its plan. */
import { deriveId } from '../engine/derive-id.ts';
import { nodeId, type NodeId } from '../engine/ids.ts';
import type { Pipeline, Stage, StageItem, Step, StepGroup, StepItem } from '../language/model.ts';
import { isRunStageType } from '../language/read-stage.ts';
import { isStepType } from '../steps/step-definitions.ts';
import { SEMANTICS_VERSION, type Plan, type PlanNode, type PlanVariable } from './plan.ts';

/** `pipeline` must have no diagnostic that blocks the run; `seed` is the execution's. */
export function buildPlan(pipeline: Pipeline, seed: string): Plan {
  return new PlanBuilder(seed).build(pipeline);
}

class PlanBuilder {
  readonly #seed: string;
  readonly #nodes: Record<NodeId, PlanNode> = {};

  constructor(seed: string) {
    this.#seed = seed;
  }

  build(pipeline: Pipeline): Plan {
    const fqn = 'pipeline';
    const id = this.#id(fqn);
    const children = this.#stages(pipeline.stages, id, fqn);
    this.#add({
      kind: 'pipeline',
      id,
      ...common(pipeline),
      tags: pipeline.tags,
      fqn,
      when: { status: 'Success' },
      line: pipeline.range.start.line,
      variables: variablesOf(pipeline),
      delegateSelectors: pipeline.delegateSelectors,
      children,
      allowStageExecutions: pipeline.allowStageExecutions,
      properties: pipeline.properties,
    });
    return { semanticsVersion: SEMANTICS_VERSION, rootId: id, nodes: Object.fromEntries(this.#inOrder(id)) };
  }

  /** Parents before their children, as people read a pipeline. */
  #inOrder(id: NodeId): readonly (readonly [NodeId, PlanNode])[] {
    const node = this.#nodes[id];
    if (node === undefined) throw new Error(`The plan has no node ${id}.`);
    const children = node.kind === 'step' || node.kind === 'section' ? [] : node.children;
    return [[id, node], ...children.flatMap((child) => this.#inOrder(child))];
  }

  #stages(items: readonly StageItem[], parentId: NodeId, parentFqn: string): readonly NodeId[] {
    return items.map((item, index) => {
      if (item.kind === 'stage') return this.#stage(item, parentId);
      return this.#fork(item.range.start.line, 'stages', index, parentId, parentFqn, (id, fqn) =>
        this.#stages(item.items, id, fqn),
      );
    });
  }

  #stage(stage: Stage, parentId: NodeId): NodeId {
    const fqn = `pipeline.stages.${stage.identifier}`;
    const id = this.#id(fqn);
    const { type } = stage;
    if (!isRunStageType(type)) throw new Error(`A stage of type ${type} got past its diagnostic.`);
    this.#add({
      kind: 'stage',
      id,
      parentId,
      ...common(stage),
      tags: stage.tags,
      fqn,
      when: stage.when,
      line: stage.range.start.line,
      stageType: type,
      variables: variablesOf(stage),
      delegateSelectors: stage.delegateSelectors,
      children: this.#steps(stage.steps, id, fqn, `${fqn}.spec.execution`),
      spec: stage.spec,
    });
    return id;
  }

  /** `base` is what stands before `.steps.` in the paths of the items; forks do not appear in them. */
  #steps(items: readonly StepItem[], parentId: NodeId, parentFqn: string, base: string): readonly NodeId[] {
    return items.map((item, index) => {
      switch (item.kind) {
        case 'step':
          return this.#step(item, parentId, base);
        case 'stepGroup':
          return this.#stepGroup(item, parentId, base);
        case 'parallel':
          return this.#fork(item.range.start.line, 'steps', index, parentId, parentFqn, (id, fqn) =>
            this.#steps(item.items, id, fqn, base),
          );
      }
    });
  }

  #stepGroup(group: StepGroup, parentId: NodeId, base: string): NodeId {
    const fqn = `${base}.steps.${group.identifier}`;
    const id = this.#id(fqn);
    this.#add({
      kind: 'stepGroup',
      id,
      parentId,
      ...common(group),
      tags: {},
      fqn,
      when: group.when,
      line: group.range.start.line,
      variables: variablesOf(group),
      delegateSelectors: group.delegateSelectors,
      children: this.#steps(group.steps, id, fqn, fqn),
    });
    return id;
  }

  #step(step: Step, parentId: NodeId, base: string): NodeId {
    const fqn = `${base}.steps.${step.identifier}`;
    const id = this.#id(fqn);
    const { type } = step;
    if (!isStepType(type)) throw new Error(`A step of type ${type} got past its diagnostic.`);
    this.#add({
      kind: 'step',
      id,
      parentId,
      ...common(step),
      tags: {},
      fqn,
      when: step.when,
      line: step.range.start.line,
      stepType: type,
      spec: step.spec,
      delegateSelectors: step.delegateSelectors,
    });
    return id;
  }

  /** A fork has no condition of its own: each member decides for itself, also after a failure. */
  #fork(
    line: number,
    of: 'stages' | 'steps',
    index: number,
    parentId: NodeId,
    parentFqn: string,
    children: (id: NodeId, fqn: string) => readonly NodeId[],
  ): NodeId {
    const fqn = `${parentFqn}.parallel${String(index)}`;
    const id = this.#id(fqn);
    const identifier = `parallel${id}`;
    this.#add({
      kind: 'fork',
      id,
      parentId,
      identifier,
      name: identifier,
      tags: {},
      fqn,
      when: { status: 'All' },
      line,
      of,
      children: children(id, fqn),
    });
    return id;
  }

  #id(fqn: string): NodeId {
    return nodeId(deriveId(this.#seed, 'plan', fqn));
  }

  #add(node: PlanNode): void {
    this.#nodes[node.id] = node;
  }
}

function common({
  identifier,
  name,
  description,
  timeout,
}: Pipeline | Stage | StepGroup | Step): Pick<PlanNode, 'identifier' | 'name' | 'description' | 'timeout'> {
  return {
    identifier,
    name,
    ...(description === undefined ? {} : { description }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

function variablesOf({ variables }: Pipeline | Stage | StepGroup): readonly PlanVariable[] {
  return variables.map(({ name, type, value }) => ({ name, type, value }));
}
