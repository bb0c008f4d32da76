/** Pipelines for the tests of virtual runs: stages of steps in short YAML, and what a run of them needs. */
import {
  compilePlan,
  executionId,
  type Execution,
  type ExecutionHeader,
  type NodeExecution,
  type TaskRequest,
} from '@bridle/pipeline';
import { SCOPE } from './test-world.ts';
import type { TaskEnd } from './virtual-delegate.ts';
import type { VirtualExecution } from './virtual-run.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export const script = (identifier: string, more = ''): string =>
  `- step: {identifier: ${identifier}, name: ${identifier}, type: ShellScript, ${more}spec: {shell: Bash, source: {type: Inline, spec: {script: run}}}}`;

export const approval = (identifier: string, spec = '', timeout = '7d'): string =>
  `- step: {identifier: ${identifier}, name: ${identifier}, type: HarnessApproval, timeout: ${timeout}, spec: {approvalMessage: Go?, includePipelineExecutionHistory: true, approvers: {userGroups: [account.all], minimumCount: 1, disallowPipelineExecutor: true}${spec}}}`;

/** One Custom stage `s` with these steps. */
export function headerOf(steps: readonly string[], change: Partial<ExecutionHeader> = {}): ExecutionHeader {
  const items = steps.map((step) => `              ${step}\n`).join('');
  return headerOfStage(`type: Custom\n        spec:\n          execution:\n            steps:\n${items}`, change);
}

/** One stage `s` that starts the pipeline `child`. */
export function chainHeader(outputs = '[]'): ExecutionHeader {
  return headerOfStage(
    `type: Pipeline\n        spec: {org: default, project: one, pipeline: child, outputs: ${outputs}}`,
  );
}

function headerOfStage(stage: string, change: Partial<ExecutionHeader> = {}): ExecutionHeader {
  const yaml = `pipeline:
  identifier: sample
  name: sample
  orgIdentifier: default
  projectIdentifier: one
  stages:
    - stage:
        identifier: s
        name: s
        ${stage}
`;
  const compiled = compilePlan({ yaml, inputYaml: '', seed: 'seed' });
  if (compiled.kind !== 'compiled') throw new Error(`${yaml}\n${JSON.stringify(compiled)}`);
  return {
    id: executionId('execution'),
    scope: SCOPE,
    pipelineIdentifier: 'sample',
    runSequence: 1,
    seed: 'seed',
    plan: compiled.plan,
    cause: { triggerType: 'MANUAL', triggeredBy: { uuid: 'grace', identifier: 'grace', email: 'grace@example.com' } },
    executionUrl: 'http://localhost/x',
    defaults: { pipelineTimeoutMs: 30 * DAY_MS, stepTimeoutMs: 10 * HOUR_MS },
    ...change,
  };
}

export const succeeds = (afterMs = 1_000): TaskEnd => ({
  kind: 'completes',
  afterMs,
  outcome: { kind: 'succeeded', exitCode: 0, outputs: {} },
});

export const fails = (afterMs = 1_000): TaskEnd => ({
  kind: 'completes',
  afterMs,
  outcome: {
    kind: 'failed',
    exitCode: 1,
    outputs: {},
    failure: { message: 'it failed', types: ['APPLICATION_ERROR'] },
  },
});

/** By identifier; a step that is not named succeeds. */
export const performing =
  (ends: Readonly<Record<string, TaskEnd>>) =>
  ({ identifier }: TaskRequest): TaskEnd =>
    ends[identifier] ?? succeeds();

/** The attempt of the node that counts. */
export function nodeOf({ execution }: VirtualExecution, identifier: string): NodeExecution {
  const node = Object.values(execution.nodes).find(
    ({ nodeId, isSuperseded }) => execution.plan.nodes[nodeId]?.identifier === identifier && isSuperseded === undefined,
  );
  if (node === undefined) throw new Error(`${identifier} did not begin`);
  return node;
}

export const statusesOf = (execution: Execution): readonly string[] =>
  Object.values(execution.nodes).map(
    ({ nodeId, status }) => `${execution.plan.nodes[nodeId]?.identifier ?? ''} ${status}`,
  );
