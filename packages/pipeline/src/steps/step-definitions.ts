/** The step types that Bridle runs. A new one does not compile until it stands here and beside an executor. */
import { barrier } from './barrier.ts';
import { customApproval } from './custom-approval.ts';
import { fetchInstanceScript } from './fetch-instance-script.ts';
import { harnessApproval } from './harness-approval.ts';
import { http } from './http.ts';
import { queue } from './queue.ts';
import { run } from './run.ts';
import { shellScript } from './shell-script.ts';
import type { StepDefinition } from './step-definition.ts';
import { STEP_TYPES, type StepType } from './step-types.ts';
import { wait } from './wait.ts';

export const STEP_DEFINITIONS = {
  ShellScript: shellScript,
  Run: run,
  Http: http,
  Wait: wait,
  HarnessApproval: harnessApproval,
  CustomApproval: customApproval,
  Barrier: barrier,
  Queue: queue,
  FetchInstanceScript: fetchInstanceScript,
} satisfies Record<StepType, StepDefinition>;

export function isStepType(text: string): text is StepType {
  return (STEP_TYPES as readonly string[]).includes(text);
}

export function findStepDefinition(type: string): StepDefinition | undefined {
  return isStepType(type) ? STEP_DEFINITIONS[type] : undefined;
}
