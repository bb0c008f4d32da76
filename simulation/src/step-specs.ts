/** The specs of simulated steps and stages, as they are written in a pipeline and as they stand in its plan. */
import type { Chain, StageNode, Value } from '@bridle/pipeline';
import {
  CHAIN_OUTPUTS,
  inputText,
  type SketchApproval,
  type SketchChain,
  type SketchCustomApproval,
  type SketchStage,
  type SketchStep,
} from './sketch.ts';

type Spec = { readonly [key: string]: Value };

const RESULT = [{ name: 'result', type: 'String', value: 'result' }];

/** Who starts the executions of a history; an approval may bar this person. */
export const EXECUTOR = { userId: 'u', name: 'admin', email: 'admin@example.test' } as const;

export function scriptSpec(step: SketchStep, isRun: boolean): Spec {
  const script = step.asks === undefined ? `echo ${step.identifier} of <+pipeline.sequenceId>` : inputText(step.asks);
  if (isRun) return { shell: 'Bash', command: script, outputVariables: [{ name: 'result', type: 'String' }] };
  const selectors = step.selectors.length === 0 ? {} : { delegateSelectors: step.selectors };
  return { ...inlineScript(script), onDelegate: true, ...selectors };
}

function inlineScript(script: string): {
  shell: string;
  source: Value;
  environmentVariables: Value;
  outputVariables: Value;
} {
  return {
    shell: 'Bash',
    source: { type: 'Inline', spec: { script } },
    environmentVariables: [],
    outputVariables: RESULT,
  };
}

export function approvalSpec({ minimumCount, barsExecutor }: SketchApproval): Spec {
  return {
    isAutoRejectEnabled: false,
    approvalMessage: 'May <+pipeline.identifier> go on?',
    approvers: { userGroups: ['people'], minimumCount, disallowPipelineExecutor: barsExecutor },
    approverInputs: [{ name: 'reason', defaultValue: 'none', required: false }],
  };
}

export function customApprovalSpec({ identifier, retryInterval, scriptTimeout }: SketchCustomApproval): Spec & {
  readonly shell: Value;
  readonly source: Value;
  readonly environmentVariables: Value;
  readonly outputVariables: Value;
} {
  return {
    ...inlineScript(`echo ${identifier}`),
    retryInterval,
    scriptTimeout,
    approvalCriteria: {
      type: 'KeyValues',
      spec: { matchAnyCondition: false, conditions: [{ key: 'result', operator: 'equals', value: 'yes' }] },
    },
    rejectionCriteria: { type: 'Jexl', spec: { matchAnyCondition: false, expression: '<+output.result> == "no"' } },
  };
}

const PLATFORM = { os: 'Linux', arch: 'Amd64' } as const;

/** What a CI stage asks of its delegate. */
export function buildFacts(type: SketchStage['type']): Pick<StageNode, 'ci'> {
  return type === 'CI' ? { ci: PLATFORM } : {};
}

export function buildSpec(type: SketchStage['type']): Spec {
  if (type !== 'CI') return {};
  return { cloneCodebase: false, platform: PLATFORM, runtime: { type: 'Cloud', spec: {} } };
}

export function chainOf({ pipeline }: SketchChain): Chain {
  return {
    orgIdentifier: 'default',
    projectIdentifier: 'simulated',
    pipelineIdentifier: pipeline,
    inputs: {},
    inputSetReferences: [],
    outputs: CHAIN_OUTPUTS,
  };
}

/** The same as the spec of its stage is written. */
export function chainSpec(item: SketchChain): Spec {
  const { orgIdentifier: org, projectIdentifier: project, pipelineIdentifier, outputs } = chainOf(item);
  return { org, project, pipeline: pipelineIdentifier, outputs };
}
