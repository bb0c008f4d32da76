/** From a sketch to the YAML a user would write: the simulation runs what the language compiles. JSON is YAML. */
import { compilePlan, type Plan } from '@bridle/pipeline';
import {
  VARIABLES,
  type SketchFork,
  type SketchItem,
  type SketchPipeline,
  type SketchStage,
  type SketchStep,
} from './sketch.ts';

export function compiledPlanOf(sketch: SketchPipeline, seed: string): Plan {
  const result = compilePlan({ yaml: yamlOf(sketch), inputYaml: '', seed });
  if (result.kind === 'compiled') return result.plan;
  throw new Error(JSON.stringify(result));
}

function yamlOf(sketch: SketchPipeline): string {
  const pipeline = {
    identifier: sketch.identifier,
    name: sketch.identifier,
    ...timeoutOf(sketch),
    variables: Object.entries(VARIABLES).map(([name, value]) => ({ name, type: 'String', value })),
    stages: sketch.stages.map((item) => itemOf(item, 'Custom')),
  };
  return JSON.stringify({ pipeline }, null, 2);
}

function itemOf(item: SketchItem, stageType: SketchStage['type']): object {
  if (item.kind === 'fork') return { parallel: item.children.map((child) => itemOf(child, stageType)) };
  const base = { identifier: item.identifier, name: item.identifier, ...timeoutOf(item) };
  switch (item.kind) {
    case 'stage': {
      const when = { pipelineStatus: item.status, ...conditionOf(item) };
      const steps = item.children.map((child) => itemOf(child, item.type));
      return { stage: { ...base, type: item.type, when, spec: { ...buildSpec(item.type), execution: { steps } } } };
    }
    case 'group':
      return {
        stepGroup: { ...base, when: stageWhen(item), steps: item.children.map((child) => itemOf(child, stageType)) },
      };
    case 'wait':
      return { step: { ...base, type: 'Wait', when: stageWhen(item), spec: { duration: item.duration } } };
    case 'step':
      return { step: { ...base, when: stageWhen(item), ...(stageType === 'CI' ? runOf(item) : shellScriptOf(item)) } };
  }
}

function buildSpec(type: SketchStage['type']): object {
  if (type === 'Custom') return {};
  return { cloneCodebase: false, platform: { os: 'Linux', arch: 'Amd64' }, runtime: { type: 'Cloud', spec: {} } };
}

function runOf(step: SketchStep): object {
  const spec = { shell: 'Bash', command: scriptOf(step), outputVariables: [{ name: 'result' }] };
  return { type: 'Run', spec };
}

function shellScriptOf(step: SketchStep): object {
  const spec = {
    shell: 'Bash',
    source: { type: 'Inline', spec: { script: scriptOf(step) } },
    environmentVariables: [],
    outputVariables: [{ name: 'result', type: 'String', value: 'result' }],
    ...(step.selectors.length === 0 ? {} : { delegateSelectors: step.selectors }),
  };
  return { type: 'ShellScript', spec };
}

const scriptOf = (step: SketchStep): string => `echo ${step.identifier} of <+pipeline.sequenceId>`;

type Conditional = Exclude<SketchItem, SketchFork>;

function stageWhen(item: Conditional): object {
  return { stageStatus: item.status, ...conditionOf(item) };
}

function conditionOf({ condition }: Conditional): object {
  return condition === undefined ? {} : { condition: condition.text };
}

function timeoutOf({ timeout }: { readonly timeout?: string }): object {
  return timeout === undefined ? {} : { timeout };
}
