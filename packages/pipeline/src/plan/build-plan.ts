/** The model of a pipeline that may run → its plan. */
import { deriveId } from '../engine/derive-id.ts';
import { nodeId, type NodeId } from '../engine/ids.ts';
import {
  listStages,
  type Pipeline,
  type Stage,
  type StageItem,
  type Step,
  type StepGroup,
  type StepItem,
} from '../language/model.ts';
import type { Value } from '../expressions/values.ts';
import type { StageDeployment } from '../language/deployment/stage-deployments.ts';
import type { OwnerVariables } from '../language/owner-variables.ts';
import { isRunStageType } from '../language/stage-types.ts';
import { isStepType } from '../steps/step-definitions.ts';
import { approvalScript } from './approval-script.ts';
import { ciSetupOf, prepareCiStage } from './ci-stage.ts';
import { deploymentQueueOf, prepareStage, sectionsOf } from './deployment-stage.ts';
import { common, handlingOf, lineOf, loopOf, variablesOf } from './node-fields.ts';
import { nodesBelow } from './nodes-below.ts';
import { SEMANTICS_VERSION, type Plan, type PlanNode, type RollbackNode } from './plan.ts';

export interface PlanRequest {
  /** The execution's; ids are derived from it. */
  readonly seed: string;
  /** Identifiers of the stages chosen at the start, when there was a choice. */
  readonly selectedStages?: readonly string[];
  /** See `PipelineNode.inputs`. */
  readonly inputs?: Value;
  readonly ownerVariables?: OwnerVariables;
  /** What its Deployment stages deploy, by the identifier of the stage. */
  readonly deployments?: ReadonlyMap<string, StageDeployment>;
}

/** `pipeline` must have no diagnostic that blocks the run, and no stages but those that were chosen. */
export function buildPlan(pipeline: Pipeline, request: PlanRequest): Plan {
  return new PlanBuilder(pipeline, request).build();
}

/** Where the items of a list of steps stand in the plan. */
interface StepList {
  readonly parentId: NodeId;
  /** What comes before a step's identifier in its path; forks do not appear in it. */
  readonly base: string;
  /** What comes before a fork's name. */
  readonly forkBase: string;
}

class PlanBuilder {
  readonly #pipeline: Pipeline;
  readonly #request: PlanRequest;
  readonly #nodes: Record<NodeId, PlanNode> = {};

  constructor(pipeline: Pipeline, request: PlanRequest) {
    this.#pipeline = pipeline;
    this.#request = request;
  }

  build(): Plan {
    const pipeline = this.#pipeline;
    const fqn = 'pipeline';
    const id = this.#id(fqn);
    const { inputs, ownerVariables, selectedStages } = this.#request;
    const canRollBack = listStages(pipeline.stages).some(({ rollbackSteps }) => rollbackSteps.length > 0);
    this.#add({
      kind: 'pipeline',
      id,
      ...common(pipeline),
      tags: pipeline.tags,
      fqn,
      when: { status: 'Success' },
      line: lineOf(pipeline.range),
      variables: variablesOf(pipeline),
      delegateSelectors: pipeline.delegateSelectors,
      children: this.#stages(pipeline.stages, id, fqn),
      ...(canRollBack ? { rollback: this.#rollback('pipeline', id, 'pipeline.rollback', 0, () => []) } : {}),
      allowStageExecutions: pipeline.allowStageExecutions,
      properties: pipeline.properties,
      ...(inputs === undefined ? {} : { inputs }),
      ...(ownerVariables === undefined ? {} : { ownerVariables }),
      ...(selectedStages === undefined ? {} : { selectedStages }),
    });
    return { semanticsVersion: SEMANTICS_VERSION, rootId: id, nodes: Object.fromEntries(this.#inOrder(id)) };
  }

  /** Parents before their children, as people read a pipeline. */
  #inOrder(id: NodeId): readonly (readonly [NodeId, PlanNode])[] {
    const node = this.#nodes[id];
    if (node === undefined) throw new Error(`The plan has no node ${id}.`);
    return [[id, node], ...nodesBelow(node).flatMap((child) => this.#inOrder(child))];
  }

  #stages(items: readonly StageItem[], parentId: NodeId, parentFqn: string): readonly NodeId[] {
    return items.map((item, index) => {
      if (item.kind === 'stage') {
        const deployed = prepareStage(item, this.#request.deployments?.get(item.identifier));
        const stage = prepareCiStage(deployed, this.#pipeline);
        return this.#looped(stage, 'stages', parentId, this.#stageFqn(stage), this.#stage);
      }
      return this.#fork(lineOf(item.range), 'stages', index, parentId, parentFqn, (id, fqn) =>
        this.#stages(item.items, id, fqn),
      );
    });
  }

  #stageFqn({ identifier }: Stage): string {
    return `pipeline.stages.${identifier}`;
  }

  readonly #stage = (stage: Stage, parentId: NodeId, fqn: string): NodeId => {
    const id = this.#id(fqn);
    const { type, chain, rollbackSteps } = stage;
    if (!isRunStageType(type)) throw new Error(`A stage of type ${type} got past its diagnostic.`);
    const execution = `${fqn}.spec.execution`;
    const ci = ciSetupOf(stage, this.#pipeline);
    this.#add({
      kind: 'stage',
      id,
      parentId,
      ...common(stage),
      tags: stage.tags,
      fqn,
      when: stage.when,
      line: lineOf(stage.range),
      ...handlingOf(stage),
      stageType: type,
      variables: variablesOf(stage),
      delegateSelectors: stage.delegateSelectors,
      children: [
        ...this.#sections(stage, id, fqn),
        ...this.#steps(stage.steps, { parentId: id, base: `${execution}.steps`, forkBase: fqn }),
      ],
      ...this.#rollbackOf('stage', id, rollbackSteps, execution, fqn),
      spec: stage.spec,
      ...(chain === undefined ? {} : { chain }),
      ...(ci === undefined ? {} : { ci }),
    });
    return id;
  };

