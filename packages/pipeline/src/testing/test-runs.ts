/** Runs for the tests of this room: a pipeline in short YAML, its world, and what came of it. */
import { compilePipeline } from '../plan/compile-plan.ts';
import type { TaskRequest } from '../engine/effects.ts';
import { executionId, type NodeExecutionId } from '../engine/ids.ts';
import { runScenario, type ScenarioWorld } from '../engine/scenario-world.ts';
import type { Plan } from '../plan/plan.ts';
import type { FinishedRun } from './finished-run.ts';

export interface Ran extends FinishedRun {
  readonly plan: Plan;
}

export function runOf(stages: string, world: ScenarioWorld = {}): Ran {
  const yaml = `pipeline:\n  identifier: p\n  name: p\n  stages:\n${stages.replaceAll(/^(?=.)/gm, '    ')}`;
  const compiled = compilePipeline({ yaml, inputYaml: '' });
  if (compiled.kind !== 'compiled') throw new Error(`${yaml}\n${JSON.stringify(compiled, null, 2)}`);
  const plan = compiled.planOf('seed');
  const { execution, effects } = runScenario(
    {
      id: executionId('execution'),
      scope: { accountId: 'account', orgIdentifier: 'default', projectIdentifier: 'one' },
      pipelineIdentifier: 'p',
      runSequence: 1,
      seed: 'seed',
      plan,
      cause: { triggerType: 'MANUAL', triggeredBy: { uuid: 'grace', identifier: 'grace' } },
      executionUrl: '',
      defaults: { pipelineTimeoutMs: 86_400_000, stepTimeoutMs: 36_000_000 },
    },
    world,
  );
  const tasks = new Map<NodeExecutionId, TaskRequest>();
  for (const effect of effects) if (effect.kind === 'enqueueTask') tasks.set(effect.task.taskId, effect.task);
  return { plan, execution, tasks, find: () => undefined, startedAt: 0, endedAt: execution.endedAt ?? 0 };
}

export const step = (identifier: string, more = '', spec = ''): string =>
  `{step: {identifier: ${identifier}, name: ${identifier}, type: ShellScript, ${more}spec: {shell: Bash, source: {type: Inline, spec: {script: run ${identifier}}}${spec}}}}`;

export const stage = (
  identifier: string,
  steps: readonly string[],
  more = '',
  rollback: readonly string[] = [],
): string =>
  `- stage:\n    identifier: ${identifier}\n    name: ${identifier}\n    type: Custom\n${more}    spec:\n      execution:\n        steps:\n${list(steps)}${rollback.length === 0 ? '' : `        rollbackSteps:\n${list(rollback)}`}`;

function list(steps: readonly string[]): string {
  return steps.map((item) => `          - ${item}\n`).join('');
}

export const STAGE_ROLLBACK =
  'failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: StageRollback}}}], ';
