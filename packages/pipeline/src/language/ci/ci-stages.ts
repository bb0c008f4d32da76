/** What CI stages take from elsewhere in the pipeline: the codebase to clone, the infrastructure of an earlier stage. */
import type { Findings } from '../diagnostics.ts';
import { isLate } from '../read-fields.ts';
import { listStages, type Pipeline, type Stage } from '../model.ts';
import type { CiInfrastructure } from './ci-infrastructure.ts';

export function checkCiStages(pipeline: Pipeline, findings: Findings): void {
  const stages = listStages(pipeline.stages).filter(({ ci }) => ci !== undefined);
  for (const stage of stages) {
    checkClone(pipeline, stage, findings);
    checkSource(stage, stages, findings);
  }
}

function checkClone({ codebase }: Pipeline, { identifier, ci }: Stage, findings: Findings): void {
  if (ci?.clone === undefined || codebase !== undefined) return;
  findings.add(
    'FIELD_MISSING',
    'run',
    ci.clone,
    `The stage ${identifier} clones the codebase (cloneCodebase), and the pipeline has none.`,
    'Add properties: {ci: {codebase: {connectorRef: …, build: …}}} to the pipeline.',
  );
}

function checkSource(stage: Stage, stages: readonly Stage[], findings: Findings): void {
  const source = stage.ci?.infrastructure.useFromStage;
  if (source === undefined || findSource(stage, stages) !== undefined) return;
  const why = isLate(source) ? 'is an expression' : `names ${source}, which is no earlier CI stage of this run`;
  findings.add(
    'CONSTRUCT_IGNORED',
    'nothing',
    stage,
    `useFromStage of the stage ${stage.identifier} ${why}: it runs on any delegate.`,
  );
}

function findSource({ ci, identifier }: Stage, stages: readonly Stage[]): Stage | undefined {
  const source = ci?.infrastructure.useFromStage;
  const own = stages.findIndex((stage) => stage.identifier === identifier);
  return stages.slice(0, Math.max(own, 0)).find((stage) => stage.identifier === source && stage.ci !== undefined);
}

/** Its own, or that of the stage it takes it from. Sources stand before: it ends. */
export function infrastructureOf(stage: Stage, pipeline: Pipeline): CiInfrastructure {
  const stages = listStages(pipeline.stages);
  let current = stage;
  for (let source = findSource(current, stages); source !== undefined; source = findSource(current, stages)) {
    current = source;
  }
  return current.ci?.infrastructure ?? {};
}
