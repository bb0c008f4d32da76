/**
 * A Deployment stage as the plan builds it: several deployments make a loop around it, and its FetchInstanceScript steps
 * carry the script of the deployment template.
 */
import { DEPLOYMENT_AXIS, type DeploymentCombination } from '../language/deployment/section.ts';
import type { DeploymentLoop } from '../language/deployment/deployment-loop.ts';
import type { StageDeployment } from '../language/deployment/stage-deployments.ts';
import type { Stage, Step, StepItem, Strategy } from '../language/model.ts';
import type { SectionNode, StepNode } from './plan.ts';

/** The stage with its loop and steps completed; without a deployment it stays as it is. */
export function prepareStage(stage: Stage, deployment: StageDeployment | undefined): Stage {
  if (deployment === undefined) return stage;
  const { loop, fetchInstances } = deployment;
  const change = (step: Step): Step =>
    fetchInstances === undefined || step.type !== 'FetchInstanceScript' ? step : { ...step, spec: fetchInstances };
  return {
    ...stage,
    ...(loop === undefined ? {} : { strategy: deploymentStrategy(stage, loop) }),
    steps: changeSteps(stage.steps, change),
    rollbackSteps: changeSteps(stage.rollbackSteps, change),
  };
}

/** What its section nodes say beside their places in the plan, in the order in which they run. */
export function sectionsOf(
  deployment: StageDeployment | undefined,
): readonly Pick<SectionNode, 'section' | 'name' | 'line' | 'spec'>[] {
  if (deployment === undefined) return [];
  const { service, infrastructure } = deployment;
  return [
    { section: 'service', name: 'Service', ...service },
    { section: 'infrastructure', name: 'Infrastructure', ...infrastructure },
  ];
}

/**
 * Where simultaneous deployments are not allowed, a place in a queue is taken before the steps: one deployment of a service to
 * an infrastructure at a time (pipelines.md §5.4 Queue). Absent when they are allowed everywhere.
 */
export function deploymentQueueOf(
  deployment: StageDeployment | undefined,
): Pick<StepNode, 'stepType' | 'name' | 'line' | 'spec' | 'when'> | undefined {
  if (deployment === undefined) return undefined;
  const { spec, line } = deployment.infrastructure;
  const sections = spec.kind === 'choice' ? Object.values(spec.sections) : [spec];
  const exclusive = sections.filter(({ allowSimultaneousDeployments }) => !allowSimultaneousDeployments);
  if (exclusive.length === 0) return undefined;
  const isEverywhere = exclusive.length === sections.length;
  return {
    stepType: 'Queue',
    name: 'Resource Constraint',
    line,
    // The space keeps it apart from keys that people choose.
    spec: { key: 'infrastructure <+INFRA_KEY>', scope: 'Stage' },
    when: { status: 'Success', ...(isEverywhere ? {} : { condition: '!<+infra.allowSimultaneousDeployments>' }) },
  };
}

/** See `deployment.ts`: a matrix with one axis whose values name what is deployed where. */
function deploymentStrategy(
  { path, range }: Stage,
  { combinations, maxConcurrency, onFailure, condition }: DeploymentLoop,
): Strategy {
  return {
    loop: {
      kind: 'matrix',
      axes: [{ name: DEPLOYMENT_AXIS, values: combinations }],
      exclude: [],
      nodeName: labelOf(combinations),
    },
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(condition === undefined ? {} : { condition }),
    onFailure,
    path,
    range,
  };
}

/** The members in which the combinations differ. */
function labelOf(combinations: readonly DeploymentCombination[]): string {
  const members = (['service', 'environment', 'infrastructure'] as const).filter(
    (member) => new Set(combinations.map((combination) => combination[member])).size > 1,
  );
  return members.map((member) => `<+matrix.${DEPLOYMENT_AXIS}.${member}>`).join('_');
}

function changeSteps(items: readonly StepItem[], change: (step: Step) => Step): readonly StepItem[] {
  return items.map((item) => {
    switch (item.kind) {
      case 'step':
        return change(item);
      case 'stepGroup':
        return {
          ...item,
          steps: changeSteps(item.steps, change),
          rollbackSteps: changeSteps(item.rollbackSteps, change),
        };
      case 'parallel':
        return { ...item, items: changeSteps(item.items, change) };
    }
  });
}
