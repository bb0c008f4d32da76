/** Step type → executor. A step type of the language without its executor does not compile. */
import type { DelegateStepType } from '@bridle/pipeline';
import type { StepExecutor } from './executor.ts';
import { fetchInstanceScript } from './fetch-instance-script.ts';
import { run } from './run.ts';
import { shellScript } from './shell-script.ts';

/**
 * Loaded when first used: it brings the expression language and an HTTP client along, and each spawn of a step costs time in
 * proportion to the memory of this process.
 */
const http: StepExecutor = {
  run: async (context) => (await import('./http.ts')).http.run(context),
};

const EXECUTORS = {
  ShellScript: shellScript,
  Run: run,
  Http: http,
  FetchInstanceScript: fetchInstanceScript,
} satisfies Record<DelegateStepType, StepExecutor>;

/** The executor of a step type; `undefined` for one this build does not know (a newer server). */
export function findExecutor(stepType: string): StepExecutor | undefined {
  return isKnown(stepType) ? EXECUTORS[stepType] : undefined;
}

function isKnown(stepType: string): stepType is DelegateStepType {
  return Object.hasOwn(EXECUTORS, stepType);
}