  /** The parts of a Deployment that are resolved before its steps; its failure strategies cover them too. */
  #sections({ identifier, type }: Stage, parentId: NodeId, stageFqn: string): readonly NodeId[] {
    const deployment = this.#request.deployments?.get(identifier);
    if (type === 'Deployment' && deployment === undefined)
      throw new Error(`What the stage ${identifier} deploys got past its diagnostic.`);
    const sections = sectionsOf(deployment).map((part) => {
      const fqn = `${stageFqn}.spec.${part.section}`;
      const id = this.#id(fqn);
      this.#add({
        kind: 'section',
        id,
        parentId,
        identifier: part.section,
        tags: {},
        fqn,
        when: { status: 'Success' },
        ...part,
      });
      return id;
    });
    const queue = deploymentQueueOf(deployment);
    if (queue === undefined) return sections;
    const fqn = `${stageFqn}.spec.infrastructure.resourceConstraint`;
    const id = this.#id(fqn);
    const names = { identifier: 'resourceConstraint', tags: {}, fqn };
    this.#add({ kind: 'step', id, parentId, ...names, delegateSelectors: [], ...queue });
    return [...sections, id];
  }

  #steps(items: readonly StepItem[], list: StepList): readonly NodeId[] {
    const { parentId, base, forkBase } = list;
    return items.map((item, index) => {
      switch (item.kind) {
        case 'step':
          return this.#looped(item, 'steps', parentId, `${base}.${item.identifier}`, this.#step);
        case 'stepGroup':
          return this.#looped(item, 'steps', parentId, `${base}.${item.identifier}`, this.#stepGroup);
        case 'parallel':
          return this.#fork(lineOf(item.range), 'steps', index, parentId, forkBase, (id, fqn) =>
            this.#steps(item.items, { parentId: id, base, forkBase: fqn }),
          );
      }
    });
  }

  readonly #stepGroup = (group: StepGroup, parentId: NodeId, fqn: string): NodeId => {
    const id = this.#id(fqn);
    this.#add({
      kind: 'stepGroup',
      id,
      parentId,
      ...common(group),
      tags: {},
      fqn,
      when: group.when,
      line: lineOf(group.range),
      ...handlingOf(group),
      variables: variablesOf(group),
      delegateSelectors: group.delegateSelectors,
      children: this.#steps(group.steps, { parentId: id, base: `${fqn}.steps`, forkBase: fqn }),
      ...this.#rollbackOf('stepGroup', id, group.rollbackSteps, fqn, fqn),
    });
    return id;
  };

  readonly #step = (step: Step, parentId: NodeId, fqn: string): NodeId => {
    const id = this.#id(fqn);
    const { type } = step;
    if (!isStepType(type)) throw new Error(`A step of type ${type} got past its diagnostic.`);
    const node = {
      kind: 'step',
      id,
      parentId,
      ...common(step),
      tags: {},
      fqn,
      when: step.when,
      line: lineOf(step.range),
      ...handlingOf(step),
      stepType: type,
      spec: step.spec,
      delegateSelectors: step.delegateSelectors,
    } as const;
    if (type === 'CustomApproval') {
      const script = approvalScript(node, this.#id(`${fqn}.script`));
      this.#add(script);
      this.#add({ ...node, script: script.id });
    } else this.#add(node);
    return id;
  };

  /** The node itself, or the loop around it. */
  #looped<Item extends Stage | StepGroup | Step>(
    item: Item,
    of: 'stages' | 'steps',
    parentId: NodeId,
    fqn: string,
    build: (item: Item, parentId: NodeId, fqn: string) => NodeId,
  ): NodeId {
    const { strategy, identifier, name, range } = item;
    if (strategy === undefined) return build(item, parentId, fqn);
    const loopFqn = `${fqn}.strategy`;
    const id = this.#id(loopFqn);
    this.#add({
      kind: 'strategy',
      id,
      parentId,
      identifier,
      name,
      tags: {},
      fqn: loopFqn,
      line: lineOf(range),
      of,
      ...loopOf(strategy),
      children: [build(item, id, fqn)],
    });
    return id;
  }

  /** `base` is what stands before `.rollbackSteps`. */
  #rollbackOf(
    of: 'stage' | 'stepGroup',
    parentId: NodeId,
    items: readonly StepItem[],
    base: string,
    ownerFqn: string,
  ): { readonly rollback?: NodeId } {
    const [first] = items;
    if (first === undefined) return {};
    const fqn = `${base}.rollbackSteps`;
    // A fork's name stands beside the steps' list: an identifier such as parallel0 must not meet it.
    const list = { base: fqn, forkBase: `${ownerFqn}.rollback` };
    const rollback = this.#rollback(of, parentId, fqn, lineOf(first.range), (id) =>
      this.#steps(items, { parentId: id, ...list }),
    );
    return { rollback };
  }

  #rollback(
    of: RollbackNode['of'],
    parentId: NodeId,
    fqn: string,
    line: number,
    children: (id: NodeId) => readonly NodeId[],
  ): NodeId {
    const id = this.#id(fqn);
    this.#add({
      kind: 'rollback',
      id,
      parentId,
      identifier: fqn.slice(fqn.lastIndexOf('.') + 1),
      name: 'Rollback',
      tags: {},
      fqn,
      when: { status: 'All' },
      line,
      of,
      children: children(id),
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
    return nodeId(deriveId(this.#request.seed, 'plan', fqn));
  }

  #add(node: PlanNode): void {
    this.#nodes[node.id] = node;
  }
}
